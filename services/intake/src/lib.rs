//! Files of other systems parsed into typed rows, or refused with row, field and remedy.
//!
//! [`Intake`] reads one file of one [`Kind`], as CSV or NDJSON, from a reader that the caller opened, and yields each row
//! as a [`Row`] or as the [`Rejection`]s that say what is wrong with it and what would be right. Every row read is one
//! or the other, or counted as an unchanged duplicate ([`Tally`]); nothing is repaired, guessed or dropped.
//! A file whose shape cannot be trusted (an unknown column, say) is refused whole, before its first row ([`FileRefused`]).
//!
//! Memory does not grow with the length of a line or a cell, only by a few bytes a row to recognise a repeated id.
//! No message contains a value of the file, because a value may be personal; a [`Shape`] says what kind of thing it is.
//!
//! Deliberately not here: opening files, asking the database whether a referenced record exists, deciding what a row
//! may change, and evaluating anything. A cell is text, whatever it starts with.

mod kind;
mod column;
mod options;
mod id;
mod record;
pub mod records;
pub mod words;
mod intake;
mod rejection;
mod refused;
mod fields;
pub mod value;
mod canonical;
mod seen;
mod schema;
mod lines;
mod row;
mod csv_record;
mod csv_source;
mod ndjson_line;
mod ndjson_source;
mod source;
mod mapping;
mod reject_writer;

pub use column::{AS_OF, Column};
pub use fields::{Fields, Rejected};
pub use id::{ExternalId, NoSourceName, SourceName, record_id};
pub use intake::{Intake, Row, RowError, Tally};
pub use kind::{Format, Kind};
pub use mapping::{
    Becomes, Decoder, Encoding, Mapping, MappingFile, MappingFlaw, Otherwise, Pattern, RuleForm, Separator,
    Unique,
};
pub use options::Options;
pub use record::Record;
pub use refused::FileRefused;
pub use reject_writer::RejectWriter;
pub use rejection::{Flaw, Rejection, Shape};

/// The largest cell of a row, in bytes of UTF-8 after unquoting.
pub const MAX_CELL_BYTES: usize = 64 * 1024;

/// The largest row (CSV: with its quoted line breaks) or line (NDJSON), in bytes as they stand in the file.
pub const MAX_ROW_BYTES: usize = 1024 * 1024;

/// The most columns that a file may have.
pub const MAX_COLUMNS: usize = 500;
