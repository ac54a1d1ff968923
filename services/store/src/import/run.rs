//! One run: what all its transactions know, and its row in the register.

use std::sync::Arc;

use intake::{Kind, Mapping, Rejection, SourceName};
use uuid::Uuid;

use super::{ImportJob, ImportReport, ImportTools};
use crate::{Result, Tx};

/// Imports of one institution take turns: two that corrected the same records at once would deadlock. A turn is one chunk,
/// or a whole dry run; who waits for it may wait long, but for a row never longer than anybody else.
const TURN: &str = "SELECT pg_advisory_xact_lock(hashtext('rappel import'), $1)";

/// Statements of an import look rows up one by one through unique indexes, each of which is in memory after its first use: the
/// server's estimates for single requests would make it read whole tables, and compile what runs once.
const WORK_SETTINGS: [&str; 4] = [
    "SET LOCAL lock_timeout = '20s'",
    "SET LOCAL work_mem = '64MB'",
    "SET LOCAL random_page_cost = 1.1",
    "SET LOCAL jit = off",
];

/// What the transactions of a run know.
#[derive(Clone)]
pub(super) struct Run {
    pub(super) run_id: Uuid,
    pub(super) kind: Kind,
    pub(super) source: SourceName,
    pub(super) dry_run: bool,
    pub(super) tools: ImportTools,
    mapping: Option<Arc<Mapping>>,
    file_name: String,
    as_of: chrono::DateTime<chrono::Utc>,
}

impl Run {
    pub(super) fn new(job: &ImportJob, tools: ImportTools) -> Self {
        Self {
            run_id: job.run_id,
            kind: job.kind,
            source: job.options.source.clone(),
            dry_run: job.dry_run,
            tools,
            mapping: job.mapping.clone(),
            file_name: job.file_name.clone(),
            as_of: job.options.as_of,
        }
    }

    /// The same run, applying rows of another source that waited for it.
    pub(super) fn of_source(&self, source: SourceName) -> Self {
        Self { source, ..self.clone() }
    }

    /// A dry run writes facts and undoes them, and leaves gates, addresses and recency alone: no outcome depends on them, and
    /// so no refusal, claim or click ever waits for a dry run.
    pub(super) const fn keeps_projections(&self) -> bool {
        !self.dry_run
    }

    /// Names the columns of the file's own rows as the file does.
    pub(super) fn name_columns(&self, rejections: &mut [Rejection]) {
        if let Some(mapping) = &self.mapping {
            for rejection in rejections {
                rejection.field = mapping.shown(&rejection.field);
            }
        }
    }

    /// Waits for this transaction's turn, and lifts the limits that fit a request and not a file.
    pub(super) async fn take_turn(&self, tx: &mut Tx) -> Result<()> {
        let institution = tx.institution().0;
        tx.allow_long_statements().await?;
        sqlx::query("SET LOCAL lock_timeout = '30min'").execute(tx.connection().await?).await?;
        sqlx::query(TURN).bind(institution).execute(tx.connection().await?).await?;
        for setting in WORK_SETTINGS {
            sqlx::query(setting).execute(tx.connection().await?).await?;
        }
        if self.dry_run {
            // The reader may be slower than the database, and everything happens in one transaction.
            sqlx::query("SET LOCAL idle_in_transaction_session_timeout = 0")
                .execute(tx.connection().await?)
                .await?;
        }
        Ok(())
    }

    /// Registers the run.
    pub(super) async fn begin(&self, tx: &mut Tx) -> Result<()> {
        let institution = tx.institution().0;
        let started_at = tx.machine_stamp().await?;
        sqlx::query(include_str!("run/begin.sql"))
            .bind(institution)
            .bind(self.run_id)
            .bind(self.kind.word())
            .bind(self.source.as_str())
            .bind(&self.file_name)
            .bind(self.as_of)
            .bind(started_at)
            .execute(tx.connection().await?)
            .await?;
        Ok(())
    }

    /// Registers what became of the rows so far.
    pub(super) async fn register(&self, tx: &mut Tx, report: &ImportReport) -> Result<()> {
        let institution = tx.institution().0;
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        sqlx::query(include_str!("run/register.sql"))
            .bind(institution)
            .bind(self.run_id)
            .bind(number(report.read))
            .bind(number(report.rows.new))
            .bind(number(report.rows.changed))
            .bind(number(report.rows.unchanged))
            .bind(number(report.rows.waiting))
            .bind(number(report.rows.rejected))
            .execute(tx.connection().await?)
            .await?;
        Ok(())
    }

    /// Registers that the run came to its end.
    pub(super) async fn end(&self, tx: &mut Tx) -> Result<()> {
        let institution = tx.institution().0;
        let ended_at = tx.machine_stamp().await?;
        sqlx::query("UPDATE import_run SET ended_at = $3 WHERE institution_id = $1 AND run_id = $2")
            .bind(institution)
            .bind(self.run_id)
            .bind(ended_at)
            .execute(tx.connection().await?)
            .await?;
        Ok(())
    }
}
