//! The hit spool: requests on tracked links, from the tracker to PostgreSQL.
//!
//! A redirect waits for nobody, so a hit is written here first. The consumer commits it under (spool id, offset) and
//! only then is the spool trimmed, so that a lost broker loses no hit and a repeated delivery stores none twice.
//!
//! Kept is what a verdict needs: no address, no header, the client's network instead of the client (TR-09).

use chrono::{DateTime, Utc};
use model::token::{Token, TokenPurpose};
use model::verdict::{HitMethod, Signals};
use queues::messages::{ClientPrefix, SealedToken};

use crate::codec::Fields;
use crate::{Kind, Record, Records, SyncPolicy};

/// The spool of a tracker.
pub type HitSpool = Records<HitRecord>;

/// One request on a tracked link. What it was is judged later (TR-04).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HitRecord {
    /// The token of the link.
    pub token: SealedToken,
    /// When the request came, to the microsecond.
    pub at: DateTime<Utc>,
    /// Its method.
    pub method: HitMethod,
    /// What its headers say.
    pub signals: Signals,
    /// The network that it came from.
    pub client: Option<ClientPrefix>,
}

/// A request as the tracker sees it.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// When it came.
    pub at: DateTime<Utc>,
    /// Its method.
    pub method: HitMethod,
    /// What its headers say.
    pub signals: Signals,
    /// The network that it came from.
    pub client: Option<ClientPrefix>,
}

impl HitRecord {
    /// The record of a request on `token`, which opened as `opened`. `None` for a contact who refuses click tracking
    /// and for every link that is no tracked one (TR-02): there is nothing to record.
    #[must_use]
    pub fn of_click(opened: &Token, token: SealedToken, seen: Seen) -> Option<Self> {
        let Seen { at, method, signals, client } = seen;
        let recorded = opened.purpose == TokenPurpose::Click && !opened.do_not_record;
        recorded.then_some(Self { token, at, method, signals, client })
    }
}

impl Record for HitRecord {
    const KIND: Kind = Kind::Hits;
    const SYNC: SyncPolicy = SyncPolicy::Batched;
    const VERSION: u8 = 1;

    fn encode(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.at.timestamp_micros().to_le_bytes());
        bytes.push(self.method.number());
        bytes.extend_from_slice(&self.signals.number().to_le_bytes());
        // No prefix has the number 0: the family stands in it.
        bytes.extend_from_slice(&self.client.map_or(0, ClientPrefix::number).to_le_bytes());
        bytes.extend_from_slice(self.token.as_str().as_bytes());
    }

    fn decode(mut fields: Fields<'_>) -> Option<Self> {
        let at = DateTime::from_timestamp_micros(fields.i64()?)?;
        let method = HitMethod::from_number(fields.u8()?)?;
        let signals = Signals::from_number(fields.u16()?)?;
        let client = match fields.u64()? {
            0 => None,
            number => Some(ClientPrefix::try_from(number).ok()?),
        };
        let token = SealedToken::try_from(fields.text()?.to_owned()).ok()?;
        Some(Self { token, at, method, signals, client })
    }
}

#[cfg(test)]
mod tests;
