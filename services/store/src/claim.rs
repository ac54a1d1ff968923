//! The claim: the last decision about a message, in the transaction that takes it, immediately before the wire (LA-25).
//!
//! Two statements in one transaction carry the promise "no contact after no". The first locks the gates of the recipients
//! `FOR SHARE` and reads them under the lock; the second, in a newer snapshot, reads every other fact. Every writer of any
//! refusal locks the gate first, so a refusal that commits before the claim is seen by it, and one that comes later finds the
//! lease and waits for its end.
//! `claimed_at` is the machine clock after the locks.
//!
//! Excluded by the launch's frozen policy *or* by the one in force is excluded; the day is the claim's. A message that is
//! already claimed, final, not due or gone is ignored: a delivery promises nothing.
//!
//! Order of locks: fence of the launch (shared), gates, then outbox rows, messages and attempts, each in the order of their keys.
//! Frequency caps, holdouts and what a contract notice must earn are not decided here yet; a notice therefore passes for nobody.

mod again;
mod facts;
mod gates;
mod occasion;
mod verdict;

use chrono::{DateTime, Utc};
use model::ids::{ContactId, InstitutionId, OccurrenceId};
use model::permission::Blocks;
use model::vocabulary::{Channel, MessageState};
use sqlx::Row as _;
use uuid::Uuid;

use crate::gate::numbers;
use crate::{Result, Store, Tx, dispatch};
use facts::Recipient;
use verdict::{Verdict, verdict};

pub use again::Again;
pub use occasion::Occasion;

/// Which messages a worker wants to send now.
#[derive(Clone, Debug)]
pub struct Request {
    /// The launch that they belong to.
    pub occurrence: OccurrenceId,
    /// How they are sent.
    pub channel: Channel,
    /// To whom; none twice.
    pub contacts: Vec<ContactId>,
    /// Random, made before the statement: finds the claim again when its commit was not answered.
    pub token: Uuid,
    /// The worker that will hold the leases.
    pub worker: Uuid,
}

/// The right of one worker to make one attempt at one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The launch.
    pub occurrence: OccurrenceId,
    /// The recipient.
    pub contact: ContactId,
    /// How it is sent.
    pub channel: Channel,
    /// Counted from 1, without a gap.
    pub attempt_no: i16,
    /// Guards every later statement about this attempt.
    pub token: Uuid,
}

/// A message that may be sent now, with what rendering needs of the recipient.
#[derive(Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The right to send it.
    pub lease: Lease,
    /// Where it goes, as the person gave it.
    pub email: String,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Language code.
    pub language: Option<String>,
    /// Whether this recipient's clicks may be recorded; else the links go out as they are (TR-24).
    pub tracks_clicks: bool,
}

/// Shows the lease and nothing of the person.
impl std::fmt::Debug for Claimed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Claimed").field("lease", &self.lease).finish_non_exhaustive()
    }
}

/// What came of a request. A contact that is in neither list was ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// To be sent, within the life of a claim.
    pub claimed: Vec<Claimed>,
    /// Final now, without having been sent, and the reasons when they were excluded.
    pub ended: Vec<(ContactId, MessageState, Blocks)>,
    /// The launch is paused: its rows went back to the outbox.
    pub paused: bool,
    /// The business clock: the Date header.
    pub now: DateTime<Utc>,
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claiming {
    /// Decided.
    Decided(Claim),
    /// A process that accepts refusals has not said that it has none left to record: nothing was decided, ask again soon.
    Held,
}

impl Store {
    /// Claims messages: see the module. When this fails, the claim may have committed all the same: [`Store::find_claim`].
    ///
    /// # Errors
    /// [`crate::StoreError::Refused`] when there is no such launch; database errors.
    pub async fn claim(&self, institution: InstitutionId, request: Request) -> Result<Claiming> {
        let claiming = self
            .scoped(institution, move |mut tx| async move {
                let claiming = take(&mut tx, &request).await?;
                crate::failpoint::failpoint!("claim.before_commit");
                match claiming {
                    Claiming::Decided(_) => tx.commit(claiming).await,
                    Claiming::Held => tx.roll_back(claiming).await,
                }
            })
            .await?;
        crate::failpoint::failpoint!("claim.after_commit");
        Ok(claiming)
    }

