//! Why a whole file is refused before its first row.

use crate::{MAX_COLUMNS, MAX_ROW_BYTES};

/// Why a file is refused as a whole. Nothing of it was taken.
///
/// Names a column only in a header that has at least one column of the kind: the first row of a file without a header
/// is a person.
#[derive(Debug, thiserror::Error)]
pub enum FileRefused {
    /// No octet, or blank lines only.
    #[error("the file is empty; a file of {kind} starts with {start}")]
    Empty {
        /// What the file should hold.
        kind: crate::Kind,
        /// What should have come first.
        start: &'static str,
    },
    /// The first line is no UTF-8.
    #[error("the file is not UTF-8{guess}; save it as UTF-8 and import it again")]
    NotUtf8 {
        /// What it seems to be instead, starting with a comma, or nothing.
        guess: &'static str,
    },
    /// The first line goes on and on.
    #[error("the first line has more than {MAX_ROW_BYTES} bytes; is this a text file with line ends?")]
    FirstLineTooLong,
    /// The other format, a spreadsheet, an archive.
    #[error("{found}; {remedy}")]
    OtherFormat {
        /// What the file seems to be.
        found: &'static str,
        /// What to do about it.
        remedy: &'static str,
    },
    /// No cell of the first row is a column of this kind.
    #[error(
        "the first row names no column of {kind}: is the header missing, or is it another kind of file? Known: {known}"
    )]
    NoHeader {
        /// What the file should hold.
        kind: crate::Kind,
        /// The columns of the kind.
        known: String,
    },
    /// The quotation marks of the header row do not pair.
    #[error(
        "the quotation marks of the header row do not pair; each quoted name ends with a mark before the separator"
    )]
    HeaderQuotes,
    /// A column that the kind does not have.
    #[error("{kind} have no column '{name}'{hint}. Known: {known}")]
    UnknownColumn {
        /// What the file should hold.
        kind: crate::Kind,
        /// The column, shortened when long.
        name: String,
        /// The nearest known name in brackets, or nothing.
        hint: String,
        /// The columns of the kind.
        known: String,
    },
    /// Columns without which no row can be read.
    #[error("required columns are missing: {missing}; the columns of {kind} are: {known}")]
    MissingColumns {
        /// What the file should hold.
        kind: crate::Kind,
        /// The missing names.
        missing: String,
        /// The columns of the kind.
        known: String,
    },
    /// The same column twice.
    #[error("the column '{name}' stands twice in the header; keep one")]
    DuplicateColumn {
        /// The column.
        name: String,
    },
    /// Columns of the file of which its mapping says nothing.
    #[error("the mapping says nothing of {names}; map what is wanted, and list the rest under ignore")]
    UnmappedColumns {
        /// The columns, shortened when long.
        names: String,
    },
    /// Columns of the mapping that the file does not have.
    #[error(
        "the file lacks {names}, which the mapping reads; export the columns, or take them out of the mapping"
    )]
    AbsentColumns {
        /// The columns, shortened when long.
        names: String,
    },
    /// More columns than any kind has.
    #[error("the file has more than {MAX_COLUMNS} columns; export fewer")]
    TooManyColumns,
    /// The reader failed.
    #[error("the file cannot be read")]
    Unreadable(#[from] std::io::Error),
}
