//! Sealing the evidence log, and verifying the seal (delivery A.5).
//!
//! Nothing is locked: the sealer takes the records of transactions older than every running one, in their order, and appends an
//! epoch. Whatever is newer is the *unsealed tail*, which the verification names. What the seal cannot know of itself, that it was
//! cut off or made anew, a [checkpoint](model::checkpoint) knows: [`Store::seal_head`] is what it is made of.

mod chain;
mod verify;

use model::checkpoint::Statement;
use model::ids::InstitutionId;
use model::seal::{Epoch, Hash, root};
use serde::Serialize;
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

/// The last epoch of a seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its number.
    pub epoch: i32,
    /// How many records the seal covers up to its end.
    pub records: i64,
    /// Its hash.
    pub hash: Hash,
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

    /// Where the seal ends; `None` before the first epoch.
    ///
    /// # Errors
    /// Database errors.
    pub async fn seal_head(&self, institution: InstitutionId) -> Result<Option<Head>> {
        self.scoped(institution, |mut tx| async move {
            let head = chain::head(&mut tx).await?;
            tx.commit(head).await
        })
        .await
    }

    /// Recomputes the whole chain from the records, and finds in it the epoch that the checkpoint knows.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] names the first epoch or record that was altered, removed, inserted or reordered, or says that
    /// this is not the chain of the checkpoint.
    pub async fn verify_seal(
        &self,
        institution: InstitutionId,
        checkpoint: Option<Statement>,
    ) -> Result<Verified> {
        self.scoped(institution, |mut tx| async move {
            let verified = verify::verify(&mut tx, checkpoint.as_ref()).await?;
            tx.commit(verified).await
        })
        .await
    }
}

async fn seal(tx: &mut Tx) -> Result<usize> {
    let last = chain::last(tx).await?;
    let (no, from_xid, prev) =
        last.map_or((1, 0, [0; 32]), |(epoch, hash)| (epoch.no + 1, epoch.to_xid, hash));
    let Some(to_xid) = end_of_epoch(tx, from_xid).await? else {
        return Ok(0);
    };
    let records = chain::records(tx, from_xid, to_xid).await?;
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
