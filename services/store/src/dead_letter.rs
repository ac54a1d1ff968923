//! What came from a queue and could not be understood: kept as it came, with the reason, for a person to look at.
//!
//! The depth of the table raises the alarm. Bodies hold ids only, so nothing personal lies here.

use chrono::{DateTime, Utc};

use crate::{Result, Store};

impl Store {
    /// Keeps a body; one that lies here already, because it was published again, is not kept twice.
    ///
    /// # Errors
    /// Database errors: then it must not be acknowledged.
    pub async fn bury(&self, queue: &str, reason: &str, body: &[u8], at: DateTime<Utc>) -> Result<()> {
        let (queue, reason, body) = (queue.to_owned(), reason.to_owned(), body.to_owned());
        self.unscoped(move |mut tx| async move {
            sqlx::query(
                "INSERT INTO dead_letter (queue, reason, body, at)
                 SELECT $1, $2, $3, $4
                 WHERE NOT EXISTS (SELECT FROM dead_letter WHERE queue = $1 AND body = $3)",
            )
            .bind(queue)
            .bind(reason)
            .bind(body)
            .bind(at)
            .execute(&mut *tx)
            .await?;
            Ok(tx.commit().await?)
        })
        .await
    }
}
