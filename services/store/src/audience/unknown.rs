//! How many contacts have not what a leaf of a target asks about.

use audience::leaves::Leaf;
use audience::{CheckedQuery, Scope};
use chrono::NaiveDate;
use sqlx::Row as _;

use crate::compiled::Compiled;
use crate::{Result, Tx};

/// A leaf that is neither true nor false for some contacts, whom it therefore does not select.
#[derive(Clone, Debug, PartialEq)]
pub struct Unknown {
    /// Where it stands in the target, as a JSON pointer.
    pub at: String,
    /// The leaf.
    pub leaf: Leaf,
    /// For how many contacts of the institution.
    pub contacts: i64,
}

/// Every leaf of `target` that can be unknown, in the order of the tree, with the number of contacts for whom it is on `today`. One
/// statement.
///
/// # Errors
/// Database errors.
pub async fn unknown(tx: &mut Tx, target: &CheckedQuery, today: NaiveDate) -> Result<Vec<Unknown>> {
    let scope = Scope { today, ..tx.audience_scope() };
    let Some(unknowns) = audience::unknowns(target, scope) else { return Ok(Vec::new()) };
    tx.plan_for_targets().await?;
    let counts = Compiled::new("{target}", Vec::new(), &unknowns.counts);
    let row = counts.query().fetch_one(tx.connection().await?).await?;
    let found = unknowns.leaves.into_iter().enumerate();
    found.map(|(index, (at, leaf))| Ok(Unknown { at, leaf, contacts: row.try_get(index)? })).collect()
}
