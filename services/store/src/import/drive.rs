//! The order of work of one import: begin, chunks, what waited for them, end.

use std::sync::Arc;

use intake::Kind;
use model::ids::InstitutionId;
use uuid::Uuid;

use super::chunk::{Begin, Chunk, End};
use super::feed::{Batch, Fed, Feed};
use super::late::{Sources, Waiting};
use super::place::Place;
use super::run::Run;
use super::{ImportError, ImportReport, Observer, steps};
use crate::{Store, StoreError, statistics};

/// One import on its way.
pub(super) struct Import {
    pub(super) run: Arc<Run>,
    pub(super) chunk_rows: Option<usize>,
    pub(super) observer: Box<dyn Observer>,
    pub(super) feed: Feed,
    pub(super) report: ImportReport,
    pub(super) written: Written,
}

/// How much was written, and how much of it the planner's statistics know. They are taken anew whenever the import has doubled
/// what they describe: statistics of an empty file make plans for an empty file.
#[derive(Default)]
pub(super) struct Written {
    known: u64,
    unknown: u64,
}

impl Import {
    /// A transaction for each chunk.
    pub(super) async fn committed(
        self,
        store: &Store,
        institution: InstitutionId,
    ) -> Result<ImportReport, ImportError> {
        self.drive(&mut Place::Committed { store, institution }).await
    }

    /// One transaction, rolled back.
    pub(super) async fn undone(
        self,
        store: &Store,
        institution: InstitutionId,
    ) -> Result<ImportReport, ImportError> {
        store
            .scoped(institution, move |mut tx| async move {
                let result = self.drive(&mut Place::Undone(&mut tx)).await;
                tx.roll_back(result).await
            })
            .await?
    }

    /// Nothing is registered before the file was recognised.
    async fn drive(mut self, place: &mut Place<'_>) -> Result<ImportReport, ImportError> {
        let mut has_begun = false;
        loop {
            let fed = self.feed.recv().await;
            if let Some(Fed::Refused(refused)) = fed {
                return Err(refused.into());
            }
            if !has_begun {
                place.run(Begin(Arc::clone(&self.run))).await?;
                has_begun = true;
            }
            match fed {
                Some(Fed::Batch(batch)) => self.chunk(place, batch).await?,
                Some(Fed::Broken(source)) => {
                    return Err(ImportError::Unreadable { read: self.report.read, source });
                }
                Some(Fed::End) => break,
                // The thread is gone and did not say why: it panicked.
                Some(Fed::Refused(_)) | None => return Err(StoreError::Lost.into()),
            }
        }
        self.late(place).await?;
        if self.written.unknown >= statistics::WORTH_IT {
            self.refresh_statistics(place).await?;
        }
        place.run(End(Arc::clone(&self.run))).await?;
        Ok(self.report)
    }

    async fn chunk(&mut self, place: &mut Place<'_>, mut batch: Batch) -> Result<(), ImportError> {
        let (mut rejections, remarks) =
            (std::mem::take(&mut batch.rejections), std::mem::take(&mut batch.remarks));
        let chunk = Chunk { run: Arc::clone(&self.run), batch, report: self.report.clone() };
        let (report, mut found) = place.run(chunk).await?;
        self.run.name_columns(&mut found);
        crate::failpoint::failpoint!("import.after_chunk");
        let written = |report: &ImportReport| report.rows.new + report.rows.changed;
        self.count_written(place, written(&report) - written(&self.report)).await?;
        self.report = report;
        rejections.extend(found);
        rejections.sort_by_key(|rejection| rejection.row);
        for rejection in &rejections {
            self.report.count_reason(rejection);
            self.observer.rejected(rejection);
        }
        for remark in &remarks {
            self.report.remarks += 1;
            self.observer.remark(remark);
        }
        self.observer.progress(&self.report);
        Ok(())
    }

    async fn count_written(&mut self, place: &Place<'_>, rows: u64) -> Result<(), ImportError> {
        self.written.unknown += rows;
        if self.written.unknown >= statistics::WORTH_IT.max(self.written.known) {
            self.refresh_statistics(place).await?;
        }
        Ok(())
    }

    async fn refresh_statistics(&mut self, place: &Place<'_>) -> Result<(), ImportError> {
        let Written { known, unknown } = std::mem::take(&mut self.written);
        self.written.known = known + unknown;
        match place {
            Place::Committed { store, .. } => Ok(store.refresh_statistics(statistics::Part::File).await?),
            // What is undone is not there to be counted.
            Place::Undone(_) => Ok(()),
        }
    }

    async fn late(&mut self, place: &mut Place<'_>) -> Result<(), ImportError> {
        for kind in Kind::ALL.iter().copied() {
            for source in place.run(Sources { run: Arc::clone(&self.run), kind }).await? {
                let run = Arc::new(self.run.of_source(source));
                self.late_rows(place, &run, kind).await?;
            }
        }
        Ok(())
    }

    /// Applies the rows of one kind and source that waited and need not any more.
    async fn late_rows(
        &mut self,
        place: &mut Place<'_>,
        run: &Arc<Run>,
        kind: Kind,
    ) -> Result<(), ImportError> {
        let limit = steps::chunk_rows(kind, self.chunk_rows);
        let mut after = Uuid::nil();
        loop {
            let step = Waiting { run: Arc::clone(run), kind, after, limit };
            let Some(applied) = place.run(step).await? else { return Ok(()) };
            after = applied.last;
            self.count_written(place, applied.counts.new + applied.counts.changed).await?;
            self.report.add_late(&applied.late);
            self.report.add_late(&[(kind, applied.counts)].into());
            for rejection in &applied.rejections {
                self.observer.late_rejected(kind, rejection);
            }
            self.observer.progress(&self.report);
        }
    }
}
