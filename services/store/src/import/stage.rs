//! The temporary tables of one chunk: `incoming` as the file has it, `resolved` with ids and outcomes.
//!
//! COPY goes into a temporary table because row-level security refuses it on a silo table (delivery A.2). The tables live for
//! one transaction; a dry run, which is one long transaction, makes them anew for each chunk.

use intake::{Kind, Rejection};
use model::ids::ContactId;
use uuid::Uuid;

use super::copy::CopyRows;
use super::run::Run;
use super::{Counts, steps};
use crate::{Result, StoreError, Tx};

/// Makes an empty `incoming` for rows of `kind`.
pub(super) async fn create(tx: &mut Tx, kind: Kind) -> Result<()> {
    create_temporary(tx, "DROP TABLE IF EXISTS resolved, incoming", steps::incoming(kind)).await
}

/// Makes a temporary table, in place of the one of the chunk before.
pub(super) async fn create_temporary(tx: &mut Tx, drop: &'static str, create: &'static str) -> Result<()> {
    execute_plain(tx, drop).await?;
    execute_plain(tx, create).await
}

/// Runs a statement over nothing but temporary tables.
pub(super) async fn execute_plain(tx: &mut Tx, statement: &'static str) -> Result<()> {
    sqlx::query(statement).persistent(false).execute(tx.connection().await?).await?;
    Ok(())
}

/// Fills `incoming` from the file.
pub(super) async fn copy(tx: &mut Tx, rows: CopyRows) -> Result<()> {
    rows.send(tx, "COPY incoming FROM STDIN (FORMAT binary)").await
}

/// Fills `incoming` with rows that waited.
pub(super) async fn take_waiting(tx: &mut Tx, kind: Kind, rows: &[Uuid]) -> Result<()> {
    let institution = tx.institution().0;
    sqlx::query(include_str!("waiting/take.sql"))
        .persistent(false)
        .bind(institution)
        .bind(kind.word())
        .bind(rows)
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}

/// What resolving found.
pub(super) struct Resolved {
    pub(super) counts: Counts,
    pub(super) rejections: Vec<Rejection>,
}

/// Makes `resolved`, and moves what must wait, or waited, in or out of `waiting_row`.
pub(super) async fn resolve(tx: &mut Tx, run: &Run, kind: Kind) -> Result<Resolved> {
    let mut rejections = steps::prepare(tx, kind).await?;
    if steps::names_repeat(kind) {
        // How often decides whether a look-up is worth remembering.
        execute_plain(tx, "ANALYZE incoming").await?;
    }
    if steps::is_of_source(kind) {
        execute_from(tx, &run.source, steps::resolve(kind)).await?;
    } else {
        execute(tx, steps::resolve(kind)).await?;
    }
    // What is written next depends on how many rows are new or changed.
    execute_plain(tx, "ANALYZE resolved (row_id, outcome)").await?;
    let counts = counts(tx).await?;
    if counts.rejected > 0 {
        rejections.extend(steps::rejections(tx, kind).await?);
    }
    if counts.waiting > 0 {
        keep_waiting(tx, run, kind).await?;
    }
    if is_awaited(tx, kind).await? {
        forget_waiting(tx, kind).await?;
    }
    Ok(Resolved { counts, rejections })
}

/// Runs a statement over the staged rows that takes the institution.
pub(super) async fn execute(tx: &mut Tx, statement: &'static str) -> Result<()> {
    let institution = tx.institution().0;
    sqlx::query(statement).persistent(false).bind(institution).execute(tx.connection().await?).await?;
    Ok(())
}

/// The same with the source, for statements that look names up.
pub(super) async fn execute_from(
    tx: &mut Tx,
    source: &intake::SourceName,
    statement: &'static str,
) -> Result<()> {
    let institution = tx.institution().0;
    sqlx::query(statement)
        .persistent(false)
        .bind(institution)
        .bind(source.as_str())
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}

/// The contacts that a statement over nothing but the staged rows returns.
pub(super) async fn staged_contacts(tx: &mut Tx, statement: &'static str) -> Result<Vec<ContactId>> {
    let found: Vec<i64> =
        sqlx::query_scalar(statement).persistent(false).fetch_all(tx.connection().await?).await?;
    Ok(found.into_iter().map(ContactId).collect())
}

/// The contacts that a statement over stored and staged rows returns.
pub(super) async fn contacts(tx: &mut Tx, statement: &'static str) -> Result<Vec<ContactId>> {
    let institution = tx.institution().0;
    let found: Vec<i64> = sqlx::query_scalar(statement)
        .persistent(false)
        .bind(institution)
        .fetch_all(tx.connection().await?)
        .await?;
    Ok(found.into_iter().map(ContactId).collect())
}

async fn counts(tx: &mut Tx) -> Result<Counts> {
    let outcomes: Vec<(String, i64)> =
        sqlx::query_as("SELECT outcome, count(*) FROM resolved GROUP BY outcome")
            .persistent(false)
            .fetch_all(tx.connection().await?)
            .await?;
    let mut counts = Counts::default();
    for (outcome, number) in outcomes {
        let number = u64::try_from(number).unwrap_or_default();
        match outcome.as_str() {
            "new" => counts.new += number,
            "changed" => counts.changed += number,
            "unchanged" | "confirmed" => counts.unchanged += number,
            "waiting" => counts.waiting += number,
            "rejected" => counts.rejected += number,
            _ => return Err(StoreError::UnknownValue(format!("outcome {outcome}"))),
        }
    }
    Ok(counts)
}

/// The numbers of the rows that their statement rejected.
pub(super) async fn rejected(tx: &mut Tx) -> Result<Vec<u64>> {
    let rows: Vec<i64> =
        sqlx::query_scalar("SELECT row_no FROM resolved WHERE outcome = 'rejected' ORDER BY row_no")
            .persistent(false)
            .fetch_all(tx.connection().await?)
            .await?;
    Ok(rows.into_iter().map(|row| u64::try_from(row).unwrap_or_default()).collect())
}

async fn keep_waiting(tx: &mut Tx, run: &Run, kind: Kind) -> Result<()> {
    let institution = tx.institution().0;
    sqlx::query(include_str!("waiting/keep.sql"))
        .persistent(false)
        .bind(institution)
        .bind(run.source.as_str())
        .bind(kind.word())
        .bind(run.run_id)
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}

async fn is_awaited(tx: &mut Tx, kind: Kind) -> Result<bool> {
    let institution = tx.institution().0;
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT FROM waiting_row WHERE institution_id = $1 AND kind = $2)")
        .bind(institution)
        .bind(kind.word())
        .fetch_one(tx.connection().await?)
        .await?)
}

async fn forget_waiting(tx: &mut Tx, kind: Kind) -> Result<()> {
    let institution = tx.institution().0;
    sqlx::query(include_str!("waiting/forget.sql"))
        .persistent(false)
        .bind(institution)
        .bind(kind.word())
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}
