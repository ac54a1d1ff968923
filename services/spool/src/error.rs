//! Why a spool did not do what it was asked.

use std::io;
use std::path::{Path, PathBuf};

use crate::{Kind, Offset};

/// Names the file or offset, never what a record holds.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// The operating system said no.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// The verb, such as "write to".
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process has it open.
    #[error("the spool {} is in use by another process; stop that process first", path.display())]
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// Not written by this program, or damaged in its first octets.
    #[error("{} is no spool segment, or its header is damaged", path.display())]
    NotASegment {
        /// The file.
        path: PathBuf,
    },
    /// Written by another release. Never guessed: stop and alarm.
    #[error("{} has format version {found}, this release reads version {known}", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        found: u8,
        /// The version that this release reads and writes.
        known: u8,
    },
    /// A spool of another kind.
    #[error("{} belongs to a {found} spool, a {expected} spool was expected", path.display())]
    OtherKind {
        /// The file.
        path: PathBuf,
        /// The kind in the file.
        found: Kind,
        /// The kind that was asked for.
        expected: Kind,
    },
    /// Segments of two spools in one folder.
    #[error("{} belongs to another spool than the segments before it; move it elsewhere", path.display())]
    OtherSpool {
        /// The file.
        path: PathBuf,
    },
    /// Damage with good records behind it, or a missing segment.
    #[error("the record at offset {offset} in {} is damaged", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Where the first damaged record begins.
        offset: Offset,
    },
    /// The frame is whole and what it holds is not understood. Never guessed: stop and alarm.
    #[error("the {kind} record at offset {offset} is not readable by this release: {problem}")]
    Undecodable {
        /// What was expected.
        kind: Kind,
        /// Where it begins.
        offset: Offset,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Not an offset that can be read.
    #[error("offset {asked} is outside of what the spool holds ({first} to {end})")]
    Outside {
        /// The offset that was asked for.
        asked: Offset,
        /// The first one that is still there.
        first: Offset,
        /// The end.
        end: Offset,
    },
    /// An empty record, or one over the limit.
    #[error("a record has 1 to {max} octets, this has {found}")]
    Length {
        /// The octets of the record.
        found: usize,
        /// The most that it may have.
        max: usize,
    },
    /// An earlier write or fsync failed, and what the disk holds is not known since.
    #[error("the spool {} failed earlier and takes nothing more; see to the disk and restart", path.display())]
    Broken {
        /// The folder.
        path: PathBuf,
    },
}

impl SpoolError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, path: path.to_owned(), source }
    }
}
