//! Why somebody may be contacted, or not: at any day, or by a launch.

use anyhow::{Context as _, bail};
use audience::{Catalogue, Query, check};
use chrono::NaiveDate;
use model::ids::{ContactId, OccurrenceId, OrganisationId, TopicId};
use model::permission::{Decision, INSTITUTION, Scope};
use model::vocabulary::{Channel, Purpose};
use serde_json::{Value, json};
use store::why::{self, Asked, Entry, Frozen, Why};
use store::{Result, StoreError, Tx, catalogue, facts};

use super::{app_store, policy};
use crate::cli::WhyArgs;
use crate::say::say;
use crate::settings::Settings;

/// Prints the answer as one JSON object.
pub async fn run(settings: &Settings, args: &WhyArgs) -> anyhow::Result<()> {
    let asked = Question::read(args)?;
    let store = app_store(settings).await?;
    let silo = store.institution(&args.institution).await?;
    let answer = store
        .scoped(silo, move |mut tx| async move {
            let answer = asked.answer(&mut tx).await?;
            tx.commit(answer).await
        })
        .await?;
    match answer {
        Some(answer) => say!("{}", serde_json::to_string_pretty(&answer)?)?,
        None => bail!("there is no contact {} from {}", args.contact, args.source),
    }
    Ok(())
}

/// The arguments, read before the database is asked.
struct Question {
    source: String,
    contact: String,
    channel: Channel,
    purpose: Purpose,
    organisation: Option<String>,
    topic: Option<String>,
    on: Option<NaiveDate>,
    launch: Option<OccurrenceId>,
}

impl Question {
    fn read(args: &WhyArgs) -> anyhow::Result<Self> {
        let channel = Channel::from_word(&args.channel)
            .with_context(|| format!("--channel: {} is none of email, sms, phone, post", args.channel))?;
        let purpose = Purpose::from_word(&args.purpose).with_context(|| {
            format!("--purpose: {} is none of marketing, consent_renewal, contract_notice", args.purpose)
        })?;
        Ok(Self {
            source: args.source.clone(),
            contact: args.contact.clone(),
            channel,
            purpose,
            organisation: args.organisation.clone(),
            topic: args.topic.clone(),
            on: args.on,
            launch: args.launch.map(OccurrenceId),
        })
    }

    async fn answer(&self, tx: &mut Tx) -> Result<Option<Value>> {
        let Some(contact) = facts::find(tx, &self.source, &self.contact).await? else { return Ok(None) };
        match self.launch {
            Some(occurrence) => of_launch(tx, occurrence, contact).await.map(Some),
            None => self.of_contact(tx, contact).await.map(Some),
        }
    }

    async fn of_contact(&self, tx: &mut Tx, contact: ContactId) -> Result<Value> {
        let names = catalogue::load_all(tx, &[]).await?;
        let scope = scope(&names, self.organisation.as_deref(), self.topic.as_deref())
            .map_err(StoreError::Refused)?;
        let asked = Asked {
            contact,
            channel: self.channel,
            purpose: self.purpose,
            scope,
            at: self.on.filter(|day| *day < tx.today()).map(|day| tx.end_of(day)),
            renewal: None,
        };
        let why = why::why(tx, asked).await?;
        Ok(described(&why, asked, &names))
    }
}

fn scope(
    names: &Catalogue,
    organisation: Option<&str>,
    topic: Option<&str>,
) -> std::result::Result<Scope, String> {
    let organisation = match organisation {
        None => INSTITUTION.0,
        Some(name) => names.organisation(name).map_err(|reason| format!("organisation: {reason}"))?,
    };
    let topic = match topic {
        None => INSTITUTION.1,
        Some(code) => match names.topics.get(&(organisation, code.to_owned())) {
            Some(topic) => *topic,
            None => return Err(format!("topic: there is no topic `{code}` in this scope")),
        },
    };
    Ok((organisation, topic))
}

