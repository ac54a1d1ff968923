//! This test program, run once more as the process that something happens to.

use std::path::{Path, PathBuf};
use std::{env, fs};

use spool::{Kind, Options, SpoolId, SyncPolicy};
use uuid::Uuid;

/// Where the other process finds its spool.
const FOLDER: &str = "SPOOL_TEST_FOLDER";

pub const ID: SpoolId = SpoolId(Uuid::from_u128(7));

pub fn options() -> Options {
    Options::new(Kind::Hits, SyncPolicy::Never).segment_octets(64 * 1024)
}

/// The folder to work in, when this process is the other one.
pub fn folder_of_the_other() -> Option<PathBuf> {
    env::var_os(FOLDER).map(PathBuf::from)
}

/// The arguments and the variable that make this program run one test only, as the other process.
pub fn as_other(test: &str, folder: &Path) -> (PathBuf, [String; 3], (&'static str, PathBuf)) {
    let program = env::current_exe().unwrap();
    let arguments = [test.to_owned(), "--exact".to_owned(), "--nocapture".to_owned()];
    (program, arguments, (FOLDER, folder.to_owned()))
}

/// A record that tells its number and whose length depends on it.
pub fn record(number: u64) -> Vec<u8> {
    let mut record = number.to_le_bytes().to_vec();
    record.resize(8 + usize::try_from(number % 97).unwrap() * 11, number.to_le_bytes()[0]);
    record
}

/// The segments of a spool in order.
pub fn segments(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|suffix| suffix == "segment"));
    found.sort();
    found
}
