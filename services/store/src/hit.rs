//! Hits on tracked links, taken over from the spools of trackers.
//!
//! A hit is named by its spool and its place in it, so what is delivered twice is stored once. What must not be stored is
//! dropped here, before anything is written: hits of contacts who refuse what the message was, or who are restricted,
//! anonymised or gone, and all of them when the institution does not track clicks (TR-13, TR-24, TR-25).
//!
//! What counts is the answer at the time of the hit, also for messages sent before (TR-25): `unless_refused` records unless click
//! tracking was refused, `only_if_granted` only where it was granted and the yes stands ([`model::permission::may_track`]).
//!
//! [`Store::advance_spool`] comes after the hits of every institution are committed, in a transaction of its own. A crash in
//! between repeats the delivery and stores nothing twice; the other order would let the spool forget hits that nobody has.

use chrono::{DateTime, Utc};
use model::ids::{ContactId, InstitutionId, LinkNo, OccurrenceId};
use model::verdict::{HitMethod, Signals};
use model::vocabulary::{Channel, ClickTracking, DataUse};
use uuid::Uuid;

use crate::{Result, Store, StoreError, Tx};

/// A request on a tracked link, its token opened by the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewHit {
    /// Where it stands in its spool.
    pub offset: u64,
    /// The launch of the message.
    pub occurrence: OccurrenceId,
    /// The recipient.
    pub contact: ContactId,
    /// The channel of the message.
    pub channel: Channel,
    /// The link that was followed.
    pub link: LinkNo,
    /// When, on the business clock.
    pub at: DateTime<Utc>,
    /// The method of the request.
    pub method: HitMethod,
    /// What its headers say.
    pub signals: Signals,
    /// The network that it came from, never the machine (TR-09), as in `192.0.2.0/24`.
    pub client: Option<String>,
}

impl Store {
    /// Stores those hits of one institution that may be stored and are not yet; returns how many that were.
    ///
    /// # Errors
    /// Database errors.
    pub async fn take_hits(&self, institution: InstitutionId, spool: Uuid, hits: Vec<NewHit>) -> Result<u64> {
        let taken = self.scoped(institution, move |mut tx| async move {
            let stored = match tx.policy().await?.click_tracking {
                ClickTracking::Off => 0,
                policy @ (ClickTracking::UnlessRefused | ClickTracking::OnlyIfGranted) => {
                    store(&mut tx, spool, &hits, policy).await?
                }
            };
            tx.commit(stored).await
        });
        match taken.await {
            // Its contacts are gone with it.
            Err(StoreError::NoInstitution(_)) => Ok(0),
            other => other,
        }
    }

    /// Says that every record of the spool that begins at `first` to `last` was dealt with. Nothing happens while an earlier
    /// record was not: then the same stretch is delivered again, behind it.
    ///
    /// # Errors
    /// Database errors.
    pub async fn advance_spool(&self, spool: Uuid, first: u64, last: u64) -> Result<()> {
        let (first, taken_to) = (place(first)?, place(last.saturating_add(1))?);
        self.unscoped(move |mut tx| async move {
            sqlx::query(include_str!("hit/advance.sql"))
                .bind(spool)
                .bind(first)
                .bind(taken_to)
                .execute(&mut *tx)
                .await?;
            Ok(tx.commit().await?)
        })
        .await
    }

    /// Every record of the spool that begins before this place was dealt with: it may be trimmed.
    ///
    /// # Errors
    /// Database errors.
    pub async fn spool_taken_to(&self, spool: Uuid) -> Result<u64> {
        self.unscoped(move |mut tx| async move {
            let taken_to: Option<i64> =
                sqlx::query_scalar("SELECT taken_to FROM spool_progress WHERE spool_id = $1")
                    .bind(spool)
                    .fetch_optional(&mut *tx)
                    .await?;
            Ok(taken_to.and_then(|place| u64::try_from(place).ok()).unwrap_or(0))
        })
        .await
    }
}

async fn store(tx: &mut Tx, spool: Uuid, hits: &[NewHit], policy: ClickTracking) -> Result<u64> {
    let (institution, today) = (tx.institution().0, tx.today());
    let offsets = hits.iter().map(|hit| place(hit.offset)).collect::<Result<Vec<_>>>()?;
    let stored = sqlx::query(include_str!("hit/take.sql"))
        .bind(institution)
        .bind(spool)
        .bind(offsets)
        .bind(hits.iter().map(|hit| hit.occurrence.0).collect::<Vec<_>>())
        .bind(hits.iter().map(|hit| hit.contact.0).collect::<Vec<_>>())
        .bind(hits.iter().map(|hit| hit.channel.number()).collect::<Vec<_>>())
        .bind(hits.iter().map(|hit| hit.link.0).collect::<Vec<_>>())
        .bind(hits.iter().map(|hit| hit.at).collect::<Vec<_>>())
        .bind(hits.iter().map(|hit| i16::from(hit.method.number())).collect::<Vec<_>>())
        .bind(hits.iter().map(|hit| i32::from(hit.signals.prefetch)).collect::<Vec<_>>())
        .bind(hits.iter().map(|hit| i16::from(hit.signals.agent.number())).collect::<Vec<_>>())
        .bind(hits.iter().map(|hit| hit.client.as_deref()).collect::<Vec<_>>())
        .bind(DataUse::ClickTracking.number())
        .bind(policy == ClickTracking::OnlyIfGranted)
        .bind(today)
        .execute(tx.connection().await?)
        .await?
        .rows_affected();
    Ok(stored)
}

/// A place in a spool as the database stores it.
fn place(offset: u64) -> Result<i64> {
    i64::try_from(offset).map_err(|_| StoreError::UnknownValue(format!("offset {offset}")))
}