/// The frozen decision of a launch, the membership under its frozen target, and the permission of that moment, replayed.
async fn of_launch(tx: &mut Tx, occurrence: OccurrenceId, contact: ContactId) -> Result<Value> {
    let frozen = why::frozen(tx, occurrence, contact).await?;
    let asked = Asked {
        contact,
        channel: frozen.channel,
        purpose: frozen.purpose,
        scope: (frozen.organisation, frozen.topic),
        at: Some(frozen.launched_at),
        renewal: frozen.renewal,
    };
    let membership = membership(tx, &frozen, contact).await?;
    let names = catalogue::load_all(tx, &[]).await?;
    let why = why::why(tx, asked).await?;
    let place = frozen.place.as_ref().map(|place| {
        json!({
            "state": place.state,
            "at_launch": decided(&place.at_launch),
            "at_claim": place.at_claim.as_ref().map(decided),
            "recency_seen": place.recency_seen,
            "ended_at": place.ended_at,
        })
    });
    Ok(json!({
        "launch": {
            "occurrence": occurrence,
            "name": frozen.name,
            "launched_at": frozen.launched_at,
            "launched_by": frozen.launched_by,
            "day": frozen.today,
            "unset_meant": frozen.unset_means,
        },
        "frozen": place,
        "target": membership,
        "permission_then": described(&why, asked, &names),
    }))
}

/// The frozen tree, leaf by leaf, on the day of the launch: with the values of today, because those of then are not kept.
async fn membership(tx: &mut Tx, frozen: &Frozen, contact: ContactId) -> Result<Value> {
    let Ok(query) = Query::from_value(frozen.query.clone()) else {
        return Ok(json!({"cannot_be_read": "the target was written for another release"}));
    };
    // The saved targets that it names asked what they asked then; who is in a list is told as of today, like every value.
    let names = catalogue::load_as_of(tx, &[&query], Some(frozen.launched_at)).await?;
    let checked = match check(&query, &names) {
        Ok(checked) => checked,
        Err(errors) => {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            return Ok(json!({"cannot_be_checked_any_more": errors}));
        }
    };
    let facts = facts::load(tx, &[contact]).await?;
    let explained = facts.first().map(|facts| audience::explain(&checked, facts, frozen.today));
    Ok(json!({"matched_at_launch": frozen.place.is_some(), "with_the_values_of_today": explained}))
}

fn described(why: &Why, asked: Asked, names: &Catalogue) -> Value {
    let listed = |entries: &[Entry]| entries.iter().map(|entry| record(entry, names)).collect::<Vec<_>>();
    let reasons =
        why.reasons.iter().map(|(reason, entries)| json!({"reason": reason, "evidence": listed(entries)}));
    json!({
        "asked": {
            "on": why.on,
            "at": asked.at,
            "purpose": asked.purpose,
            "channel": asked.channel,
            "organisation": organisation(asked.scope.0, names),
            "topic": topic(asked.scope.1, names),
        },
        "decision": decided(&why.decision),
        "reasons": reasons.collect::<Vec<_>>(),
        "evidence": listed(&why.permission),
        "policy": {
            "version": why.version.number,
            "since": why.version.since,
            "by": why.version.by,
            "why": why.version.why,
            "under_the_law_of_that_day": policy::choices(&why.policy),
        },
        "values_of_today": {
            "state": why.of_today.blocks.reasons().collect::<Vec<_>>(),
            "of_age_on": why.of_today.of_age_on,
            "suppressed_until": why.of_today.suppressed_until,
            "recency": why.of_today.recency,
        },
    })
}

fn decided(decision: &Decision) -> Value {
    match decision {
        Decision::Allow { basis } => json!({"allowed": true, "basis": basis}),
        Decision::Exclude { reason, also } => json!({"allowed": false, "reason": reason, "also": also}),
    }
}

fn record(entry: &Entry, names: &Catalogue) -> Value {
    let evidence = &entry.evidence;
    json!({
        "record": evidence.record_id,
        "given_by": if entry.own { "the contact" } else { "somebody with the same address" },
        "holds_for_the_address": entry.through_address,
        "organisation": organisation(evidence.scope.0, names),
        "topic": topic(evidence.scope.1, names),
        "question": evidence.asked,
        "answer": evidence.answer,
        "proof": evidence.proof,
        "happened_at": evidence.happened_at,
        "learned_at": evidence.learned_at,
        "said_again_at": evidence.repeats.iter().map(|repeat| repeat.said_at).max(),
        "last_day": evidence.expires_on,
        "origin": entry.origin,
        "pointer": entry.pointer,
        "wording": entry.wording,
    })
}

/// `None` is the whole institution.
fn organisation(id: OrganisationId, names: &Catalogue) -> Option<String> {
    names.organisations.iter().find(|(_, known)| **known == id).map(|(name, _)| name.to_string())
}

/// `None` is every topic.
fn topic(id: TopicId, names: &Catalogue) -> Option<String> {
    names.topics.iter().find(|(_, known)| **known == id).map(|((_, code), _)| code.clone())
}
