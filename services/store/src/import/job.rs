//! What is asked of an import, and who is told how it goes.

use std::sync::Arc;

use intake::{Format, Kind, Mapping, Options, Rejection};
use model::address::AddressKeys;
use model::ambient::Entropy;
use uuid::Uuid;

use super::ImportReport;

/// One file to be imported.
#[derive(Clone, Debug)]
pub struct ImportJob {
    /// Names the run: random, new for each attempt.
    pub run_id: Uuid,
    /// What the file holds.
    pub kind: Kind,
    /// How it is written.
    pub format: Format,
    /// What its columns become, when they are none of ours; `format` is CSV then, and `kind` the mapping's.
    pub mapping: Option<Arc<Mapping>>,
    /// Its source, its instant, its currency.
    pub options: Options,
    /// For the register of runs; never opened.
    pub file_name: String,
    /// Do everything and undo it: the same report, nothing kept.
    pub dry_run: bool,
    /// Rows of one transaction; `None` is right for the kind of file. Contacts never exceed theirs (delivery A.1).
    pub chunk_rows: Option<usize>,
}

/// What an import needs besides the file.
#[derive(Clone)]
pub struct ImportTools {
    /// The institution's keys for hashes of addresses.
    pub keys: AddressKeys,
    /// Ids for the API, and the salts of evidence.
    pub entropy: Arc<dyn Entropy>,
}

/// Is told how an import goes, in the order of the file.
pub trait Observer: Send {
    /// Called after each transaction, with the sums so far.
    fn progress(&mut self, report: &ImportReport);

    /// One thing that is wrong with one row, to be written into the file of rejected rows.
    fn rejected(&mut self, rejection: &Rejection);

    /// What is wrong with a row of `kind` that waited: it is dropped. The number of its row is that of the file it came in.
    fn late_rejected(&mut self, kind: Kind, rejection: &Rejection);

    /// What could not be read of a refusal that was taken all the same.
    fn remark(&mut self, remark: &Rejection);
}

/// Hears nothing.
#[derive(Clone, Copy, Debug)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn progress(&mut self, _: &ImportReport) {}
    fn rejected(&mut self, _: &Rejection) {}
    fn late_rejected(&mut self, _: Kind, _: &Rejection) {}
    fn remark(&mut self, _: &Rejection) {}
}
