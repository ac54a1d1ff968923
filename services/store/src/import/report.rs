//! What became of the rows of a file.

use std::collections::BTreeMap;

use intake::{FileRefused, Kind, MappingFlaw, Rejection};
use uuid::Uuid;

use crate::StoreError;

/// What became of a number of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// First seen.
    pub new: u64,
    /// A later version of a record on file.
    pub changed: u64,
    /// On file already, or older than what is on file.
    pub unchanged: u64,
    /// Names a record that is not there yet; kept, and applied when it comes.
    pub waiting: u64,
    /// Wrong.
    pub rejected: u64,
}

impl Counts {
    /// All of them.
    #[must_use]
    pub const fn sum(&self) -> u64 {
        self.new + self.changed + self.unchanged + self.waiting + self.rejected
    }

    pub(super) const fn add(&mut self, other: &Self) {
        self.new += other.new;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.waiting += other.waiting;
        self.rejected += other.rejected;
    }
}

/// What an import did, or in a dry run would have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportReport {
    /// The run.
    pub run_id: Uuid,
    /// What the file held.
    pub kind: Kind,
    /// Nothing was kept.
    pub dry_run: bool,
    /// Rows of the file that are not blank: the sum of `rows` ([`Self::adds_up`]).
    pub read: u64,
    /// What became of them.
    pub rows: Counts,
    /// How many rejections for each field and reason. A row may have several.
    pub reasons: BTreeMap<(String, String), u64>,
    /// Parts of refusals that could not be read; the refusals were taken.
    pub remarks: u64,
    /// Answers of the file that say yes without complete evidence: kept as claims, which grant nothing (LA-26).
    pub claims: u64,
    /// What became of rows of earlier files that waited for what this one brought.
    pub late: BTreeMap<Kind, Counts>,
}

impl ImportReport {
    pub(super) const fn new(run_id: Uuid, kind: Kind, dry_run: bool) -> Self {
        Self {
            run_id,
            kind,
            dry_run,
            read: 0,
            rows: Counts { new: 0, changed: 0, unchanged: 0, waiting: 0, rejected: 0 },
            reasons: BTreeMap::new(),
            remarks: 0,
            claims: 0,
            late: BTreeMap::new(),
        }
    }

    /// Whether every row read is accounted for exactly once. An import whose report does not add up fails.
    #[must_use]
    pub const fn adds_up(&self) -> bool {
        self.read == self.rows.sum()
    }

    pub(super) fn add_late(&mut self, late: &BTreeMap<Kind, Counts>) {
        for (kind, counts) in late {
            self.late.entry(*kind).or_default().add(counts);
        }
    }

    pub(super) fn count_reason(&mut self, rejection: &Rejection) {
        let reason = (rejection.field.clone(), rejection.reason.to_string());
        *self.reasons.entry(reason).or_default() += 1;
    }
}

/// Why an import ended early. What was committed before stays and is right; running it again goes on where it stopped.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file as a whole is not what was said. Nothing of it was taken.
    #[error(transparent)]
    Refused(#[from] FileRefused),
    /// The mapping fills criteria that are not defined, or with values that they cannot have. Nothing of the file was read.
    #[error("the mapping does not fit the criteria of this institution:{}", indented(.0))]
    Mapping(Vec<MappingFlaw>),
    /// The file broke off while it was read.
    #[error(
        "the file cannot be read any further after {read} rows; those are imported: correct the cause and import it again"
    )]
    Unreadable {
        /// Rows read and applied before.
        read: u64,
        /// The reader's words.
        #[source]
        source: std::io::Error,
    },
    /// The database could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Findings, each on a line of its own.
fn indented(flaws: &[MappingFlaw]) -> String {
    flaws.iter().map(|flaw| format!("\n  {flaw}")).collect()
}
