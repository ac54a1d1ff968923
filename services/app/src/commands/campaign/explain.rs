//! `rappel explain`: one contact's place in an audience, leaf by leaf and rule by rule.

use anyhow::bail;
use audience::ContactFacts;
use chrono::NaiveDate;
use model::permission::Decision;
use serde_json::{Value, json};
use store::audience::{Audience, Target};
use store::{Tx, facts};

use super::file::CampaignFile;
use super::{Asked, app_store, prepare};
use crate::cli::ExplainArgs;
use crate::say::say;
use crate::settings::Settings;

/// Prints one contact's place in the audience: each leaf of every target with the value it saw, and the decision with every
/// reason.
pub async fn run(settings: &Settings, args: &ExplainArgs) -> anyhow::Result<()> {
    let asked = Asked::of(&CampaignFile::read(&args.campaign.campaign)?)?;
    let store = app_store(settings).await?;
    let silo = store.institution(&args.campaign.institution).await?;
    let audience = prepare(&store, silo, asked).await?;
    let (source, id) = (args.source.clone(), args.contact.clone());
    let explained = store
        .scoped(silo, move |mut tx| async move {
            let explained = explain_one(&mut tx, &audience, &source, &id).await?;
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
    audience: &Audience,
    source: &str,
    id: &str,
) -> store::Result<Option<Value>> {
    let Some(contact) = facts::find(tx, source, id).await? else {
        return Ok(None);
    };
    let today = tx.today();
    let facts = facts::load(tx, &[contact]).await?;
    let member = audience.member(tx, contact).await?;
    let decision = member.map(|member| match Decision::from_blocks(member.blocks, member.basis) {
        Decision::Allow { basis } => json!({"allowed": true, "basis": basis}),
        Decision::Exclude { reason, also } => json!({"allowed": false, "reason": reason, "also": also}),
    });
    let Some(facts) = facts.first() else {
        return Ok(Some(json!({"target": Value::Null, "decision": decision})));
    };
    Ok(Some(match (&audience.targets.targets[..], &audience.targets.exclude[..]) {
        ([target], []) => {
            json!({"target": audience::explain(&target.checked, facts, today), "decision": decision})
        }
        (targets, exclude) => json!({
            "targets": each(targets, facts, today),
            "exclude": each(exclude, facts, today),
            "decision": decision,
        }),
    }))
}

fn each(targets: &[Target], facts: &ContactFacts, today: NaiveDate) -> Value {
    let one = |target: &Target| json!({"name": target.name, "query": audience::explain(&target.checked, facts, today)});
    targets.iter().map(one).collect()
}
