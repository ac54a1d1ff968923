//! What a kind of file is to the reader: a table of columns and a way to read one row.

use std::borrow::Cow;

use crate::{Column, Fields, Kind, Rejected};

/// A typed row of one [`Kind`] of file.
pub trait Record: Sized {
    /// The kind of file that holds it.
    const KIND: Kind;
    /// Its columns. Their order is that of the documentation and of nothing else.
    const COLUMNS: &'static [Column];
    /// Whether its files may have `criterion.<code>` columns.
    const HAS_CRITERIA: bool = false;

    /// Reads one row. All columns are read before the first refusal is returned, so that a person who corrects a row
    /// sees everything at once.
    ///
    /// # Errors
    /// [`Rejected`], when `fields` noted at least one rejection.
    fn parse(fields: &mut Fields<'_>) -> Result<Self, Rejected>;

    /// What may stand only once in a file, as (columns, value). Where several columns are the name of a record, their values
    /// stand on a line each, which no value of them can contain. `None` for facts without a name of their own.
    fn key(&self) -> Option<(&'static str, Cow<'_, str>)>;
}
