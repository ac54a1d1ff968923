//! What the product asks the database about a target, without the decisions that follow.

use audience::{CheckedQuery, Scope, matching_contacts};
use chrono::NaiveDate;
use sqlx::Row as _;

use crate::compiled::Compiled;
use crate::{Result, Tx};

/// How many contacts the target selects on `today`, planned as an audience is.
///
/// # Errors
/// Database errors.
pub async fn count(tx: &mut Tx, target: &CheckedQuery, today: NaiveDate) -> Result<i64> {
    let rows = ask(tx, "SELECT count(*) FROM ({target}) AS matching", target, today).await?;
    Ok(rows[0].try_get(0)?)
}

/// Their ids, in order.
///
/// # Errors
/// Database errors.
pub async fn contacts(tx: &mut Tx, target: &CheckedQuery, today: NaiveDate) -> Result<Vec<i64>> {
    let rows =
        ask(tx, "SELECT contact_id FROM ({target}) AS matching ORDER BY contact_id", target, today).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// How the count is executed, line by line.
///
/// # Errors
/// Database errors.
pub async fn plan(tx: &mut Tx, target: &CheckedQuery, today: NaiveDate) -> Result<Vec<String>> {
    let explain = "EXPLAIN (ANALYZE, BUFFERS) SELECT count(*) FROM ({target}) AS matching";
    ask(tx, explain, target, today).await?.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

async fn ask(
    tx: &mut Tx,
    statement: &str,
    target: &CheckedQuery,
    today: NaiveDate,
) -> Result<Vec<sqlx::postgres::PgRow>> {
    tx.plan_for_targets().await?;
    let scope = Scope { institution: tx.institution(), today, zone: tx.zone() };
    let compiled = Compiled::new(statement, Vec::new(), &matching_contacts(target, scope));
    Ok(compiled.query().fetch_all(tx.connection().await?).await?)
}
