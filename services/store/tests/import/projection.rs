//! The statement that projects answers is `model::answer::current`, on random evidence in random order.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use intake::Kind;
use model::ambient::Entropy as _;
use model::answer::{Record, current};
use model::ids::{ContactId, OrganisationId, TopicId};
use model::vocabulary::{Answer, Channel, Proof};
use store::evidence::{self, ConsentRecord};
use store::gate;
use store::testing::SeededEntropy;

use crate::support::{World, instant};

/// Contact, organisation, channel (0: general).
type Question = (i64, i32, i16);

#[tokio::test]
async fn the_projection_of_answers_is_the_rule_of_the_model() {
    let world = World::new().await;
    let rows: String = (0..60).map(|n| format!("C-{n},individual\n")).collect();
    world.import(Kind::Contacts, &format!("external_id,kind\n{rows}")).await;
    let ids: Vec<i64> = sqlx::query_scalar("SELECT contact_id FROM contact WHERE institution_id = $1")
        .bind(world.institution.0)
        .fetch_all(&mut world.owner().await)
        .await
        .unwrap();
    let contacts: Vec<ContactId> = ids.iter().copied().map(ContactId).collect();

    let dice = SeededEntropy::new("projection");
    let mut known: BTreeMap<Question, Vec<Record>> = BTreeMap::new();
    for round in 0..6 {
        let records: Vec<ConsentRecord> =
            contacts.iter().map(|contact| random_record(*contact, &dice)).collect();
        for record in &records {
            let question = (record.contact.0, record.organisation.0, record.asked.number());
            known.entry(question).or_default().push(Record {
                answer: record.answer,
                proof: record.proof,
                happened_at: record.happened_at,
            });
        }
        append(&world, contacts.clone(), records).await;
        let expected: BTreeMap<Question, Answer> = known
            .iter()
            .map(|(question, records)| (*question, current(records)))
            .filter(|(_, answer)| *answer != Answer::Unset)
            .collect();
        assert_eq!(projected(&world).await, expected, "round {round}");
        assert!(
            expected.values().any(|answer| *answer == Answer::Yes),
            "round {round} grants nothing to anybody"
        );
        world.check_projections().await;
    }
}

/// Few instants, so that answers of the same moment occur.
fn random_record(contact: ContactId, dice: &SeededEntropy) -> ConsentRecord {
    let roll = |sides: u64| dice.uuid().as_u64_pair().1 % sides;
    let pick = |list: &[Answer]| list[usize::try_from(roll(list.len() as u64)).unwrap()];
    let answer = pick(&[Answer::Yes, Answer::Yes, Answer::No, Answer::Unset]);
    let proof = match (answer, roll(3)) {
        (Answer::No, _) | (Answer::Yes, 0) => Proof::Proven,
        (Answer::Yes, 1) => Proof::Attested,
        (Answer::Yes | Answer::Unset, _) => Proof::Claim,
    };
    let happened_at: DateTime<Utc> =
        instant("2026-01-01T00:00:00Z") + TimeDelta::hours(i64::try_from(roll(4)).unwrap());
    ConsentRecord {
        contact,
        record_id: dice.uuid(),
        organisation: OrganisationId(i32::from(roll(2) == 1) * 9),
        topic: TopicId::NONE,
        asked: (roll(2) == 1).then_some(Channel::Email).into(),
        answer,
        proof,
        channels: vec![Channel::Email],
        wording: None,
        happened_at,
        expires_on: None,
        origin: "test".to_owned(),
        pointer: String::new(),
        address_hash: None,
        salt: [0; 16],
    }
}

async fn append(world: &World, contacts: Vec<ContactId>, records: Vec<ConsentRecord>) {
    world
        .database
        .app
        .scoped(world.institution, move |mut tx| async move {
            gate::lock(&mut tx, &contacts).await?;
            let stamp = tx.machine_stamp().await?;
            for record in &records {
                evidence::append(&mut tx, record, stamp).await?;
            }
            gate::project(&mut tx, &contacts).await?;
            tx.commit(()).await
        })
        .await
        .unwrap();
}

async fn projected(world: &World) -> BTreeMap<Question, Answer> {
    let rows: Vec<(i64, i32, i16, i16)> = sqlx::query_as(
        "SELECT contact_id, organisation_id, channel, answer FROM authorisation WHERE institution_id = $1",
    )
    .bind(world.institution.0)
    .fetch_all(&mut world.owner().await)
    .await
    .unwrap();
    rows.into_iter()
        .map(|(contact, organisation, channel, answer)| {
            ((contact, organisation, channel), Answer::try_from(answer).unwrap())
        })
        .collect()
}
