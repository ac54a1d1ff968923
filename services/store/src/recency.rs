//! Recency as a projection over activities, exact at all times (design, section 4; TI-05 to TI-08).
//!
//! An addition raises the contact's day in the statement that adds the fact; a removal or a correction recomputes the contacts
//! it touches. Both hold the row of `recency` while they do, so that neither overlooks the other. What counts, and on which
//! day, is `model::recency::counts_on`; the SQL function `counting_day` states the same over columns.
//!
//! Deliberately absent: a cached or "as of" value. A reader sees what the committed evidence says.

use chrono::NaiveDate;
use model::ids::{ContactId, OrganisationId};
use model::vocabulary::{ActivityKind, HolderRole};
use uuid::Uuid;

use crate::gate::numbers;
use crate::{Result, Tx};

/// A dated fact that Rappel itself observed: a click judged human, a renewal confirmed, a contact from the person.
/// What concerns a product comes from order lines and files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Whose it is.
    pub contact: ContactId,
    /// Derived from the evidence, so that recording it again changes nothing.
    pub activity_id: Uuid,
    /// With which organisation; [`OrganisationId::WHOLE_INSTITUTION`] for none in particular.
    pub organisation: OrganisationId,
    /// What happened.
    pub kind: ActivityKind,
    /// The day on which it happened, in the institution's zone.
    pub happened_on: NaiveDate,
}

/// Records a fact; says whether it moved the contact's recency. One that is on file already, or whose contact is gone,
/// changes nothing.
///
/// # Errors
/// Database errors.
pub async fn record_activity(tx: &mut Tx, activity: &Activity) -> Result<bool> {
    let (institution, learned_at) = (tx.institution().0, tx.business_now());
    let counts_on = model::recency::counts_on(activity.kind, activity.happened_on, None, None);
    let moved = sqlx::query(include_str!("recency/record.sql"))
        .bind(institution)
        .bind(activity.contact.0)
        .bind(activity.activity_id)
        .bind(activity.organisation.0)
        .bind(activity.kind.number())
        .bind(HolderRole::Purchaser.number())
        .bind(activity.happened_on)
        .bind(counts_on)
        .bind(learned_at)
        .execute(tx.connection().await?)
        .await?
        .rows_affected();
    Ok(moved > 0)
}

/// Takes a fact back, such as a click whose verdict was revised; says whether there was one. Recency is again what the other
/// facts say.
///
/// # Errors
/// Database errors.
pub async fn remove_activity(tx: &mut Tx, contact: ContactId, activity_id: Uuid) -> Result<bool> {
    let institution = tx.institution().0;
    let removed = sqlx::query(
        "DELETE FROM activity WHERE institution_id = $1 AND contact_id = $2 AND activity_id = $3",
    )
    .bind(institution)
    .bind(contact.0)
    .bind(activity_id)
    .execute(tx.connection().await?)
    .await?
    .rows_affected();
    recompute(tx, &[contact]).await?;
    Ok(removed > 0)
}

/// Recomputes these contacts from their activities. The rows are locked first and read by a later statement: whatever was
/// added under a lock before ours is then visible, and whatever waits for ours raises the result.
pub(crate) async fn recompute(tx: &mut Tx, contacts: &[ContactId]) -> Result<()> {
    let institution = tx.institution().0;
    for statement in [include_str!("recency/lock.sql"), include_str!("recency/recompute.sql")] {
        sqlx::query(statement)
            .bind(institution)
            .bind(numbers(contacts))
            .execute(tx.connection().await?)
            .await?;
    }
    Ok(())
}

/// The contacts of this institution whose recency differs from what a rebuild from zero over activities, order lines and
/// creation dates gives: none, always. Nothing is written.
///
/// # Errors
/// Database errors.
pub async fn verify(tx: &mut Tx) -> Result<Vec<ContactId>> {
    let institution = tx.institution().0;
    tx.allow_long_statements().await?;
    let differing: Vec<i64> = sqlx::query_scalar(include_str!("recency/verify.sql"))
        .bind(institution)
        .fetch_all(tx.connection().await?)
        .await?;
    Ok(differing.into_iter().map(ContactId).collect())
}
