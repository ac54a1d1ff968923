//! Rows of earlier files that waited for what has come since.
//!
//! Kinds are visited parents first, each once: what is applied there may be what a later kind waits for. Rows are taken in the
//! order of their ids, so that one that has to wait for something else is not met again. Their parents are looked up and not
//! remembered, so that whatever a run that was interrupted here left waiting is met by the next one, of whichever kind.

use std::sync::Arc;

use intake::{Kind, Rejection, SourceName};
use uuid::Uuid;

use super::place::Work;
use super::run::Run;
use super::{Counts, Late, stage, steps};
use crate::{Result, StoreError, Tx};

/// Finds the sources whose rows of `kind` wait for something that this run may have brought.
pub(super) struct Sources {
    pub(super) run: Arc<Run>,
    pub(super) kind: Kind,
}

impl Work for Sources {
    type Output = Vec<SourceName>;

    async fn apply(self, tx: &mut Tx) -> Result<Vec<SourceName>> {
        let institution = tx.institution().0;
        let found: Vec<String> = sqlx::query_scalar(include_str!("waiting/sources.sql"))
            .bind(institution)
            .bind(self.kind.word())
            .bind(self.run.source.as_str())
            .fetch_all(tx.connection().await?)
            .await?;
        found
            .iter()
            .map(|name| {
                SourceName::parse(name).map_err(|_| StoreError::UnknownValue(format!("source {name}")))
            })
            .collect()
    }
}

/// Applies the next rows of `kind` whose parent is there.
pub(super) struct Waiting {
    /// With the source of the rows.
    pub(super) run: Arc<Run>,
    pub(super) kind: Kind,
    /// The last row of the step before.
    pub(super) after: Uuid,
    pub(super) limit: usize,
}

/// What became of some rows that waited.
pub(super) struct Applied {
    pub(super) last: Uuid,
    pub(super) counts: Counts,
    /// Of rows that waited for these in turn, and could not wait for another transaction.
    pub(super) late: Late,
    pub(super) rejections: Vec<Rejection>,
}

impl Work for Waiting {
    /// `None`: no more of them.
    type Output = Option<Applied>;

    async fn apply(self, tx: &mut Tx) -> Result<Option<Applied>> {
        self.run.take_turn(tx).await?;
        let rows = self.ready(tx).await?;
        let Some(last) = rows.last().copied() else { return Ok(None) };
        let Self { run, kind, .. } = self;
        stage::create(tx, kind).await?;
        stage::take_waiting(tx, kind, &rows).await?;
        let resolved = stage::resolve(tx, &run, kind).await?;
        let late = steps::write(tx, &run, kind).await?;
        Ok(Some(Applied { last, counts: resolved.counts, late, rejections: resolved.rejections }))
    }
}

impl Waiting {
    async fn ready(&self, tx: &mut Tx) -> Result<Vec<Uuid>> {
        let institution = tx.institution().0;
        Ok(sqlx::query_scalar(include_str!("waiting/ready.sql"))
            .bind(institution)
            .bind(self.run.source.as_str())
            .bind(self.kind.word())
            .bind(self.after)
            .bind(i64::try_from(self.limit).unwrap_or(i64::MAX))
            .fetch_all(tx.connection().await?)
            .await?)
    }
}
