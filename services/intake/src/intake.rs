//! A file as an iterator of typed rows.

use std::io::{self, BufRead};
use std::marker::PhantomData;

use chrono::{DateTime, Utc};

use crate::canonical::Content;
use crate::row::RawRow;
use crate::schema::Schema;
use crate::seen::{Before, Seen};
use crate::source::Source;
use crate::{Decoder, Fields, FileRefused, Flaw, Format, Mapping, Options, Record, Rejection, Shape};

/// A row that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<T> {
    /// CSV: the row as a spreadsheet counts it, the header being row 1. NDJSON: the line, from 1.
    pub number: u64,
    /// The instant as of which it was true: its own `as_of`, else the file's.
    pub as_of: DateTime<Utc>,
    /// SHA-256 of the content: the same for the same values, whatever the format, the order of the columns, the spelling
    /// of the values and `as_of`. Decides between two rows of the same `as_of`.
    pub content_hash: [u8; 32],
    /// What it says.
    pub record: T,
    /// What of it could not be read and did not stop it; only a refusal has such (design, section 5).
    pub remarks: Vec<Rejection>,
}

impl<T> Row<T> {
    /// The first 64 bits of [`Self::content_hash`], as stored beside a record to tell a changed row from an unchanged one
    /// and to break a tie.
    #[must_use]
    pub const fn content_key(&self) -> i64 {
        let [a, b, c, d, e, f, g, h, ..] = self.content_hash;
        i64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}

/// Why a row did not come.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// At least one thing is wrong with it. Reading can go on.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Rejected(Vec<Rejection>),
    /// The reader failed; the file ends here, and rows are missing.
    #[error("the file cannot be read any further")]
    Unreadable(#[source] io::Error),
}

/// How many rows a file had so far: `read = parsed + rejected + duplicates`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows that are not blank.
    pub read: u64,
    /// Came as a [`Row`].
    pub parsed: u64,
    /// Came as [`RowError::Rejected`].
    pub rejected: u64,
    /// Repeated an earlier row of the file and did not come: unchanged.
    pub duplicates: u64,
}

/// Reads one file of records `T`.
///
/// ```
/// use intake::{Format, Intake, Options, SourceName, records::Organisation};
///
/// let file = "external_id;name\nO-1;Opera\nO-2;\n";
/// let options = Options::new(SourceName::parse("ticketing")?, "2026-01-31T04:00:00Z".parse()?);
/// let mut organisations = Intake::<Organisation, _>::open(Format::Csv, file.as_bytes(), options)?;
///
/// let opera = organisations.next().expect("the first row")?;
/// assert_eq!((opera.number, opera.record.name.as_str()), (2, "Opera"));
/// let rejected = organisations.next().expect("the second row").unwrap_err();
/// assert!(rejected.to_string().starts_with("row 3, name: found nothing, but the column cannot be empty"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Intake<T, R> {
    source: Source<R>,
    options: Options,
    row: RawRow,
    content: Content,
    seen: Seen,
    tally: Tally,
    is_broken: bool,
    record: PhantomData<T>,
}

impl<T: Record, R: BufRead> Intake<T, R> {
    /// Recognises the file by its first line.
    ///
    /// # Errors
    /// [`FileRefused`], when the file as a whole is not what `format` and `T` say.
    pub fn open(format: Format, reader: R, options: Options) -> Result<Self, FileRefused> {
        Ok(Self::of(Source::open(format, reader, Schema::of::<T>())?, options))
    }

    fn of(source: Source<R>, options: Options) -> Self {
        Self {
            source,
            options,
            row: RawRow::default(),
            content: Content::default(),
            seen: Seen::default(),
            tally: Tally::default(),
            is_broken: false,
            record: PhantomData,
        }
    }

    /// The rows so far.
    pub const fn tally(&self) -> Tally {
        self.tally
    }

    /// What the caller said about the file.
    pub const fn options(&self) -> &Options {
        &self.options
    }

    fn parse(&mut self, number: u64, rejections: &mut Vec<Rejection>) -> Option<Row<T>> {
        self.content.start(T::KIND);
        let mut fields = Fields {
            number,
            raw: &self.row,
            layout: self.source.layout(),
            schema: Schema::of::<T>(),
            options: &self.options,
            content: &mut self.content,
            rejections,
            remarks: Vec::new(),
        };
        let as_of = fields.as_of();
        let record = T::parse(&mut fields);
        let remarks = fields.remarks;
        let (as_of, record) = (as_of.ok()?, record.ok()?);
        Some(Row { number, as_of, content_hash: self.content.hash(), record, remarks })
    }

    /// The record of a row, its columns named as the file names them in whatever is wrong with it.
    fn read(&mut self, number: u64, rejections: &mut Vec<Rejection>) -> Option<Row<T>> {
        let mut row = self.parse(number, rejections);
        self.source.name_columns(rejections);
        if let Some(row) = &mut row {
            self.source.name_columns(&mut row.remarks);
        }
        row
    }

    /// Compares with what the file said before under the same key.
    fn is_repeated(&mut self, row: &Row<T>, rejections: &mut Vec<Rejection>) -> bool {
        let Some((column, key)) = row.record.key() else { return false };
        match self.seen.note(&key, &row.content_hash, row.number) {
            Before::New => false,
            Before::Same => true,
            Before::Different { first_row } => {
                let reason =
                    format!("row {first_row} has the same {column} and other content, and was taken");
                let flaw = Flaw::new(reason, "keep the row that is right, or give the two different ids");
                rejections.push(Rejection::new(row.number, column, Shape::WellFormed, flaw));
                self.source.name_columns(rejections);
                false
            }
        }
    }
}

impl<T: Record, R: BufRead> Intake<T, Decoder<R>> {
    /// Recognises a foreign file by its first line.
    ///
    /// # Errors
    /// [`FileRefused`], when the file as a whole is not what `mapping` says: each column must be mapped or ignored, and each
    /// mapped one be there.
    pub fn open_mapped(mapping: &Mapping, reader: R, options: Options) -> Result<Self, FileRefused> {
        let reader = Decoder::new(mapping.encoding(), reader)?;
        Ok(Self::of(Source::open_mapped(reader, Schema::of::<T>(), mapping)?, options))
    }
}

impl<T: Record, R: BufRead> Iterator for Intake<T, R> {
    type Item = Result<Row<T>, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_broken {
            let mut rejections = Vec::new();
            let number = match self.source.next(&mut self.row, &mut rejections) {
                Ok(number) => number?,
                Err(error) => {
                    self.is_broken = true;
                    return Some(Err(RowError::Unreadable(error)));
                }
            };
            self.tally.read += 1;
            if rejections.is_empty() && self.row.is_blank() {
                // A spreadsheet exports its empty last rows; each of them is one message, not one a column.
                let flaw = Flaw::new("every cell of the row is empty", "delete the row");
                rejections.push(Rejection::of_row(number, Shape::Empty, flaw));
            }
            let row = if rejections.is_empty() { self.read(number, &mut rejections) } else { None };
            if row.as_ref().is_some_and(|row| self.is_repeated(row, &mut rejections)) {
                self.tally.duplicates += 1;
                continue;
            }
            return Some(match row {
                Some(row) if rejections.is_empty() => {
                    self.tally.parsed += 1;
                    Ok(row)
                }
                Some(_) | None => {
                    self.tally.rejected += 1;
                    Err(RowError::Rejected(rejections))
                }
            });
        }
        None
    }
}
