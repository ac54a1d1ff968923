//! What the links of a launch have seen, by verdict. Only human hits are clicks; the others are shown apart.

use model::ids::OccurrenceId;
use model::vocabulary::Verdict;
use serde::Serialize;
use sqlx::FromRow;

use crate::{Result, Tx};

/// Hits of a launch, counted by verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow, Serialize)]
pub struct Clicks {
    /// All hits.
    pub hits: i64,
    /// A person's.
    pub human: i64,
    /// A machine's.
    pub machine: i64,
    /// Not clear.
    pub undecided: i64,
    /// Still in quarantine.
    pub pending: i64,
}

/// Counts the hits of a launch.
///
/// # Errors
/// Database errors.
pub async fn clicks(tx: &mut Tx, occurrence: OccurrenceId) -> Result<Clicks> {
    let institution = tx.institution().0;
    Ok(sqlx::query_as(include_str!("clicks.sql"))
        .bind(institution)
        .bind(occurrence.0)
        .bind(Verdict::Human.number())
        .bind(Verdict::Machine.number())
        .bind(Verdict::Undecided.number())
        .bind(Verdict::Pending.number())
        .fetch_one(tx.connection().await?)
        .await?)
}
