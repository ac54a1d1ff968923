//! The evidence log of one contact as it is replayed, with what a person wants to read of each record.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use model::ids::{ContactId, OrganisationId, TopicId};
use model::permission::{Blocks, Evidence, Reason, Repeat};
use model::vocabulary::{Answer, Asked, Channel, Proof};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Result, Tx};

/// One record: what it says, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it says.
    pub evidence: Evidence,
    /// Whether the contact gave it; else somebody who has the same address did.
    pub own: bool,
    /// Whether it holds for the address.
    pub through_address: bool,
    /// By which way it came.
    pub origin: String,
    /// Where the proof is kept.
    pub pointer: String,
    /// The wording, as `source/id`.
    pub wording: Option<String>,
}

/// Reads the records of a contact, and those that came through its address.
pub(super) async fn entries(tx: &mut Tx, contact: ContactId, channel: Channel) -> Result<Vec<Entry>> {
    let institution = tx.institution().0;
    let mut repeats = repeats(tx, contact).await?;
    let rows: Vec<RecordRow> = sqlx::query_as(include_str!("records.sql"))
        .bind(institution)
        .bind(contact.0)
        .bind(channel.number())
        .fetch_all(tx.connection().await?)
        .await?;
    rows.into_iter()
        .map(|row| {
            let said = if row.own { repeats.remove(&row.record_id) } else { None };
            row.entry(said.unwrap_or_default())
        })
        .collect()
}

async fn repeats(tx: &mut Tx, contact: ContactId) -> Result<BTreeMap<Uuid, Vec<Repeat>>> {
    let institution = tx.institution().0;
    let rows: Vec<RepeatRow> = sqlx::query_as(include_str!("repeats.sql"))
        .bind(institution)
        .bind(contact.0)
        .fetch_all(tx.connection().await?)
        .await?;
    let mut repeats: BTreeMap<Uuid, Vec<Repeat>> = BTreeMap::new();
    for row in rows {
        let RepeatRow { record_id, first_said_at, said_at, first_learned_at, learned_at } = row;
        let repeat = Repeat { first_said_at, said_at, first_learned_at, learned_at };
        repeats.entry(record_id).or_default().push(repeat);
    }
    Ok(repeats)
}

/// What stands at an address and no record explains: it outlived the records that it came from (CO-21). Known since its day.
pub(super) fn unexplained(
    rows: &[AddressRow],
    channel: Channel,
    entries: &[Entry],
    since: &dyn Fn(NaiveDate) -> DateTime<Utc>,
) -> Vec<Entry> {
    let questions =
        [(Reason::GeneralRefusal, Asked::General), (Reason::ChannelRefusal, Asked::Channel(channel))];
    let mut found = Vec::new();
    for row in rows {
        for (reason, asked) in questions {
            let explained = entries.iter().any(|entry| {
                entry.through_address
                    && entry.evidence.scope.0.0 == row.organisation_id
                    && entry.evidence.asked == asked
            });
            if Blocks(row.blocks).has(reason) && !explained {
                found.push(row.entry(asked, row.day.map_or(DateTime::<Utc>::MIN_UTC, since)));
            }
        }
    }
    found
}

#[derive(FromRow)]
struct RepeatRow {
    record_id: Uuid,
    first_said_at: DateTime<Utc>,
    said_at: DateTime<Utc>,
    first_learned_at: DateTime<Utc>,
    learned_at: DateTime<Utc>,
}

/// A row of `address`.
#[derive(FromRow)]
pub(super) struct AddressRow {
    pub(super) organisation_id: i32,
    pub(super) blocks: i32,
    reason: Option<String>,
    day: Option<NaiveDate>,
    pub(super) expires_on: Option<NaiveDate>,
}

impl AddressRow {
    fn entry(&self, asked: Asked, at: DateTime<Utc>) -> Entry {
        Entry {
            evidence: Evidence {
                // No record has it: only told apart from its neighbours.
                record_id: Uuid::from_u128(
                    u128::from(self.organisation_id.unsigned_abs()) << 8
                        | u128::from(asked.number().unsigned_abs()),
                ),
                scope: (OrganisationId(self.organisation_id), TopicId::NONE),
                asked,
                answer: Answer::No,
                proof: Proof::Proven,
                names: 0,
                happened_at: at,
                learned_at: at,
                expires_on: None,
                repeats: Vec::new(),
            },
            own: false,
            through_address: true,
            origin: self.reason.clone().unwrap_or_default(),
            pointer: "the address alone: its records are gone".to_owned(),
            wording: None,
        }
    }
}

#[derive(FromRow)]
struct RecordRow {
    record_id: Uuid,
    own: bool,
    through_address: bool,
    organisation_id: i32,
    topic_id: i32,
    channel: i16,
    answer: i16,
    proof: i16,
    channels: i16,
    happened_at: DateTime<Utc>,
    learned_at: DateTime<Utc>,
    expires_on: Option<NaiveDate>,
    origin: String,
    pointer: String,
    wording: Option<String>,
}

impl RecordRow {
    fn entry(self, repeats: Vec<Repeat>) -> Result<Entry> {
        Ok(Entry {
            evidence: Evidence {
                record_id: self.record_id,
                scope: (OrganisationId(self.organisation_id), TopicId(self.topic_id)),
                asked: Asked::try_from(self.channel)?,
                answer: Answer::try_from(self.answer)?,
                proof: Proof::try_from(self.proof)?,
                names: self.channels,
                happened_at: self.happened_at,
                learned_at: self.learned_at,
                expires_on: self.expires_on,
                repeats,
            },
            own: self.own,
            through_address: self.through_address,
            origin: self.origin,
            pointer: self.pointer,
            wording: self.wording,
        })
    }
}
