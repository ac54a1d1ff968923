//! One message with all its hits, as the rules want to see it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use model::ids::{ContactId, LinkNo, OccurrenceId};
use model::verdict::{AgentClass, HitFacts, HitMethod, Judgement, MessageFacts, Reasons, Signals, judge};
use model::vocabulary::{Channel, MessageState, Verdict};
use sqlx::FromRow;
use uuid::Uuid;

use super::Clicked;
use crate::{Result, StoreError, Tx};

/// A message and its hits.
pub(super) struct MessageHits {
    pub(super) key: Clicked,
    pub(super) organisation: i32,
    facts: MessageFacts,
    hits: Vec<Hit>,
}

struct Hit {
    spool: Uuid,
    offset: i64,
    facts: HitFacts,
    verdict: Verdict,
    reasons: Reasons,
    rule_version: i16,
}

/// A hit with what was and what is thought of it.
pub(super) struct Judged {
    pub(super) spool: Uuid,
    pub(super) offset: i64,
    /// The day of the hit in the institution's zone.
    pub(super) day: NaiveDate,
    pub(super) before: Verdict,
    pub(super) now: Judgement,
    /// Whether anything of the judgement differs from what is on file.
    pub(super) is_news: bool,
}

/// Reads and locks the hits of these messages, in their order, so that two judges neither revise nor wait for each other.
pub(super) async fn hits_of(tx: &mut Tx, messages: &[Clicked]) -> Result<Vec<MessageHits>> {
    let institution = tx.institution().0;
    let messages: BTreeSet<Clicked> = messages.iter().copied().collect();
    let rows = sqlx::query_as::<_, Row>(include_str!("hits.sql"))
        .bind(institution)
        .bind(messages.iter().map(|message| message.contact.0).collect::<Vec<_>>())
        .bind(messages.iter().map(|message| message.occurrence.0).collect::<Vec<_>>())
        .bind(messages.iter().map(|message| message.channel.number()).collect::<Vec<_>>())
        .fetch_all(tx.connection().await?)
        .await?;
    let mut found: BTreeMap<Clicked, MessageHits> = BTreeMap::new();
    for row in rows {
        let (key, hit, facts, organisation) = (row.key()?, row.hit()?, row.message()?, row.organisation_id);
        found
            .entry(key)
            .or_insert_with(|| MessageHits { key, organisation, facts, hits: Vec::new() })
            .hits
            .push(hit);
    }
    Ok(found.into_values().collect())
}

impl MessageHits {
    pub(super) fn judge(&self, zone: Tz) -> Vec<Judged> {
        let facts: Vec<HitFacts> = self.hits.iter().map(|hit| hit.facts).collect();
        let judgements = judge(&self.facts, &facts);
        self.hits
            .iter()
            .zip(judgements)
            .map(|(hit, now)| Judged {
                spool: hit.spool,
                offset: hit.offset,
                day: hit.facts.at.with_timezone(&zone).date_naive(),
                before: hit.verdict,
                now,
                is_news: (hit.verdict, hit.reasons, hit.rule_version)
                    != (now.verdict, now.reasons, now.rule_version),
            })
            .collect()
    }
}

#[derive(FromRow)]
struct Row {
    contact_id: i64,
    occurrence_id: i32,
    channel: i16,
    spool_id: Uuid,
    spool_offset: i64,
    link_no: i16,
    hit_at: DateTime<Utc>,
    method: i16,
    signals: i32,
    agent: i16,
    verdict: i16,
    reasons: i32,
    rule_version: i16,
    organisation_id: i32,
    state: i16,
    ended_at: Option<DateTime<Utc>>,
    links: i64,
}

impl Row {
    fn key(&self) -> Result<Clicked> {
        Ok(Clicked {
            contact: ContactId(self.contact_id),
            occurrence: OccurrenceId(self.occurrence_id),
            channel: Channel::try_from(self.channel)?,
        })
    }

    /// The moment of acceptance is known only of what was accepted: an `unknown` message ended when we stopped waiting.
    fn message(&self) -> Result<MessageFacts> {
        let accepted_at = match MessageState::try_from(self.state)? {
            MessageState::Accepted => self.ended_at,
            MessageState::Planned
            | MessageState::Excluded
            | MessageState::Failed
            | MessageState::Unknown
            | MessageState::Cancelled
            | MessageState::Expired => None,
        };
        Ok(MessageFacts { accepted_at, links: u16::try_from(self.links).unwrap_or(u16::MAX) })
    }

    fn hit(&self) -> Result<Hit> {
        let strange = |what: &str, value: i32| StoreError::UnknownValue(format!("{what} {value} of a hit"));
        let method = u8::try_from(self.method)
            .ok()
            .and_then(HitMethod::from_number)
            .ok_or_else(|| strange("method", self.method.into()))?;
        let agent = u8::try_from(self.agent)
            .ok()
            .and_then(AgentClass::from_number)
            .ok_or_else(|| strange("agent", self.agent.into()))?;
        let prefetch = match self.signals {
            0 => false,
            1 => true,
            other => return Err(strange("signals", other)),
        };
        Ok(Hit {
            spool: self.spool_id,
            offset: self.spool_offset,
            facts: HitFacts {
                at: self.hit_at,
                method,
                link: LinkNo(self.link_no),
                signals: Signals { prefetch, agent },
            },
            verdict: Verdict::try_from(self.verdict)?,
            reasons: Reasons(self.reasons),
            rule_version: self.rule_version,
        })
    }
}
