//! Files of other systems, taken in: streaming, in chunks, idempotent whatever the order and the repetition.
//!
//! Cast: an [`ImportJob`] says what the file is; a thread reads and encodes it ([`feed`]); each chunk is one transaction that
//! stages the rows, resolves names to ids and gives each row its outcome ([`stage`]), then writes what is new or changed
//! ([`steps`], one module for each kind of file). The [`ImportReport`] accounts for every row exactly once.
//!
//! Guarantees
//! * The later `as_of` of a record wins, ties by the hash of its content; a row is the whole record, what it leaves out is no
//!   longer so. Importing anything twice, or in another order, gives the same file.
//! * A row that names a record which is not there waits, and is applied by the run that brings the record ([`late`]); a
//!   refusal in the very transaction that brings its contact.
//! * Permission and recency are projected in the transaction of the facts; gates are locked last and for the shortest time.
//! * An interrupted run leaves whole chunks. Running the file again completes it.
//! * A dry run is the same code in one transaction that is rolled back, so that its later chunks see its earlier ones and its
//!   report is the real one. It leaves the projections alone, so nobody waits for it but other imports.
//!
//! Deliberately absent: merging two records, guessing an unknown name, repairing a value, bringing back who was anonymised.

mod job;
pub mod mappings;
pub mod watched;
mod report;
mod drive;
mod feed;
mod place;
mod run;
mod chunk;
mod stage;
mod late;
mod copy;
mod steps;
mod organisations;
mod wordings;
mod collection_points;
mod criteria;
mod indicators;
mod places;
mod contacts;
mod products;
mod order_lines;
mod activities;
mod balances;
mod indicator_values;
mod authorisations;

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use intake::Kind;
use model::ids::InstitutionId;

use self::drive::{Import, Written};
pub use self::job::{ImportJob, ImportTools, Observer, Unobserved};
pub use self::report::{Counts, ImportError, ImportReport};
use self::run::Run;
use crate::Store;

/// What became of rows that waited.
type Late = BTreeMap<Kind, Counts>;

impl Store {
    /// Imports one file into one institution.
    ///
    /// # Errors
    /// [`ImportError`]; the observer has seen every rejection up to there.
    pub async fn import(
        &self,
        institution: InstitutionId,
        job: ImportJob,
        tools: ImportTools,
        reader: Box<dyn Read + Send>,
        observer: Box<dyn Observer>,
    ) -> Result<ImportReport, ImportError> {
        if let Some(mapping) = &job.mapping {
            mappings::check(self, institution, mapping).await?;
        }
        let import = Import {
            feed: feed::open(&job, reader, Arc::clone(&tools.entropy)),
            report: ImportReport::new(job.run_id, job.kind, job.dry_run),
            chunk_rows: job.chunk_rows,
            run: Arc::new(Run::new(&job, tools)),
            written: Written::default(),
            observer,
        };
        if job.dry_run {
            import.undone(self, institution).await
        } else {
            import.committed(self, institution).await
        }
    }
}
