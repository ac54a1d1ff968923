//! Who is in a target.

use audience::{CheckedQuery, both, matching_contacts};
use model::ids::ContactId;
use sea_query::SelectStatement;
use serde::Serialize;
use sqlx::FromRow;

use super::Version;
use crate::compiled::Compiled;
use crate::{Result, Tx};

/// What freezing changed.
#[derive(Clone, Copy, Debug, FromRow)]
pub(super) struct Change {
    pub(super) members: i64,
    pub(super) added: i64,
    pub(super) removed: i64,
}

/// Makes the list of this version the contacts that `query` selects now.
pub(super) async fn freeze(tx: &mut Tx, version: Version, query: &CheckedQuery) -> Result<Change> {
    let matching = matching_contacts(query, tx.audience_scope());
    write(tx, version, &matching).await
}

/// Makes the list of this version these contacts.
pub(super) async fn freeze_contacts(tx: &mut Tx, version: Version, contacts: &[ContactId]) -> Result<Change> {
    write(tx, version, &audience::these_contacts(contacts)).await
}

async fn write(tx: &mut Tx, version: Version, matching: &SelectStatement) -> Result<Change> {
    tx.plan_for_targets().await?;
    let fixed = vec![tx.institution().0.into(), version.target.0.into(), version.number.into()];
    let statement = Compiled::new(include_str!("freeze.sql"), fixed, matching);
    let row = statement.query().fetch_one(tx.connection().await?).await?;
    Ok(Change::from_row(&row)?)
}

/// How two targets overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, FromRow)]
pub struct Compared {
    /// Selected by the first alone.
    pub only_one: i64,
    /// Selected by both.
    pub both: i64,
    /// Selected by the second alone.
    pub only_other: i64,
}

/// Compares whom two queries select, in one snapshot.
///
/// # Errors
/// Database errors.
pub async fn compare(tx: &mut Tx, one: &CheckedQuery, other: &CheckedQuery) -> Result<Compared> {
    tx.plan_for_targets().await?;
    let statement = both(one, other, tx.audience_scope());
    let compared = Compiled::new(include_str!("compare.sql"), Vec::new(), &statement);
    let row = compared.query().fetch_one(tx.connection().await?).await?;
    Ok(Compared::from_row(&row)?)
}
