//! The refusal spool: one-click refusals that came while the database was away.
//!
//! The person is told that the refusal is recorded, and it is: the answer follows the fsync. While a process has
//! something in here, claims for marketing are held back elsewhere (delivery 2.6): see
//! [`Spool::is_consumed`](crate::Spool::is_consumed).

use chrono::{DateTime, Utc};
use queues::messages::SealedToken;

use crate::codec::Fields;
use crate::{Kind, Record, Records, SyncPolicy};

/// The spool of a process that accepts refusals.
pub type RefusalSpool = Records<RefusalRecord>;

/// A refusal, not yet in the evidence log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalRecord {
    /// The unsubscribe token that it came by; it opened for that purpose when it came.
    pub token: SealedToken,
    /// When it came, to the microsecond: a later yes outweighs it, an earlier one does not.
    pub received_at: DateTime<Utc>,
    /// Whether the whole institution was refused, or the sending organisation only.
    pub whole_institution: bool,
}

impl Record for RefusalRecord {
    const KIND: Kind = Kind::Refusals;
    const SYNC: SyncPolicy = SyncPolicy::EachRecord;
    const VERSION: u8 = 1;

    fn encode(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.received_at.timestamp_micros().to_le_bytes());
        bytes.push(u8::from(self.whole_institution));
        bytes.extend_from_slice(self.token.as_str().as_bytes());
    }

    fn decode(mut fields: Fields<'_>) -> Option<Self> {
        let received_at = DateTime::from_timestamp_micros(fields.i64()?)?;
        let whole_institution = fields.bool()?;
        let token = SealedToken::try_from(fields.text()?.to_owned()).ok()?;
        Some(Self { token, received_at, whole_institution })
    }
}

#[cfg(test)]
mod tests;
