//! What became of attempts, recorded in batches: the end of a lease.
//!
//! The attempt row is the judge: whoever ends it first decides, by its token, and everything else follows in the same
//! statement. A report about an attempt that has ended already changes nothing and is no error. So a result may be reported
//! again after an answer that was lost, and a worker that wakes up too late overwrites nobody.
//!
//! Deliberately not here: the one later attempt that a contract notice may get after `unknown`.

mod disposition;
mod end;
mod invalid_address;

use chrono::{DateTime, Utc};
use model::address::AddressHash;
use model::ids::InstitutionId;
use model::reply::{Fault, Outcome};
use model::vocabulary::{Channel, MessageState};
use sqlx::FromRow;

use crate::claim::Lease;
use crate::{Result, Store, Tx};
use disposition::{Disposition, Standing, disposition};
use end::end;

pub use invalid_address::invalidate;

/// How an attempt ended. The numbers are those of `attempt.outcome`; the first four are [`Outcome`]'s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i16)]
pub enum Ending {
    /// The next hop took the message.
    Accepted = 1,
    /// Not now.
    Deferred = 2,
    /// A clear permanent refusal, or a message that could not be made.
    Failed = 3,
    /// The dot was or may have been written and nothing clear came back.
    Unknown = 4,
    /// Given back, with nothing on the wire. Three in a row count as a deferral, so that nothing loops for ever.
    Released = 5,
    /// Decided against when the claim was authorised again.
    Withdrawn = 6,
}

impl Ending {
    /// The number in the database.
    #[must_use]
    pub const fn number(self) -> i16 {
        self as i16
    }
}

impl From<Outcome> for Ending {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Accepted => Self::Accepted,
            Outcome::Deferred => Self::Deferred,
            Outcome::Failed => Self::Failed,
            Outcome::Unknown => Self::Unknown,
        }
    }
}

/// One worker's report on one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Which attempt.
    pub lease: Lease,
    /// How it ended.
    pub ending: Ending,
    /// The reply's code.
    pub code: Option<u16>,
    /// The reply's enhanced code.
    pub enhanced: Option<String>,
    /// Whose fault it was.
    pub fault: Option<Fault>,
    /// The address is invalid from now on: the recipient's fault, said clearly and for good (EM-72).
    pub address_invalid: bool,
    /// Any number: spreads the next attempt.
    pub chance: u32,
}

impl Report {
    /// A report on an attempt that got no reply.
    #[must_use]
    pub const fn without_reply(lease: Lease, ending: Ending, chance: u32) -> Self {
        Self { lease, ending, code: None, enhanced: None, fault: None, address_invalid: false, chance }
    }
}

/// What recording came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Attempts that these reports ended; the others had ended before.
    pub attempts: u64,
    /// Addresses for [`Store::invalidate_address`].
    pub invalid: Vec<(Channel, AddressHash)>,
}

impl Store {
    /// Records a batch of reports of one institution.
    ///
    /// # Errors
    /// Database errors; then nothing was recorded, or everything was and recording it again changes nothing.
    pub async fn record(&self, institution: InstitutionId, reports: Vec<Report>) -> Result<Recorded> {
        let recorded = self
            .scoped(institution, move |mut tx| async move {
                let recorded = record(&mut tx, &reports).await?;
                crate::failpoint::failpoint!("result.before_commit");
                tx.commit(recorded).await
            })
            .await?;
        crate::failpoint::failpoint!("result.after_commit");
        Ok(recorded)
    }
}

/// The recording inside a transaction: what [`Store::record`] commits.
///
/// # Errors
/// As [`Store::record`].
pub async fn record(tx: &mut Tx, reports: &[Report]) -> Result<Recorded> {
    let standings = standings(tx, reports).await?;
    let mut ends = Vec::with_capacity(reports.len());
    for report in reports {
        let disposition = match report.ending {
            Ending::Accepted => Disposition::Final(MessageState::Accepted),
            Ending::Failed => Disposition::Final(MessageState::Failed),
            Ending::Unknown => Disposition::Final(MessageState::Unknown),
            Ending::Deferred | Ending::Released | Ending::Withdrawn => {
                // Without a lease it is nobody's any more: its attempt has ended.
                let Some(standing) = standings.iter().find(|row| row.is_of(&report.lease)) else { continue };
                disposition(report.ending, standing.standing(), tx.business_now(), report.chance)
            }
        };
        ends.push((report, disposition));
    }
    end(tx, &ends).await
}

#[derive(FromRow)]
struct StandingRow {
    occurrence_id: i32,
    contact_id: i64,
    channel: i16,
    claim_token: uuid::Uuid,
    deferrals: i16,
    releases: i16,
    expires_at: DateTime<Utc>,
}

impl StandingRow {
    fn is_of(&self, lease: &Lease) -> bool {
        (self.occurrence_id, self.contact_id, self.channel, self.claim_token)
            == (lease.occurrence.0, lease.contact.0, lease.channel.number(), lease.token)
    }

    const fn standing(&self) -> Standing {
        Standing { deferrals: self.deferrals, releases: self.releases, expires_at: self.expires_at }
    }
}

/// How often the messages that come back have come back before. Only their holder changes that.
async fn standings(tx: &mut Tx, reports: &[Report]) -> Result<Vec<StandingRow>> {
    let back: Vec<&Lease> = reports
        .iter()
        .filter(|report| matches!(report.ending, Ending::Deferred | Ending::Released | Ending::Withdrawn))
        .map(|report| &report.lease)
        .collect();
    if back.is_empty() {
        return Ok(Vec::new());
    }
    let institution = tx.institution().0;
    Ok(sqlx::query_as(include_str!("result/standings.sql"))
        .bind(institution)
        .bind(back.iter().map(|lease| lease.occurrence.0).collect::<Vec<_>>())
        .bind(back.iter().map(|lease| lease.contact.0).collect::<Vec<_>>())
        .bind(back.iter().map(|lease| lease.channel.number()).collect::<Vec<_>>())
        .bind(back.iter().map(|lease| lease.token).collect::<Vec<_>>())
        .fetch_all(tx.connection().await?)
        .await?)
}
