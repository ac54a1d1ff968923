//! What an import tells while it runs, kept for the report.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use intake::{Kind, Rejection};
use store::import::{ImportReport, Observer};

use crate::commands::import::rejected::RejectedRows;

/// Rows that had waited and turned out to be wrong, told in a report; the number of all is there as well.
const LATE_TOLD: usize = 1_000;

/// What an import told.
pub(super) struct Heard {
    pub(super) rejected: RejectedRows,
    /// Rejected rows that are missing in the file of them.
    pub(super) unwritten: u64,
    /// Rows of earlier files that had waited and turned out to be wrong; not more than a report can tell.
    pub(super) late: Vec<String>,
}

impl Heard {
    /// Nothing yet; rejected rows go into a file.
    pub(super) fn into(rejected: PathBuf) -> Arc<Mutex<Self>> {
        let rejected = RejectedRows::new(rejected);
        Arc::new(Mutex::new(Self { rejected, unwritten: 0, late: Vec::new() }))
    }
}

/// Hears for somebody.
pub(super) struct Listener(Arc<Mutex<Heard>>);

impl Listener {
    pub(super) fn telling(heard: &Arc<Mutex<Heard>>) -> Self {
        Self(Arc::clone(heard))
    }

    fn write(&self, rejection: &Rejection) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.rejected.write(rejection).is_err() {
            heard.unwritten += 1;
        }
    }
}

impl Observer for Listener {
    fn progress(&mut self, _: &ImportReport) {}

    fn rejected(&mut self, rejection: &Rejection) {
        self.write(rejection);
    }

    fn late_rejected(&mut self, kind: Kind, rejection: &Rejection) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.late.len() < LATE_TOLD {
            heard.late.push(format!("{kind} that had waited, {rejection}"));
        }
    }

    fn remark(&mut self, remark: &Rejection) {
        self.write(remark);
    }
}
