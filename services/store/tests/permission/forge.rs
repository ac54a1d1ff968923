//! What somebody with every right on the database can do to the seal.

use model::seal::{Epoch, Hash, root};
use sqlx::Row as _;

use crate::scene::Scene;

fn hash(bytes: Vec<u8>) -> Hash {
    bytes.try_into().unwrap()
}

impl Scene {
    /// As the owner.
    pub async fn tamper(&self, statement: &'static str) {
        let done = sqlx::query(statement).bind(self.silo.0).execute(&self.owner).await.unwrap();
        assert!(done.rows_affected() > 0, "{statement}");
    }

    /// Removes record 2 of epoch 1 with its leaf, and computes these epochs anew.
    pub async fn forget_record_2(&self, epochs: impl IntoIterator<Item = i32>) {
        self.tamper("DELETE FROM consent_record WHERE institution_id = $1 AND record_id = uid(2)").await;
        self.tamper("DELETE FROM seal_leaf WHERE institution_id = $1 AND record_id = uid(2)").await;
        for no in epochs {
            self.forge(no).await;
        }
    }

    /// Computes an epoch anew from its leaves and from the epoch before it, as they are now.
    pub async fn forge(&self, no: i32) {
        let leaves: Vec<Vec<u8>> = sqlx::query_scalar(
            "SELECT leaf FROM seal_leaf WHERE institution_id = $1 AND epoch_no = $2 ORDER BY position",
        )
        .bind(self.silo.0)
        .bind(no)
        .fetch_all(&self.owner)
        .await
        .unwrap();
        let leaves: Vec<Hash> = leaves.into_iter().map(hash).collect();
        let row = sqlx::query(
            "SELECT e.from_xid, e.to_xid, before.hash AS prev
             FROM seal_epoch e LEFT JOIN seal_epoch before ON before.institution_id = e.institution_id AND before.no = e.no - 1
             WHERE e.institution_id = $1 AND e.no = $2",
        )
        .bind(self.silo.0)
        .bind(no)
        .fetch_one(&self.owner)
        .await
        .unwrap();
        let forged = Epoch {
            institution: self.silo.0,
            no,
            from_xid: row.get("from_xid"),
            to_xid: row.get("to_xid"),
            leaves: leaves.len() as i32,
            root: root(&leaves),
            prev: row.get::<Option<Vec<u8>>, _>("prev").map_or([0; 32], hash),
        };
        sqlx::query(
            "UPDATE seal_epoch SET leaves = $3, root = $4, prev = $5, hash = $6 WHERE institution_id = $1 AND no = $2",
        )
        .bind(self.silo.0)
        .bind(no)
        .bind(forged.leaves)
        .bind(forged.root.as_slice())
        .bind(forged.prev.as_slice())
        .bind(forged.hash().as_slice())
        .execute(&self.owner)
        .await
        .unwrap();
    }
}
