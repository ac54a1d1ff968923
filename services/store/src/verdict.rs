//! Verdicts on hits, and the activity that a person's click becomes (TR-04 to TR-08; design, section 6).
//!
//! All hits of a message are judged together once its quarantine is over, and again when another hit has come or the rules
//! have changed; each verdict keeps its reasons and the version of the rules. Nothing else writes verdicts.
//!
//! The days on which a message was clicked by a person are its click activities: one per message and day in the institution's
//! zone, since recency is a day and a second click on it adds nothing. A day whose last human hit is re-judged loses its
//! activity, and recency is again what the other facts say, in the same transaction.

mod message;

use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};
use model::ids::{ContactId, OccurrenceId, OrganisationId};
use model::verdict::{QUARANTINE, RULE_VERSION};
use model::vocabulary::{ActivityKind, Channel, Verdict};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::recency::{self, Activity};
use crate::{Result, Tx};
use message::{Judged, MessageHits};

/// Hits that keep coming, such as those of a monitoring robot, cannot put off a verdict for longer than this.
pub const LONGEST_WAIT: TimeDelta = TimeDelta::hours(24);

/// Verdicts under older rules are judged again when their hits are not older than this (TR-08).
pub const REJUDGED: TimeDelta = TimeDelta::days(30);

/// A message that has hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clicked {
    /// The recipient.
    pub contact: ContactId,
    /// The launch.
    pub occurrence: OccurrenceId,
    /// How it was sent.
    pub channel: Channel,
}

/// What a judging changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Hits whose verdict is human now and was not.
    pub human: u64,
    /// Hits whose verdict is machine now and was not.
    pub machine: u64,
    /// Hits whose verdict is undecided now and was not.
    pub undecided: u64,
    /// Activities that raised the recency of their contact.
    pub raised: u64,
    /// Activities taken back.
    pub taken_back: u64,
}

impl Changes {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            human: self.human + other.human,
            machine: self.machine + other.machine,
            undecided: self.undecided + other.undecided,
            raised: self.raised + other.raised,
            taken_back: self.taken_back + other.taken_back,
        }
    }
}

/// Messages with hits that were never judged and have waited long enough, at most `limit`.
///
/// # Errors
/// Database errors.
pub async fn due(tx: &mut Tx, limit: i64) -> Result<Vec<Clicked>> {
    let (institution, now) = (tx.institution().0, tx.business_now());
    let found: Vec<(i64, i32, i16)> = sqlx::query_as(include_str!("verdict/due.sql"))
        .bind(institution)
        .bind(now - QUARANTINE)
        .bind(now - LONGEST_WAIT)
        .bind(limit)
        .fetch_all(tx.connection().await?)
        .await?;
    found.into_iter().map(clicked).collect()
}

/// Messages whose verdicts were given under other rules than today's, of the last [`REJUDGED`], at most `limit`.
///
/// # Errors
/// Database errors.
pub async fn outdated(tx: &mut Tx, limit: i64) -> Result<Vec<Clicked>> {
    let (institution, now) = (tx.institution().0, tx.business_now());
    let found: Vec<(i64, i32, i16)> = sqlx::query_as(include_str!("verdict/outdated.sql"))
        .bind(institution)
        .bind(RULE_VERSION)
        .bind(now - REJUDGED)
        .bind(limit)
        .fetch_all(tx.connection().await?)
        .await?;
    found.into_iter().map(clicked).collect()
}

/// Judges every hit of these messages, each message as a whole, and lets activities and recency follow. To judge a message
/// again is harmless.
///
/// # Errors
/// [`crate::StoreError::UnknownValue`] for a hit of a newer release; database errors.
pub async fn judge(tx: &mut Tx, messages: &[Clicked]) -> Result<Changes> {
    let mut changes = Changes::default();
    for message in message::hits_of(tx, messages).await? {
        let judged = message.judge(tx.zone());
        write(tx, &message, &judged).await?;
        for hit in judged.iter().filter(|hit| hit.now.verdict != hit.before) {
            match hit.now.verdict {
                Verdict::Human => changes.human += 1,
                Verdict::Machine => changes.machine += 1,
                Verdict::Undecided => changes.undecided += 1,
                Verdict::Pending => {}
            }
        }
        changes = changes.and(follow(tx, &message, &judged).await?);
    }
    Ok(changes)
}

/// Stores the verdicts that differ from those on file in anything.
async fn write(tx: &mut Tx, message: &MessageHits, judged: &[Judged]) -> Result<()> {
    let changed: Vec<_> = judged.iter().filter(|hit| hit.is_news).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let (institution, now) = (tx.institution().0, tx.business_now());
    sqlx::query(include_str!("verdict/write.sql"))
        .bind(institution)
        .bind(message.key.contact.0)
        .bind(changed.iter().map(|hit| hit.spool).collect::<Vec<_>>())
        .bind(changed.iter().map(|hit| hit.offset).collect::<Vec<_>>())
        .bind(changed.iter().map(|hit| hit.now.verdict.number()).collect::<Vec<_>>())
        .bind(changed.iter().map(|hit| hit.now.reasons.0).collect::<Vec<_>>())
        .bind(changed.iter().map(|hit| hit.now.rule_version).collect::<Vec<_>>())
        .bind(now)
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}

/// Records an activity for each day that has a human hit, and takes back those of days that have none any more.
async fn follow(tx: &mut Tx, message: &MessageHits, judged: &[Judged]) -> Result<Changes> {
    let days = |is_human: fn(&Judged) -> bool| -> BTreeSet<NaiveDate> {
        judged.iter().filter(|hit| is_human(hit)).map(|hit| hit.day).collect()
    };
    let before = days(|hit| hit.before == Verdict::Human);
    let now = days(|hit| hit.now.verdict == Verdict::Human);
    let institution = tx.institution().0;
    let mut changes = Changes::default();
    for day in before.difference(&now) {
        let id = activity_id(institution, &message.key, *day);
        changes.taken_back += u64::from(recency::remove_activity(tx, message.key.contact, id).await?);
    }
    for day in now.difference(&before) {
        let activity = Activity {
            contact: message.key.contact,
            activity_id: activity_id(institution, &message.key, *day),
            organisation: OrganisationId(message.organisation),
            kind: ActivityKind::Click,
            happened_on: *day,
        };
        changes.raised += u64::from(recency::record_activity(tx, &activity).await?);
    }
    Ok(changes)
}

fn activity_id(institution: i32, message: &Clicked, day: NaiveDate) -> Uuid {
    let digest = Sha256::new_with_prefix(b"click on a day")
        .chain_update(institution.to_be_bytes())
        .chain_update(message.contact.0.to_be_bytes())
        .chain_update(message.occurrence.0.to_be_bytes())
        .chain_update(message.channel.number().to_be_bytes())
        .chain_update(day.to_string())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn clicked((contact, occurrence, channel): (i64, i32, i16)) -> Result<Clicked> {
    Ok(Clicked {
        contact: ContactId(contact),
        occurrence: OccurrenceId(occurrence),
        channel: Channel::try_from(channel)?,
    })
}
