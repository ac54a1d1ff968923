//! Sealing the evidence log, and verifying the seal (delivery A.5).
//!
//! Nothing is locked: the sealer takes the records of transactions older than every running one, in their order, and appends an
//! epoch. Whatever is newer is the *unsealed tail*, which the verification names.

use std::collections::HashSet;

use model::ids::InstitutionId;
use model::seal::{Epoch, Hash, leaf, root};
use serde::Serialize;
use serde_json::json;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::{Result, Store, StoreError, Tx};

/// An epoch ends with the transaction that reaches this many records.
const EPOCH_RECORDS: i64 = 10_000;

/// What a verification found in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Epochs in the chain.
    pub epochs: usize,
    /// Records that the chain covers.
    pub sealed: usize,
    /// Records that it does not cover yet.
    pub unsealed: i64,
}

struct Record {
    id: Uuid,
    leaf: Hash,
}

impl Store {
    /// Appends one epoch when there is something to seal; returns how many records it covers.
    ///
    /// # Errors
    /// Database errors. Two sealers at once: one of them fails and has changed nothing.
    pub async fn seal_evidence(&self, institution: InstitutionId) -> Result<usize> {
        self.scoped(institution, |mut tx| async move {
            let sealed = seal(&mut tx).await?;
            tx.commit(sealed).await
        })
        .await
    }

    /// Recomputes the whole chain from the records.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] names the first epoch or record that was altered, removed, inserted or reordered.
    pub async fn verify_seal(&self, institution: InstitutionId) -> Result<Verified> {
        self.scoped(institution, |mut tx| async move {
            let verified = verify(&mut tx).await?;
            tx.commit(verified).await
        })
        .await
    }
}

async fn seal(tx: &mut Tx) -> Result<usize> {
    let epochs = epochs(tx).await?;
    let (no, from_xid, prev) =
        epochs.last().map_or((1, 0, [0; 32]), |(epoch, hash)| (epoch.no + 1, epoch.to_xid, *hash));
    let Some(to_xid) = end_of_epoch(tx, from_xid).await? else {
        return Ok(0);
    };
    let records = records(tx, from_xid, to_xid).await?;
    let leaves: Vec<Hash> = records.iter().map(|record| record.leaf).collect();
    let count =
        i32::try_from(records.len()).map_err(|_| StoreError::Inconsistent("an epoch is too large".into()))?;
    let epoch = Epoch {
        institution: tx.institution().0,
        no,
        from_xid,
        to_xid,
        leaves: count,
        root: root(&leaves),
        prev,
    };
    write(tx, &epoch, &records).await?;
    Ok(records.len())
}

/// The end of the next epoch: the transaction that fills it, or the oldest one that is still running.
async fn end_of_epoch(tx: &mut Tx, from_xid: i64) -> Result<Option<i64>> {
    let institution = tx.institution().0;
    Ok(sqlx::query_scalar(include_str!("seal/end_of_epoch.sql"))
        .bind(institution)
        .bind(from_xid)
        .bind(EPOCH_RECORDS)
        .fetch_one(tx.connection().await?)
        .await?)
}

