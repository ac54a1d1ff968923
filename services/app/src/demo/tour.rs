//! The walk through the main job, told as it happens.

mod readers;

use std::collections::HashSet;
use std::time::Duration;

use chrono::TimeDelta;
use content::samples;
use intake::{Format, Options, SourceName};
use model::ambient::Entropy as _;
use model::ids::{OccurrenceId, OrganisationId, TopicId};
use model::vocabulary::{Channel, Purpose};
use store::facts;
use store::import::{ImportJob, Unobserved};
use store::launch::{Launched, Sender, Status, status};
use store::refusal::Refusal;

use super::files;
use super::outcome::{Outcome, Seen};
use super::purchases::Purchase;
use super::stage::Stage;
use crate::ambient::MachineEntropy;
use crate::commands::{CampaignFile, import, launch_in, waterfall_table};
use crate::say::say;

/// Where the links of messages lead: in the demo, to the tracker on this machine.
const PUBLIC_URL: &str = "https://news.houses.example";
/// Who changes their mind between the launch and the send.
const LATE_REFUSERS: usize = 3;

/// Does the main job from beginning to end.
///
/// # Errors
/// When a step fails, or when what was seen contradicts the ledger.
pub async fn walk(stage: &Stage, seed: u64, purchases: &[Purchase]) -> anyhow::Result<Outcome> {
    say!("\n1. Files of a record shop and a concert hall are imported")?;
    import_files(stage, seed, purchases).await?;
    say!(
        "\n2. A campaign is launched: everybody who bought records in the last 35 months, and the prospects"
    )?;
    let launched =
        launch_in(&stage.house.app, stage.silo, campaign()?, stage.house.keys.token.current().0).await?;
    say!("{}", waterfall_table(&launched.waterfall).trim_end())?;
    say!("\n3. {LATE_REFUSERS} persons call the box office and refuse, before anything was sent")?;
    refuse_late(stage, &launched).await?;
    say!("\n4. The roles start: dispatcher, workers, tracker")?;
    stage.start_roles().await?;
    let status = drain(stage, launched.occurrence).await?;
    say!(
        "   {} accepted, {} failed, {} unknown, {} excluded at the claim",
        status.accepted,
        status.failed,
        status.unknown,
        status.excluded_at_claim.values().sum::<i64>()
    )?;
    say!("\n5. A person reads and clicks; a scanner fetches everything at once")?;
    let reading = readers::read_and_click(stage, launched.occurrence).await?;
    Ok(Outcome::new(status.clone(), seen(stage, &status, reading)))
}

async fn import_files(stage: &Stage, seed: u64, purchases: &[Purchase]) -> anyhow::Result<()> {
    let as_of = stage.business_now().await?;
    for (kind, file) in files::all(seed, purchases) {
        let job = ImportJob {
            run_id: MachineEntropy.uuid(),
            kind,
            format: Format::Csv,
            options: Options::new(SourceName::parse("demo")?, as_of),
            file_name: format!("{}.csv", kind.word()),
            dry_run: false,
            mapping: None,
            chunk_rows: None,
        };
        let tools = import::tools(&stage.house.keys.address, stage.silo);
        let reader = Box::new(std::io::Cursor::new(file));
        let report = stage.house.app.import(stage.silo, job, tools, reader, Box::new(Unobserved)).await?;
        say!(
            "   {:<18}{:>7} rows: {} new, {} waiting, {} rejected",
            kind.word(),
            report.read,
            report.rows.new,
            report.rows.waiting,
            report.rows.rejected
        )?;
        for ((field, reason), count) in &report.reasons {
            say!("      {count} × {field}: {reason}")?;
        }
    }
    Ok(())
}

