//! The projection of permission: consent records → authorisations → gates. Nothing else writes these three tables' targets.
//!
//! Every writer of evidence, of an address, of a suppression or of a restriction calls [`project`] in its own transaction, after
//! it locked what it touches. Lock order everywhere: address (hash order) → gate (key order) → evidence → message → attempt
//! → outbox.

use model::ids::ContactId;
use model::vocabulary::Channel;

use crate::{Result, Tx};

/// The channels that this release sends on: each contact has one gate for each.
pub const CHANNELS: &[Channel] = &[Channel::Email];

/// Locks the gates of these contacts in key order, creating the missing ones, so that whatever is committed next is ordered
/// against every claim.
///
/// # Errors
/// Database errors.
pub async fn lock(tx: &mut Tx, contacts: &[ContactId]) -> Result<()> {
    let institution = tx.institution().0;
    sqlx::query(include_str!("gate/lock.sql"))
        .bind(institution)
        .bind(numbers(contacts))
        .bind(channel_numbers())
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}

/// Rebuilds authorisations and gates of these contacts from their evidence. Call [`lock`] first.
///
/// # Errors
/// Database errors.
pub async fn project(tx: &mut Tx, contacts: &[ContactId]) -> Result<()> {
    let institution = tx.institution().0;
    let contacts = numbers(contacts);
    for statement in [
        include_str!("gate/forget_answers.sql"),
        include_str!("gate/project_answers.sql"),
        include_str!("gate/forget_scopes.sql"),
    ] {
        sqlx::query(statement).bind(institution).bind(&contacts).execute(tx.connection().await?).await?;
    }
    let consent_age = i32::from(tx.policy().await?.consent_age);
    sqlx::query(include_str!("gate/project_gates.sql"))
        .bind(institution)
        .bind(&contacts)
        .bind(channel_numbers())
        .bind(consent_age)
        .execute(tx.connection().await?)
        .await?;
    sqlx::query(include_str!("gate/project_scopes.sql"))
        .bind(institution)
        .bind(&contacts)
        .bind(channel_numbers())
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}

/// How many gates, scopes and authorisations of this institution differ from what their evidence says: zero, always.
/// The projection is rebuilt inside the transaction, compared and undone by the caller's rollback.
///
/// # Errors
/// Database errors.
pub async fn differences(tx: &mut Tx) -> Result<i64> {
    let institution = tx.institution().0;
    tx.allow_long_statements().await?;
    for statement in [
        include_str!("gate/before_gates.sql"),
        include_str!("gate/before_scopes.sql"),
        include_str!("gate/before_answers.sql"),
    ] {
        sqlx::query(statement).bind(institution).execute(tx.connection().await?).await?;
    }
    let everybody: Vec<i64> = sqlx::query_scalar("SELECT contact_id FROM contact WHERE institution_id = $1")
        .bind(institution)
        .fetch_all(tx.connection().await?)
        .await?;
    let everybody: Vec<ContactId> = everybody.into_iter().map(ContactId).collect();
    lock(tx, &everybody).await?;
    project(tx, &everybody).await?;
    Ok(sqlx::query_scalar(include_str!("gate/differences.sql"))
        .bind(institution)
        .fetch_one(tx.connection().await?)
        .await?)
}

pub(crate) fn numbers(contacts: &[ContactId]) -> Vec<i64> {
    contacts.iter().map(|contact| contact.0).collect()
}

fn channel_numbers() -> Vec<i16> {
    CHANNELS.iter().map(|channel| channel.number()).collect()
}
