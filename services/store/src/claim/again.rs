//! Authorising a claim that has become old just before the dot: the same lease and attempt, the same two statements.

use model::ids::InstitutionId;
use model::vocabulary::MessageState;
use sqlx::Row as _;

use super::verdict::{Verdict, verdict};
use super::{Lease, facts};
use crate::result::Ending;
use crate::{Result, Store, Tx};

/// Whether the dot may still be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// Yes: the claim is as new as this answer.
    Authorised,
    /// No, and the message is final: refused, expired or cancelled since.
    Ended(MessageState),
    /// No, and the message waits for another attempt: the launch is paused, or the address has changed.
    HandedBack,
    /// No: somebody else decided about this lease.
    Lost,
}

impl Store {
    /// Decides once more about a claimed message. Anything but [`Again::Authorised`] has ended the attempt: the session
    /// closes without the dot and reports nothing.
    ///
    /// # Errors
    /// Database errors: the dot must not be written.
    pub async fn reauthorise(&self, institution: InstitutionId, lease: Lease) -> Result<Again> {
        self.scoped(institution, move |mut tx| async move {
            let again = decide(&mut tx, lease).await?;
            tx.commit(again).await
        })
        .await
    }
}

async fn decide(tx: &mut Tx, lease: Lease) -> Result<Again> {
    let locked = facts::lock(tx, lease.occurrence, lease.channel, &[lease.contact]).await?;
    let found =
        facts::recipients(tx, &locked, lease.occurrence, lease.channel, &[lease.contact], Some(lease.token))
            .await?;
    let Some(recipient) = found.into_iter().next() else { return Ok(Again::Lost) };
    let (launch, _) = locked;
    if launch.held() {
        return hand_back(tx, lease).await;
    }
    let (now, today) = (tx.business_now(), tx.today());
    match verdict(&launch, &recipient, now, today) {
        Verdict::Allow => renew(tx, lease, &recipient.address_hash.0).await,
        // Whoever claims it next finds out until when it waits.
        Verdict::HandBack | Verdict::Defer(_) => hand_back(tx, lease).await,
        Verdict::End { state, blocks } => withdraw(tx, lease, state, blocks.0).await,
        // Whoever cancels waits for this very claim.
        Verdict::Leave => withdraw(tx, lease, MessageState::Cancelled, 0).await,
    }
}

/// Stamps the claim anew, unless the message on the wire goes to an address that is the recipient's no more.
async fn renew(tx: &mut Tx, lease: Lease, address_hash: &[u8; 32]) -> Result<Again> {
    let institution = tx.institution().0;
    let renewed = sqlx::query(include_str!("renew.sql"))
        .bind(institution)
        .bind(lease.occurrence.0)
        .bind(lease.channel.number())
        .bind(lease.contact.0)
        .bind(lease.attempt_no)
        .bind(lease.token)
        .bind(address_hash.as_slice())
        .fetch_optional(tx.connection().await?)
        .await?;
    match renewed {
        Some(row) if row.try_get::<bool, _>(0)? => Ok(Again::Authorised),
        Some(_) | None => hand_back(tx, lease).await,
    }
}

async fn hand_back(tx: &mut Tx, lease: Lease) -> Result<Again> {
    let institution = tx.institution().0;
    let back = sqlx::query(include_str!("hand_back.sql"))
        .bind(institution)
        .bind(lease.occurrence.0)
        .bind(lease.channel.number())
        .bind(lease.contact.0)
        .bind(lease.attempt_no)
        .bind(lease.token)
        .bind(Ending::Released.number())
        .execute(tx.connection().await?)
        .await?
        .rows_affected();
    Ok(if back > 0 { Again::HandedBack } else { Again::Lost })
}

async fn withdraw(tx: &mut Tx, lease: Lease, state: MessageState, blocks: i32) -> Result<Again> {
    let (institution, now) = (tx.institution().0, tx.business_now());
    let ended = sqlx::query(include_str!("withdraw.sql"))
        .bind(institution)
        .bind(lease.occurrence.0)
        .bind(lease.channel.number())
        .bind(lease.contact.0)
        .bind(lease.attempt_no)
        .bind(lease.token)
        .bind(Ending::Withdrawn.number())
        .bind(state.number())
        .bind(blocks)
        .bind(now)
        .execute(tx.connection().await?)
        .await?
        .rows_affected();
    Ok(if ended > 0 { Again::Ended(state) } else { Again::Lost })
}
