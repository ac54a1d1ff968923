//! Counting, explaining and launching a campaign that is described in a file.

mod file;

use anyhow::{Context as _, bail};
use audience::{Query, check};
use chrono::TimeDelta;
use content::CompiledContent;
use model::ambient::Entropy as _;
use model::ids::{InstitutionId, TopicId};
use model::keys::KeyId;
use model::permission::{Decision, Question};
use model::vocabulary::Channel;
use serde_json::json;
use store::audience::{Audience, Waterfall};
use store::launch::{Launched, NewLaunch};
use store::{Store, Tx, catalogue, facts, launch, statistics};

use super::app_store;
use super::target::missing_values;
use crate::ambient::MachineEntropy;
use crate::cli::{CampaignArgs, ExplainArgs};
use crate::keys;
use crate::say::say;
use crate::settings::Settings;

pub use file::CampaignFile;

/// A campaign that was read and checked against the institution's names, ready to be counted or launched.
#[derive(Debug)]
pub struct Prepared {
    file: CampaignFile,
    query: Query,
    audience: Audience,
}

/// Prints the waterfall without changing anything.
pub async fn count(settings: &Settings, args: &CampaignArgs) -> anyhow::Result<()> {
    let (store, silo, file) = open(settings, args).await?;
    let prepared = prepare(&store, silo, file).await?;
    let (waterfall, missing) = store
        .scoped(silo, move |mut tx| async move {
            let waterfall = prepared.audience.count(&mut tx).await?;
            let missing = missing_values(&mut tx, &prepared.query, &prepared.audience.target).await?;
            tx.commit((waterfall, missing)).await
        })
        .await?;
    print(&waterfall, args.json)?;
    for line in missing.iter().filter(|_| !args.json) {
        say!("{line}")?;
    }
    Ok(())
}

/// Launches, and prints the frozen waterfall.
pub async fn launch(settings: &Settings, args: &CampaignArgs) -> anyhow::Result<()> {
    let (store, silo, file) = open(settings, args).await?;
    let token_key = keys::load(&settings.state)?.token.current().0;
    let launched = launch_in(&store, silo, file, token_key).await?;
    if args.json {
        say!("{}", serde_json::to_string_pretty(&launched)?)?;
        return Ok(());
    }
    match launched.new {
        true => say!("launch {} runs", launched.occurrence)?,
        false => say!(
            "launch {} was there before under this key; nothing was launched again",
            launched.occurrence
        )?,
    }
    print(&launched.waterfall, false)
}

/// Freezes a campaign's audience and makes it run.
pub async fn launch_in(
    store: &Store,
    silo: InstitutionId,
    file: CampaignFile,
    token_key: KeyId,
) -> anyhow::Result<Launched> {
    let compiled =
        CompiledContent::compile(&file.content).map_err(|findings| listed("the content", &findings))?;
    let Prepared { file, query, audience } = prepare(store, silo, file).await?;
    let new = NewLaunch {
        key: file.key,
        public_id: MachineEntropy.uuid(),
        name: file.name,
        query,
        audience,
        content: (serde_json::to_value(compiled.source())?, *compiled.hash()),
        links: compiled.links().iter().map(|link| link.url.clone()).collect(),
        sender: file.sender,
        token_key,
        lifetime: TimeDelta::try_hours(file.lifetime_hours).context("lifetime_hours is out of range")?,
        by: file.by,
    };
    let launched = store
        .scoped(silo, move |mut tx| async move {
            let launched = launch::launch(&mut tx, &new).await?;
            tx.commit(launched).await
        })
        .await?;
    if launched.new && launched.waterfall.matched >= i64::try_from(statistics::WORTH_IT)? {
        store.refresh_statistics(statistics::Part::Ledger).await?;
    }
    Ok(launched)
}

