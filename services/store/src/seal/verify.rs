//! Recomputing the chain, and naming what is wrong with it.

use std::collections::HashSet;

use model::checkpoint::Statement;
use model::seal::{Epoch, Hash, root};
use sqlx::Row as _;
use uuid::Uuid;

use super::{Record, Verified, chain};
use crate::{Result, StoreError, Tx};

/// Walks the chain from its start.
pub async fn verify(tx: &mut Tx, checkpoint: Option<&Statement>) -> Result<Verified> {
    tx.allow_long_statements().await?;
    let epochs = chain::epochs(tx).await?;
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
        compare(&stored, &chain::records(tx, epoch.from_xid, epoch.to_xid).await?, no)?;
        (prev, sealed, from_xid) = (*hash, sealed + stored.len(), epoch.to_xid);
    }
    if let Some(checkpoint) = checkpoint {
        knows(checkpoint, &epochs)?;
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

/// That the chain, which agrees with itself, is the one that the checkpoint knows: it has the same hash at the same number, and so
/// the same epochs up to there.
fn knows(checkpoint: &Statement, epochs: &[(Epoch, Hash)]) -> Result<()> {
    let Statement { epoch: no, hash: known, taken_at, .. } = checkpoint;
    let complaint = match epochs.iter().find(|(epoch, _)| epoch.no == *no) {
        Some((_, hash)) if hash == known => return Ok(()),
        Some(_) => format!(
            "epoch {no} of the seal is not the one of the checkpoint of {taken_at}: the seal was made anew after that"
        ),
        None => format!(
            "the seal has {} epochs, the checkpoint of {taken_at} knows epoch {no}: the seal was cut off after that",
            epochs.len()
        ),
    };
    Err(StoreError::Inconsistent(complaint))
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