fn campaign() -> anyhow::Result<CampaignFile> {
    let sample = samples::emails()?.into_iter().next().ok_or_else(|| anyhow::anyhow!("no sample email"))?;
    Ok(CampaignFile {
        key: "season-2000".to_owned(),
        name: "The new season".to_owned(),
        purpose: Purpose::Marketing,
        organisation: "SHOP".to_owned(),
        target: serde_json::json!({"all": [
            {"leaf": "identity", "field": "kind", "equals": "individual"},
            {"any": [
                {"leaf": "activity", "kinds": ["sale"], "window": {"from": {"months_ago": 35}}, "has": true},
                {"leaf": "criterion", "code": "genre", "any_of": ["opera"]}
            ]}
        ]}),
        content: sample.content,
        sender: Sender {
            from_address: "news@houses.example".to_owned(),
            public_url: PUBLIC_URL.to_owned(),
            mail_domain: "houses.example".to_owned(),
            bounce_domain: "bounce.houses.example".to_owned(),
        },
        lifetime_hours: 48,
        renewal: None,
        by: "demo".to_owned(),
    })
}

/// Three of the planned call and say no to emails; an operator records it at once, without proof.
async fn refuse_late(stage: &Stage, launched: &Launched) -> anyhow::Result<()> {
    let occurrence = launched.occurrence;
    let planned = stage
        .house
        .app
        .scoped(stage.silo, move |mut tx| async move {
            let planned = store::launch::planned(&mut tx, occurrence, LATE_REFUSERS).await?;
            tx.commit(planned).await
        })
        .await?;
    for contact in planned {
        let mut salt = [0; 16];
        MachineEntropy.fill(&mut salt);
        let refusal = Refusal {
            contact,
            organisation: OrganisationId::WHOLE_INSTITUTION,
            topic: TopicId::NONE,
            channel: Some(Channel::Email),
            happened_at: None,
            through: None,
            origin: "operator".to_owned(),
            pointer: "phone call".to_owned(),
            record_id: MachineEntropy.uuid(),
            salt,
        };
        stage.house.app.refuse(stage.silo, refusal).await?;
    }
    Ok(())
}

/// Waits until every message has its end, showing how it goes.
async fn drain(stage: &Stage, occurrence: OccurrenceId) -> anyhow::Result<Status> {
    let mut shown = i64::MAX;
    loop {
        let now = stage
            .house
            .app
            .scoped(stage.silo, move |mut tx| async move {
                let status = status(&mut tx, occurrence).await?;
                tx.commit(status).await
            })
            .await?;
        if now.pending == 0 {
            return Ok(now);
        }
        if shown - now.pending >= 2_000 {
            say!("   {:>6} accepted, {:>6} to go", now.accepted, now.pending)?;
            shown = now.pending;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Compares the ledger with what the mail server really took.
fn seen(stage: &Stage, status: &Status, reading: readers::Reading) -> Seen {
    let acceptances = stage.sink.acceptances_by_message_id();
    let duplicates = acceptances.values().map(|times| *times as u64 - 1).sum();
    let taken = acceptances.keys().collect::<HashSet<_>>().len();
    let accepted = usize::try_from(status.accepted).unwrap_or(0);
    Seen {
        clicked_human: reading.clicked_human,
        hits_machine: reading.hits_machine,
        recency_moved: reading.recency_moved,
        duplicates,
        lost: accepted.abs_diff(taken) as u64,
    }
}

/// Long enough after the delivery that a click is no reflex of a machine (TR-05).
const UNTIL_SOMEBODY_READS: TimeDelta = TimeDelta::minutes(20);
/// The quarantine of hits, and a little more (TR-04).
const QUARANTINE: TimeDelta = TimeDelta::minutes(16);

/// A contact's recency, as everybody would be shown it.
async fn recency(stage: &Stage, contact: model::ids::ContactId) -> anyhow::Result<Option<chrono::NaiveDate>> {
    let found = stage.house.app.scoped(stage.silo, move |mut tx| async move {
        let facts = facts::load(&mut tx, &[contact]).await?;
        tx.commit(facts.first().and_then(|facts| facts.recency)).await
    });
    Ok(found.await?)
}
