//! One file of a watched folder, brought to its end.

use std::sync::{Arc, PoisonError};

use anyhow::{Context as _, bail};
use intake::{Format, Options};
use model::ambient::Entropy as _;
use store::import::watched::{self, Attempt, Begun, Finished, Found, Outcome};
use store::import::{ImportError, ImportJob};

use super::Watch;
use super::folder::Hashing;
use super::heard::{Heard, Listener};
use super::readers::Reader;
use super::record::Record;
use crate::ambient::MachineEntropy;
use crate::commands::import::tools;
use crate::failpoint::failpoint;

impl Watch {
    /// Begins, imports, finishes, reports, moves and settles; what an earlier attempt did is not done again.
    pub(super) async fn take(&self, reader: &Reader, name: &str) -> anyhow::Result<Outcome> {
        let content_hash = self.folder.hash(name).await?;
        let found = Found { mapping: reader.name.clone(), content_hash, file_name: name.to_owned() };
        let run_id = MachineEntropy.uuid();
        let begun = {
            let found = found.clone();
            let begin = move |mut tx: store::Tx| async move {
                let begun = watched::begin(&mut tx, &found, run_id).await?;
                tx.commit(begun).await
            };
            self.store.scoped(self.silo, begin).await?
        };
        failpoint!("watch.after_begin");
        let record = Record { found: &found, mapping: &reader.mapping };
        let finished = match begun {
            Begun::Finished(finished) => finished,
            Begun::Repeat { file, before, as_of } => {
                self.finish(file, name, Outcome::Repeated, record.repeated(&before, as_of)).await?
            }
            Begun::Import { file, as_of, earlier } => {
                let job = ImportJob {
                    run_id,
                    kind: reader.mapping.kind(),
                    format: Format::Csv,
                    mapping: Some(Arc::clone(&reader.mapping)),
                    options: Options::new(reader.mapping.source().clone(), as_of),
                    file_name: name.to_owned(),
                    dry_run: false,
                    chunk_rows: None,
                };
                let Some((outcome, report)) = self.import(&record, job, &earlier).await? else {
                    self.settle(file).await?;
                    bail!("it changed while it was read, and will be taken once it no longer does");
                };
                self.finish(file, name, outcome, report).await?
            }
        };
        failpoint!("watch.after_finish");
        self.folder.put_away(name, &finished)?;
        failpoint!("watch.after_move");
        self.settle(finished.file).await?;
        Ok(finished.outcome)
    }

    /// Imports a file. `None`: it was not the one whose hash is known.
    async fn import(
        &self,
        record: &Record<'_>,
        job: ImportJob,
        earlier: &[Attempt],
    ) -> anyhow::Result<Option<(Outcome, String)>> {
        let (name, as_of) = (job.file_name.clone(), job.options.as_of);
        let heard = Heard::into(self.folder.fresh_rejected(&name)?);
        let (reader, hash) = Hashing::open(&self.folder.file(&name))?;
        let imported = self
            .store
            .import(
                self.silo,
                job,
                tools(&self.keys, self.silo),
                Box::new(reader),
                Box::new(Listener::telling(&heard)),
            )
            .await;
        failpoint!("watch.after_import");
        let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        match imported {
            Ok(report) => {
                heard.rejected.finish().context("rejected rows")?;
                if heard.unwritten > 0 {
                    bail!("{} rejected rows could not be written beside it", heard.unwritten);
                }
                if hash.finish() != record.found.content_hash {
                    return Ok(None);
                }
                let outcome = if report.rows.rejected == 0 { Outcome::Imported } else { Outcome::Partly };
                Ok(Some((outcome, record.imported(outcome, as_of, &report, earlier, &heard.late))))
            }
            Err(error @ (ImportError::Refused(_) | ImportError::Mapping(_))) => {
                Ok(Some((Outcome::Refused, record.refused(as_of, &error.to_string()))))
            }
            // The disk or the database: nothing that is wrong with the file.
            Err(error @ (ImportError::Unreadable { .. } | ImportError::Store(_))) => Err(error.into()),
        }
    }

    async fn finish(
        &self,
        file: i64,
        name: &str,
        outcome: Outcome,
        report: String,
    ) -> anyhow::Result<Finished> {
        let moved_to = self.folder.free_name(name, outcome);
        let finished = Finished { file, outcome, moved_to, report };
        let noted = finished.clone();
        let finish = move |mut tx: store::Tx| async move {
            watched::finish(&mut tx, &noted).await?;
            tx.commit(()).await
        };
        self.store.scoped(self.silo, finish).await?;
        Ok(finished)
    }

    async fn settle(&self, file: i64) -> anyhow::Result<()> {
        let settle = move |mut tx: store::Tx| async move {
            watched::settle(&mut tx, file).await?;
            tx.commit(()).await
        };
        Ok(self.store.scoped(self.silo, settle).await?)
    }
}