    /// The leases that a claim took, when it is not known whether it committed. Empty: it did not, so far.
    ///
    /// # Errors
    /// Database errors.
    pub async fn find_claim(&self, institution: InstitutionId, request: &Request) -> Result<Vec<Lease>> {
        let Request { occurrence, channel, token, ref contacts, .. } = *request;
        let contacts = contacts.clone();
        self.scoped(institution, move |mut tx| async move {
            let leases = sqlx::query(
                "SELECT contact_id, attempts FROM outbox
                 WHERE institution_id = $1 AND occurrence_id = $2 AND channel = $3 AND contact_id = ANY ($5)
                   AND claim_token = $4",
            )
            .bind(institution.0)
            .bind(occurrence.0)
            .bind(channel.number())
            .bind(token)
            .bind(numbers(&contacts))
            .fetch_all(tx.connection().await?)
            .await?
            .into_iter()
            .map(|row| {
                let (contact, attempt_no) = (ContactId(row.try_get(0)?), row.try_get(1)?);
                Ok(Lease { occurrence, contact, channel, attempt_no, token })
            })
            .collect::<Result<_>>()?;
            tx.commit(leases).await
        })
        .await
    }
}

/// The claim inside a transaction: what [`Store::claim`] commits.
///
/// # Errors
/// As [`Store::claim`].
pub async fn take(tx: &mut Tx, request: &Request) -> Result<Claiming> {
    let mut contacts = request.contacts.clone();
    contacts.sort_unstable();
    let locked = facts::lock(tx, request.occurrence, request.channel, &contacts).await?;
    let (launch, _) = &locked;
    if launch.held() {
        return Ok(Claiming::Held);
    }
    let mut claim = Claim { claimed: Vec::new(), ended: Vec::new(), paused: false, now: tx.business_now() };
    let recipients =
        facts::recipients(tx, &locked, request.occurrence, request.channel, &contacts, None).await?;
    let (mut allowed, mut ended, mut back) = (Vec::new(), Vec::new(), Vec::new());
    for recipient in recipients {
        match verdict(launch, &recipient, claim.now, tx.today()) {
            Verdict::Allow => allowed.push(recipient),
            Verdict::End { state, blocks } => ended.push((recipient.contact, state, blocks)),
            Verdict::HandBack => back.push(recipient.contact),
            Verdict::Leave => {}
        }
    }
    if !back.is_empty() {
        claim.paused = true;
        dispatch::unpublish(tx, request.occurrence, request.channel, &back).await?;
    }
    claim.ended = end(tx, request, ended).await?;
    claim.claimed = lease(tx, request, allowed).await?;
    Ok(Claiming::Decided(claim))
}

/// Writes what became of messages that will not be sent; returns those that nobody else decided first.
async fn end(
    tx: &mut Tx,
    request: &Request,
    ended: Vec<(ContactId, MessageState, Blocks)>,
) -> Result<Vec<(ContactId, MessageState, Blocks)>> {
    if ended.is_empty() {
        return Ok(ended);
    }
    let (institution, now) = (tx.institution().0, tx.business_now());
    let written: Vec<i64> = sqlx::query_scalar(include_str!("claim/end.sql"))
        .bind(institution)
        .bind(request.occurrence.0)
        .bind(request.channel.number())
        .bind(ended.iter().map(|(contact, _, _)| contact.0).collect::<Vec<_>>())
        .bind(ended.iter().map(|(_, state, _)| state.number()).collect::<Vec<_>>())
        .bind(ended.iter().map(|(_, _, blocks)| blocks.0).collect::<Vec<_>>())
        .bind(now)
        .fetch_all(tx.connection().await?)
        .await?;
    Ok(ended.into_iter().filter(|(contact, _, _)| written.contains(&contact.0)).collect())
}

/// Writes leases and attempts for those whom nobody else has claimed meanwhile.
async fn lease(tx: &mut Tx, request: &Request, allowed: Vec<Recipient>) -> Result<Vec<Claimed>> {
    if allowed.is_empty() {
        return Ok(Vec::new());
    }
    let institution = tx.institution().0;
    let taken: Vec<(i64, i16)> = sqlx::query_as(include_str!("claim/lease.sql"))
        .bind(institution)
        .bind(request.occurrence.0)
        .bind(request.channel.number())
        .bind(allowed.iter().map(|recipient| recipient.contact.0).collect::<Vec<_>>())
        .bind(allowed.iter().map(|recipient| recipient.address_hash.0.to_vec()).collect::<Vec<_>>())
        .bind(request.token)
        .bind(request.worker)
        .fetch_all(tx.connection().await?)
        .await?;
    let attempts: std::collections::HashMap<i64, i16> = taken.into_iter().collect();
    let claimed = allowed.into_iter().filter_map(|recipient| {
        let attempt_no = *attempts.get(&recipient.contact.0)?;
        let lease = Lease {
            occurrence: request.occurrence,
            contact: recipient.contact,
            channel: request.channel,
            attempt_no,
            token: request.token,
        };
        Some(recipient.claimed(lease))
    });
    Ok(claimed.collect())
}
