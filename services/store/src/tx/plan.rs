//! How the statements of a transaction are planned, until it ends.

use super::Tx;
use crate::Result;

/// What [`Tx::plan_by_key`] sets.
pub(crate) const PLAN_BY_KEY: &str = include_str!("plan_by_key.sql");

impl Tx {
    /// Lifts the limit on single statements for work that is bounded by the size of a file or an audience.
    pub(crate) async fn allow_long_statements(&mut self) -> Result<()> {
        sqlx::query("SET LOCAL statement_timeout = '30min'").execute(self.connection().await?).await?;
        Ok(())
    }

    /// Plans what follows in this transaction as work on whole sets (ADR 0004). Right after a large import the statistics are
    /// those of an empty file, and a nested loop over a hundred thousand rows that were expected to be one takes minutes.
    ///
    /// Nor are these plans compiled: where a nested loop is the only way, its penalty makes the cheapest plan look worth it. Over
    /// 300 contacts compiling took four times the time of the count, over 600,000 it made no difference.
    pub(crate) async fn plan_for_sets(&mut self) -> Result<()> {
        self.allow_long_statements().await?;
        sqlx::query("SELECT set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true)")
            .execute(self.connection().await?)
            .await?;
        Ok(())
    }

    /// Plans what follows in this transaction as the evaluation of a target (ADR 0004): sets are hashed where they are joined, and
    /// sorted where they are grouped, with memory for some millions.
    pub(crate) async fn plan_for_targets(&mut self) -> Result<()> {
        self.plan_for_sets().await?;
        sqlx::query(include_str!("plan_for_targets.sql")).execute(self.connection().await?).await?;
        Ok(())
    }

    /// Plans what follows in this transaction as look-ups by key (ADR 0006): whatever the statistics say, the only plan left
    /// for one table and its whole key is its index, and rows are locked in the order of their keys. Nor are these plans
    /// compiled: a small table without a key to look up is still read as a whole, and the penalty would make that look dear.
    pub(crate) async fn plan_by_key(&mut self) -> Result<()> {
        sqlx::query(PLAN_BY_KEY).execute(self.connection().await?).await?;
        Ok(())
    }
}
