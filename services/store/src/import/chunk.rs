//! The pieces of work of an import that concern its own file.

use std::sync::Arc;

use intake::{Kind, Rejection};

use super::feed::Batch;
use super::place::Work;
use super::run::Run;
use super::{Counts, ImportReport, authorisations, stage, steps};
use crate::{Result, StoreError, Tx};

/// Registers the run.
pub(super) struct Begin(pub(super) Arc<Run>);

impl Work for Begin {
    type Output = ();

    async fn apply(self, tx: &mut Tx) -> Result<()> {
        self.0.take_turn(tx).await?;
        self.0.begin(tx).await
    }
}

/// Applies some rows of the file, and registers what became of them.
pub(super) struct Chunk {
    pub(super) run: Arc<Run>,
    pub(super) batch: Batch,
    /// The sums before.
    pub(super) report: ImportReport,
}

impl Work for Chunk {
    /// The sums after, and what is wrong with rows that only the database could judge.
    type Output = (ImportReport, Vec<Rejection>);

    async fn apply(self, tx: &mut Tx) -> Result<Self::Output> {
        let Self { run, batch, mut report } = self;
        run.take_turn(tx).await?;
        let (kind, tally, parsed) = (run.kind, batch.tally, batch.rows.rows());
        report.read += tally.read;
        report.rows.add(&Counts {
            unchanged: tally.duplicates,
            rejected: tally.rejected,
            ..Counts::default()
        });
        let mut rejections = Vec::new();
        if parsed > 0 {
            stage::create(tx, kind).await?;
            stage::copy(tx, batch.rows).await?;
            let resolved = stage::resolve(tx, &run, kind).await?;
            check_sum(resolved.counts, parsed)?;
            report.rows.add(&resolved.counts);
            rejections = resolved.rejections;
            if kind == Kind::Authorisations {
                report.claims += authorisations::claims(tx).await?;
            }
            report.add_late(&steps::write(tx, &run, kind).await?);
        }
        run.register(tx, &report).await?;
        if report.adds_up() {
            return Ok((report, rejections));
        }
        Err(StoreError::Inconsistent(format!(
            "the import accounts for {} of {} rows",
            report.rows.sum(),
            report.read
        )))
    }
}

/// Each staged row has exactly one outcome: a join that found two parents, or none, would show here.
fn check_sum(counts: Counts, staged: u64) -> Result<()> {
    if counts.sum() == staged {
        return Ok(());
    }
    Err(StoreError::Inconsistent(format!("{staged} rows were staged, and {} have an outcome", counts.sum())))
}

/// Registers that everything is done.
pub(super) struct End(pub(super) Arc<Run>);

impl Work for End {
    type Output = ();

    async fn apply(self, tx: &mut Tx) -> Result<()> {
        self.0.end(tx).await
    }
}
