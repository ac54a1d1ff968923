//! Reading the chain: its epochs, and the records under them.

use model::seal::{Epoch, Hash, leaf};
use serde_json::json;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::{Head, Record};
use crate::{Result, StoreError, Tx};

/// The epochs in order, each with its stored hash.
pub async fn epochs(tx: &mut Tx) -> Result<Vec<(Epoch, Hash)>> {
    let institution = tx.institution().0;
    let rows = sqlx::query(
        "SELECT no, from_xid, to_xid, leaves, root, prev, hash FROM seal_epoch WHERE institution_id = $1 ORDER BY no",
    )
    .bind(institution)
    .fetch_all(tx.connection().await?)
    .await?;
    rows.iter().map(|row| epoch(institution, row)).collect()
}

/// The last of them.
pub async fn last(tx: &mut Tx) -> Result<Option<(Epoch, Hash)>> {
    let institution = tx.institution().0;
    let row = sqlx::query(
        "SELECT no, from_xid, to_xid, leaves, root, prev, hash FROM seal_epoch WHERE institution_id = $1 ORDER BY no DESC LIMIT 1",
    )
    .bind(institution)
    .fetch_optional(tx.connection().await?)
    .await?;
    row.map(|row| epoch(institution, &row)).transpose()
}

/// The last of them, and what all of them cover.
pub async fn head(tx: &mut Tx) -> Result<Option<Head>> {
    let institution = tx.institution().0;
    let Some((epoch, hash)) = last(tx).await? else {
        return Ok(None);
    };
    let records =
        sqlx::query_scalar("SELECT sum(leaves) FROM seal_epoch WHERE institution_id = $1 AND no <= $2")
            .bind(institution)
            .bind(epoch.no)
            .fetch_one(tx.connection().await?)
            .await?;
    Ok(Some(Head { epoch: epoch.no, records, hash }))
}

fn epoch(institution: i32, row: &PgRow) -> Result<(Epoch, Hash)> {
    let hash = |name: &str| -> Result<Hash> {
        row.try_get::<Vec<u8>, _>(name)?
            .try_into()
            .map_err(|_| StoreError::Inconsistent(format!("{name} of an epoch is damaged")))
    };
    let epoch = Epoch {
        institution,
        no: row.try_get("no")?,
        from_xid: row.try_get("from_xid")?,
        to_xid: row.try_get("to_xid")?,
        leaves: row.try_get("leaves")?,
        root: hash("root")?,
        prev: hash("prev")?,
    };
    Ok((epoch, hash("hash")?))
}

/// The records of a span of transactions, in their order, each with the leaf that it makes now.
pub async fn records(tx: &mut Tx, from_xid: i64, to_xid: i64) -> Result<Vec<Record>> {
    let institution = tx.institution().0;
    let rows = sqlx::query(include_str!("records.sql"))
        .bind(institution)
        .bind(from_xid)
        .bind(to_xid)
        .fetch_all(tx.connection().await?)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Record { id: row.try_get("record_id")?, leaf: leaf(row.try_get("salt")?, &canonical(row)?) })
        })
        .collect()
}

/// The canonical form of a record: JSON with sorted keys, integers and strings only (a subset of RFC 8785).
fn canonical(row: &PgRow) -> Result<Vec<u8>> {
    let number = |name| row.try_get::<i64, _>(name);
    let text = |name| row.try_get::<Option<String>, _>(name);
    let value = json!({
        "answer": number("answer")?,
        "address": text("address")?,
        "channel": number("channel")?,
        "channels": number("channels")?,
        "committed_us": number("committed_us")?,
        "contact": number("contact_id")?,
        "expires_on": text("expires_on")?,
        "happened_us": number("happened_us")?,
        "learned_us": number("learned_us")?,
        "organisation": number("organisation_id")?,
        "origin": text("origin")?,
        "pointer": text("pointer")?,
        "proof": number("proof")?,
        "record": row.try_get::<Uuid, _>("record_id")?.to_string(),
        "topic": number("topic_id")?,
        "wording": row.try_get::<Option<i64>, _>("wording_id")?,
    });
    serde_json::to_vec(&value).map_err(|error| StoreError::Inconsistent(error.to_string()))
}
