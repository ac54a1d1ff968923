//! Snapshots that say the same again leave a past that can be told: as of every moment, the replay is what stood then.

use chrono::{DateTime, TimeDelta, Utc};
use intake::Kind;
use model::vocabulary::Channel;
use store::testing::SeededEntropy;
use store::why;

use crate::support::{World, instant};

const STEPS: usize = 40;
const ROUNDS: u32 = 6;

/// The answers of one contact, and the gate that they make.
async fn stands(world: &World) -> (Vec<String>, String) {
    let gate = world.value::<String>(
        "SELECT concat_ws(' ', blocks, proof, consent_until) FROM gate WHERE institution_id = $1 AND channel = 1",
    );
    (world.answers().await, gate.await)
}

async fn replayed(world: &World, at: DateTime<Utc>) -> String {
    let contact = world.contact("C-1").await;
    let replay = move |mut tx| async move {
        let replayed = why::replayed(&mut tx, contact, Channel::Email, Some(at)).await?;
        tx.commit(replayed.gate).await
    };
    let gate = world.database.app.scoped(world.institution, replay).await.unwrap();
    let until = gate.consent_until.map(|day| format!(" {day}")).unwrap_or_default();
    format!("{} {}{until}", gate.blocks.0, gate.proof.number())
}

/// A snapshot or an event of that moment: no, unset, or a proven yes that happened now or some days before.
fn row(dice: &SeededEntropy, now: DateTime<Utc>) -> String {
    use model::ambient::Entropy as _;
    let mut bytes = [0; 3];
    dice.fill(&mut bytes);
    match bytes[0] % 5 {
        0 | 1 => "C-1,email,no,,,,".to_owned(),
        2 => "C-1,email,unset,,,,".to_owned(),
        3 => "C-1,general,no,,,,".to_owned(),
        _ => {
            let at = now - TimeDelta::days(i64::from(bytes[1] % 4)) - TimeDelta::hours(3);
            let question = if bytes[2] % 2 == 0 { "email" } else { "general" };
            format!("C-1,{question},yes,{},W-1,P-1,F-{}", at.to_rfc3339(), at.timestamp())
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_past_moment_is_told_as_it_stood_whatever_the_snapshots_repeated() {
    let mut repeated = 0_i64;
    for round in 0..ROUNDS {
        let dice = SeededEntropy::new(&format!("past {round}"));
        let world = World::new().await;
        let mut now = instant("2026-02-01T04:00:00Z");
        world.database.set_business_clock(now).await;
        world
            .import(
                Kind::Wordings,
                "external_id,text,channels,valid_months,language\nW-1,Yes please,email,,en\n",
            )
            .await;
        world
            .import(
                Kind::CollectionPoints,
                "external_id,name,organisation,kind,policy_url,notice_version\nP-1,Web,,web_form,https://opera.example/policy,1\n",
            )
            .await;
        world.import(Kind::Contacts, "external_id,kind,email\nC-1,individual,ada@example.org\n").await;
        let mut noted = Vec::new();
        for _ in 0..STEPS {
            now += TimeDelta::days(1);
            world.database.set_business_clock(now).await;
            let csv = format!(
                "contact,channel,answer,happened_at,wording,collection_point,form_id\n{}\n",
                row(&dice, now)
            );
            world.import_as_of(Kind::Authorisations, &(now - TimeDelta::hours(1)).to_rfc3339(), &csv).await;
            noted.push((now + TimeDelta::hours(1), stands(&world).await.1));
        }
        for (step, (at, stood)) in noted.iter().enumerate() {
            assert_eq!(replayed(&world, *at).await, *stood, "round {round}, after step {step}");
        }
        repeated += world
            .value::<i64>(
                "SELECT count(*) FROM consent_repeat WHERE institution_id = $1 AND said_at > first_said_at",
            )
            .await;
        world.check_projections().await;
    }
    assert!(repeated > 5, "{repeated} stretches of more than one snapshot are hardly a test");
}
