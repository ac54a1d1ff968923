//! The evidence log: consent records, appended in the transaction of the act that they prove.

use chrono::{DateTime, NaiveDate, Utc};
use model::ids::{ContactId, OrganisationId, TopicId, WordingId};
use model::vocabulary::{Answer, Asked, Channel, Proof};
use uuid::Uuid;

use crate::{Result, Tx};

/// One answer of one contact to one question, with what proves it.
#[derive(Clone, Debug)]
pub struct ConsentRecord {
    /// Who answered.
    pub contact: ContactId,
    /// Random, or derived from an imported row so that importing twice records once.
    pub record_id: Uuid,
    /// Where the answer holds.
    pub organisation: OrganisationId,
    /// Which series it is about.
    pub topic: TopicId,
    /// Which question.
    pub asked: Asked,
    /// The answer.
    pub answer: Answer,
    /// What stands behind it.
    pub proof: Proof,
    /// Of a general yes: the channels that its wording names.
    pub channels: Vec<Channel>,
    /// The exact wording that was shown.
    pub wording: Option<WordingId>,
    /// When the person answered, on the business clock.
    pub happened_at: DateTime<Utc>,
    /// The last day on which a yes stands; `None` when it does not expire.
    pub expires_on: Option<NaiveDate>,
    /// By which way it came: `one_click`, `page`, `import`, `operator`.
    pub origin: String,
    /// Where the proof is kept: collection point and form, import run, occurrence.
    pub pointer: String,
    /// The address through which it was given, when it was.
    pub address_hash: Option<[u8; 32]>,
    /// Random salt of the sealed commitment.
    pub salt: [u8; 16],
}

/// The bit of a channel in a set of channels.
#[must_use]
pub const fn channel_bit(channel: Channel) -> i16 {
    1 << channel.number()
}

/// Appends one record, stamped with `committed_at` from the machine clock after the gate was locked.
/// A record that is already there is left as it is.
///
/// # Errors
/// Database errors.
pub async fn append(tx: &mut Tx, record: &ConsentRecord, committed_at: DateTime<Utc>) -> Result<()> {
    let (institution, learned_at) = (tx.institution().0, tx.business_now());
    sqlx::query(include_str!("evidence/append.sql"))
        .bind(institution)
        .bind(record.contact.0)
        .bind(record.record_id)
        .bind(record.organisation.0)
        .bind(record.topic.0)
        .bind(record.asked.number())
        .bind(record.answer.number())
        .bind(record.proof.number())
        .bind(record.channels.iter().fold(0, |bits, channel| bits | channel_bit(*channel)))
        .bind(record.wording.map(|wording| wording.0))
        .bind(record.happened_at)
        .bind(learned_at)
        .bind(record.expires_on)
        .bind(&record.origin)
        .bind(&record.pointer)
        .bind(record.address_hash.as_ref().map(<[u8; 32]>::as_slice))
        .bind(committed_at)
        .bind(record.salt.as_slice())
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}