/// Prints one contact's place in the audience: each leaf of the target with the value it saw, and the decision with every reason.
pub async fn explain(settings: &Settings, args: &ExplainArgs) -> anyhow::Result<()> {
    let (store, silo, file) = open(settings, &args.campaign).await?;
    let prepared = prepare(&store, silo, file).await?;
    let (source, id) = (args.source.clone(), args.contact.clone());
    let explained = store
        .scoped(silo, move |mut tx| async move {
            let explained = explain_one(&mut tx, &prepared, &source, &id).await?;
            tx.commit(explained).await
        })
        .await?;
    match explained {
        Some(explained) => say!("{}", serde_json::to_string_pretty(&explained)?)?,
        None => bail!("there is no contact {} from {}", args.contact, args.source),
    }
    Ok(())
}

async fn explain_one(
    tx: &mut Tx,
    prepared: &Prepared,
    source: &str,
    id: &str,
) -> store::Result<Option<serde_json::Value>> {
    let Some(contact) = facts::find(tx, source, id).await? else {
        return Ok(None);
    };
    let today = tx.today();
    let target = facts::load(tx, &[contact])
        .await?
        .first()
        .map(|facts| audience::explain(&prepared.audience.target, facts, today));
    let member = prepared.audience.member(tx, contact).await?;
    let decision = member.map(|member| match Decision::from_blocks(member.blocks, member.basis) {
        Decision::Allow { basis } => json!({"allowed": true, "basis": basis}),
        Decision::Exclude { reason, also } => json!({"allowed": false, "reason": reason, "also": also}),
    });
    Ok(Some(json!({"target": target, "decision": decision})))
}

async fn open(
    settings: &Settings,
    args: &CampaignArgs,
) -> anyhow::Result<(Store, InstitutionId, CampaignFile)> {
    let file = CampaignFile::read(&args.campaign)?;
    let store = app_store(settings).await?;
    let silo = store.institution(&args.institution).await?;
    Ok((store, silo, file))
}

/// Checks the target against the institution's names and binds the policy in force.
async fn prepare(store: &Store, silo: InstitutionId, file: CampaignFile) -> anyhow::Result<Prepared> {
    let query = Query::from_value(file.target.clone()).map_err(|error| listed("the target", &[error]))?;
    let asked = query.clone();
    let (names, policy, today) = store
        .scoped(silo, move |mut tx| async move {
            let names = catalogue::load(&mut tx, &asked).await?;
            let (policy, today) = (tx.policy().await?, tx.today());
            tx.commit((names, policy, today)).await
        })
        .await?;
    let organisation =
        names.organisation(&file.organisation).map_err(|reason| anyhow::anyhow!("organisation: {reason}"))?;
    let target = check(&query, &names).map_err(|errors| listed("the target", &errors))?;
    let question = Question {
        purpose: file.purpose,
        unset_means: policy.unset_email,
        retention_months: policy.retention_months,
        today,
        renewal: file.renewal,
    };
    let audience = Audience { target, question, channel: Channel::Email, organisation, topic: TopicId::NONE };
    Ok(Prepared { file, query, audience })
}

/// Every finding on a line of its own, under one heading.
pub fn listed<E: std::fmt::Display>(what: &str, findings: &[E]) -> anyhow::Error {
    let lines: Vec<String> = findings.iter().map(|finding| format!("\n  {finding}")).collect();
    anyhow::anyhow!("{what} cannot be used:{}", lines.concat())
}

fn print(waterfall: &Waterfall, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        say!("{}", serde_json::to_string_pretty(waterfall)?)?;
    } else {
        say!("{}", waterfall_table(waterfall).trim_end())?;
    }
    Ok(())
}

/// The waterfall as people read it: from everybody matched down to everybody planned, one row a reason.
#[must_use]
pub fn waterfall_table(waterfall: &Waterfall) -> String {
    let mut table = format!("{:>10}  matched by the target\n", waterfall.matched);
    for (reason, contacts) in &waterfall.excluded {
        table.push_str(&format!("{:>10}  {reason}\n", format!("-{contacts}")));
    }
    table.push_str(&format!(
        "{:>10}  planned ({} matched without a standing yes)\n",
        waterfall.planned, waterfall.unset
    ));
    table
}