async fn records(tx: &mut Tx, from_xid: i64, to_xid: i64) -> Result<Vec<Record>> {
    let institution = tx.institution().0;
    let rows = sqlx::query(include_str!("seal/records.sql"))
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

async fn write(tx: &mut Tx, epoch: &Epoch, records: &[Record]) -> Result<()> {
    sqlx::query(include_str!("seal/append.sql"))
        .bind(epoch.institution)
        .bind(epoch.no)
        .bind(epoch.from_xid)
        .bind(epoch.to_xid)
        .bind(epoch.leaves)
        .bind(epoch.root.as_slice())
        .bind(epoch.prev.as_slice())
        .bind(epoch.hash().as_slice())
        .bind(records.iter().map(|record| record.id).collect::<Vec<_>>())
        .bind(records.iter().map(|record| record.leaf.to_vec()).collect::<Vec<_>>())
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}

/// The epochs in order, each with its stored hash.
async fn epochs(tx: &mut Tx) -> Result<Vec<(Epoch, Hash)>> {
    let institution = tx.institution().0;
    let rows = sqlx::query(
        "SELECT no, from_xid, to_xid, leaves, root, prev, hash FROM seal_epoch WHERE institution_id = $1 ORDER BY no",
    )
    .bind(institution)
    .fetch_all(tx.connection().await?)
    .await?;
    let hash = |row: &PgRow, name: &str| -> Result<Hash> {
        row.try_get::<Vec<u8>, _>(name)?
            .try_into()
            .map_err(|_| StoreError::Inconsistent(format!("{name} of an epoch is damaged")))
    };
    rows.iter()
        .map(|row| {
            let epoch = Epoch {
                institution,
                no: row.try_get("no")?,
                from_xid: row.try_get("from_xid")?,
                to_xid: row.try_get("to_xid")?,
                leaves: row.try_get("leaves")?,
                root: hash(row, "root")?,
                prev: hash(row, "prev")?,
            };
            Ok((epoch, hash(row, "hash")?))
        })
        .collect()
}

async fn verify(tx: &mut Tx) -> Result<Verified> {
    tx.allow_long_statements().await?;
    let epochs = epochs(tx).await?;
    let (mut prev, mut sealed, mut from_xid) = ([0; 32], 0, 0);
    for ((epoch, hash), no) in epochs.iter().zip(1..) {
        let broken = |what: &str| Err(StoreError::Inconsistent(format!("epoch {no} of the seal: {what}")));
        if epoch.no != no || epoch.prev != prev || epoch.from_xid != from_xid || epoch.hash() != *hash {
            return broken("the chain is broken here; an epoch was altered, removed or reordered");
        }
        let stored = stored_leaves(tx, no).await?;
        if root(&stored.iter().map(|record| record.leaf).collect::<Vec<_>>()) != epoch.root {
            return broken("its leaves were altered");
        }
        compare(&stored, &records(tx, epoch.from_xid, epoch.to_xid).await?, no)?;
        (prev, sealed, from_xid) = (*hash, sealed + stored.len(), epoch.to_xid);
    }
    let institution = tx.institution().0;
    let unsealed =
        sqlx::query_scalar("SELECT count(*) FROM consent_record WHERE institution_id = $1 AND xid >= $2")
            .bind(institution)
            .bind(from_xid)
            .fetch_one(tx.connection().await?)
            .await?;
    Ok(Verified { epochs: epochs.len(), sealed, unsealed })
}

async fn stored_leaves(tx: &mut Tx, epoch: i32) -> Result<Vec<Record>> {
    let institution = tx.institution().0;
    let rows = sqlx::query(
        "SELECT record_id, leaf FROM seal_leaf WHERE institution_id = $1 AND epoch_no = $2 ORDER BY position",
    )
    .bind(institution)
    .bind(epoch)
    .fetch_all(tx.connection().await?)
    .await?;
    rows.iter()
        .map(|row| {
            let leaf = row.try_get::<Vec<u8>, _>("leaf")?;
            let leaf = leaf
                .try_into()
                .map_err(|_| StoreError::Inconsistent("a sealed leaf is damaged".to_owned()))?;
            Ok(Record { id: row.try_get("record_id")?, leaf })
        })
        .collect()
}

/// Names the first record of which the log says something else than the seal.
fn compare(sealed: &[Record], found: &[Record], epoch: i32) -> Result<()> {
    let differs = |record: &Record, how: &str| {
        Err(StoreError::Inconsistent(format!("epoch {epoch} of the seal: record {} was {how}", record.id)))
    };
    let ids = |records: &[Record]| records.iter().map(|record| record.id).collect::<HashSet<Uuid>>();
    let (sealed_ids, found_ids) = (ids(sealed), ids(found));
    if let Some(record) = sealed.iter().find(|record| !found_ids.contains(&record.id)) {
        return differs(record, "removed from the log");
    }
    if let Some(record) = found.iter().find(|record| !sealed_ids.contains(&record.id)) {
        return differs(record, "inserted into the log later");
    }
    for (sealed, found) in sealed.iter().zip(found) {
        if sealed.id != found.id {
            return differs(sealed, "moved");
        }
        if sealed.leaf != found.leaf {
            return differs(sealed, "altered");
        }
    }
    match sealed.len() == found.len() {
        true => Ok(()),
        false => Err(StoreError::Inconsistent(format!(
            "epoch {epoch} of the seal: it covers {} records, the log holds {}",
            sealed.len(),
            found.len()
        ))),
    }
}
