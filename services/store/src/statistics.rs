//! Fresh planner statistics after much was written.

use crate::{Result, Store};

/// Below so many rows the statistics that are there still describe the table.
pub const WORTH_IT: u64 = 1_000;

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Contacts and what is known of them.
    File,
    /// Launches and their messages.
    Ledger,
}

impl Store {
    /// Has the statistics of a part of the schema taken anew. Plans made before the next autovacuum depend on it: a claim of a
    /// hundred messages took seconds without.
    ///
    /// # Errors
    /// Database errors; nothing depends on it but speed.
    pub async fn refresh_statistics(&self, part: Part) -> Result<()> {
        let name = match part {
            Part::File => "file",
            Part::Ledger => "ledger",
        };
        self.unscoped(move |mut tx| async move {
            sqlx::query("SET LOCAL statement_timeout = '10min'").execute(&mut *tx).await?;
            sqlx::query("CALL refresh_statistics($1)").bind(name).execute(&mut *tx).await?;
            tx.commit().await?;
            Ok(())
        })
        .await
    }
}
