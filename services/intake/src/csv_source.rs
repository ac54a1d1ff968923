//! Rows of a CSV file.

use std::io::{self, BufRead};

use crate::csv_record::{self, Walk};
use crate::lines::{Lines, Piece, without_return};
use crate::row::RawRow;
use crate::schema::{Layout, NoPlace, Schema, shown};
use crate::{FileRefused, Flaw, MAX_CELL_BYTES, MAX_COLUMNS, MAX_ROW_BYTES, Rejection, Shape};

/// The separators that a header can show.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

pub(crate) struct CsvSource<R> {
    lines: Lines<R>,
    delimiter: u8,
    layout: Layout,
    /// The last row that was read, as a spreadsheet counts.
    row: u64,
    record: Vec<u8>,
}

/// How a record ended.
enum Ended {
    Whole,
    TooLong,
    Misquoted,
    /// A quoted cell was never closed, and so many lines became one.
    NeverClosed(u64),
}

impl<R: BufRead> CsvSource<R> {
    /// Takes the file from behind its header row, which is `header` and was row `row`.
    pub(crate) fn open(lines: Lines<R>, header: &str, row: u64, schema: Schema) -> Result<Self, FileRefused> {
        let is_known = |name: &str| schema.find(name).is_some();
        let (delimiter, names) = names(header, &DELIMITERS, is_known, || FileRefused::NoHeader {
            kind: schema.kind,
            known: schema.known(),
        })?;
        let mut layout = Layout::new(schema);
        for name in &names {
            let known = schema.find(name).ok_or_else(|| schema.unknown(name))?;
            layout.place(known, name).map_err(|error| match error {
                NoPlace::Twice => FileRefused::DuplicateColumn { name: shown(name) },
                NoPlace::TooMany => FileRefused::TooManyColumns,
            })?;
        }
        let missing = |at: &usize| schema.columns[*at].required && layout.cell_of(*at).is_none();
        let missing: Vec<&str> =
            (0..schema.columns.len()).filter(missing).map(|at| schema.columns[at].name).collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            return Err(FileRefused::MissingColumns { kind: schema.kind, missing, known: schema.known() });
        }
        Ok(Self { lines, delimiter, layout, row, record: Vec::new() })
    }

    /// Takes a file whose columns are none of ours, and tells their names as they stand in the header. `is_known` decides between
    /// separators when none is given.
    pub(crate) fn foreign(
        lines: Lines<R>,
        header: &str,
        row: u64,
        separator: Option<u8>,
        is_known: impl Fn(&str) -> bool,
        no_header: impl Fn() -> FileRefused,
    ) -> Result<(Self, Vec<String>), FileRefused> {
        let delimiters = separator.as_ref().map_or(&DELIMITERS[..], std::slice::from_ref);
        let (delimiter, names) = names(header, delimiters, is_known, no_header)?;
        if names.len() > MAX_COLUMNS {
            return Err(FileRefused::TooManyColumns);
        }
        let layout = Layout::foreign(names.iter().map(|name| shown(name)).collect());
        Ok((Self { lines, delimiter, layout, row, record: Vec::new() }, names))
    }

    pub(crate) const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Reads the next row that is not blank into `row` and returns its number; what is wrong with it as a whole goes into
    /// `rejections`.
    pub(crate) fn next(
        &mut self,
        row: &mut RawRow,
        rejections: &mut Vec<Rejection>,
    ) -> io::Result<Option<u64>> {
        while let Some(ended) = self.read_record()? {
            self.row += 1;
            let flaw = match ended {
                Ended::Whole if self.record.is_empty() => continue,
                Ended::Whole => {
                    self.split(row, rejections);
                    return Ok(Some(self.row));
                }
                Ended::TooLong => too_long(),
                Ended::Misquoted => misquoted(),
                Ended::NeverClosed(lines) => never_closed(lines),
            };
            rejections.push(Rejection::of_row(self.row, flaw.0, flaw.1));
            return Ok(Some(self.row));
        }
        Ok(None)
    }

    /// Reads to the end of the record, over line ends inside quoted cells, in memory for one record at most.
    fn read_record(&mut self) -> io::Result<Option<Ended>> {
        let first_line = self.lines.complete;
        let mut walk = Walk::new();
        let mut is_too_long = false;
        self.record.clear();
        loop {
            let start = self.record.len();
            let piece = self.lines.read(&mut self.record, MAX_ROW_BYTES + 1 - start)?;
            let read = &self.record[start..];
            match piece {
                Piece::End if !walk.is_open() => return Ok(is_too_long.then_some(Ended::TooLong)),
                Piece::End => return Ok(Some(Ended::NeverClosed(self.lines.complete - first_line))),
                Piece::Line => walk.over(without_return(read), self.delimiter),
                Piece::Part => walk.over(read, self.delimiter),
            }
            let is_complete = piece == Piece::Line && !walk.is_open();
            is_too_long |= self.record.len() > MAX_ROW_BYTES;
            if is_complete && is_too_long {
                return Ok(Some(Ended::TooLong));
            }
            if is_complete {
                let length = without_return(&self.record).len();
                self.record.truncate(length);
                return Ok(Some(if walk.is_misplaced() { Ended::Misquoted } else { Ended::Whole }));
            }
            if is_too_long {
                self.record.clear();
            } else {
                self.record.push(b'\n');
            }
        }
    }

    fn split(&mut self, row: &mut RawRow, rejections: &mut Vec<Rejection>) {
        let number = self.row;
        let mut reject = |field: Option<&str>, found, flaw| {
            rejections.push(match field {
                Some(field) => Rejection::new(number, field, found, flaw),
                None => Rejection::of_row(number, found, flaw),
            });
        };
        // The octets move into the row as text, and the row's text comes back as room for the next record.
        let record = match String::from_utf8(std::mem::take(&mut self.record)) {
            Ok(record) => record,
            Err(error) => {
                let readable = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
                csv_record::split(readable.into_owned(), self.delimiter, row);
                let flaw =
                    Flaw::new("the file has to be UTF-8", "save the file as UTF-8 and import it again");
                return reject(Some(self.layout.name(row.len().saturating_sub(1))), Shape::NoText, flaw);
            }
        };
        self.record = std::mem::take(&mut row.text).into_bytes();
        csv_record::split(record, self.delimiter, row);
        if row.len() != self.layout.cells() {
            let reason = format!("the header has {}", Shape::Cells(self.layout.cells()));
            let remedy = "put a cell that contains the separator into quotation marks, and leave no cell out";
            return reject(None, Shape::Cells(row.len()), Flaw::new(reason, remedy));
        }
        if let Some(cell) = row.first_larger_than(MAX_CELL_BYTES) {
            let flaw = Flaw::new(format!("a cell has at most {MAX_CELL_BYTES} bytes"), "shorten it");
            reject(Some(self.layout.name(cell)), Shape::Large(MAX_CELL_BYTES), flaw);
        }
    }
}

/// The delimiter under which the header names most known columns, and the names.
fn names(
    header: &str,
    delimiters: &[u8],
    is_known: impl Fn(&str) -> bool,
    no_header: impl Fn() -> FileRefused,
) -> Result<(u8, Vec<String>), FileRefused> {
    let mut best: Option<(usize, u8, Vec<String>)> = None;
    for delimiter in delimiters.iter().copied() {
        let mut walk = Walk::new();
        walk.over(header.as_bytes(), delimiter);
        if walk.is_open() || walk.is_misplaced() {
            continue;
        }
        let mut row = RawRow::default();
        csv_record::split(header.to_owned(), delimiter, &mut row);
        let names: Vec<String> = (0..row.len()).map(|cell| row.cell(cell).trim().to_owned()).collect();
        let known = names.iter().filter(|name| is_known(name)).count();
        if best.as_ref().is_none_or(|(most, ..)| known > *most) {
            best = Some((known, delimiter, names));
        }
    }
    match best {
        None => Err(FileRefused::HeaderQuotes),
        Some((0, ..)) => Err(no_header()),
        Some((_, delimiter, names)) => Ok((delimiter, names)),
    }
}

fn too_long() -> (Shape, Flaw) {
    let reason = format!("a row has at most {MAX_ROW_BYTES} bytes");
    (Shape::Large(MAX_ROW_BYTES), Flaw::new(reason, "shorten it; is a quotation mark missing?"))
}

fn misquoted() -> (Shape, Flaw) {
    let reason = "a mark may only open and close a cell, or stand twice for one";
    let remedy = "put the cell into quotation marks and write each mark in it twice";
    (Shape::QuotationMark, Flaw::new(reason, remedy))
}

fn never_closed(lines: u64) -> (Shape, Flaw) {
    let reason =
        format!("no mark closes it, so the last {lines} lines of the file are one cell, and none was taken");
    (Shape::QuotationMark, Flaw::new(reason, "close the cell, or write a mark inside it twice"))
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read, repeat};

    use super::*;
    use crate::Record;
    use crate::records::Organisation;

    #[test]
    fn a_row_that_never_ends_is_read_past_and_not_held() {
        let file = b"O-1,\"".chain(repeat(b'\n').take(16 << 20)).chain(&b"\"\nO-2,Opera\n"[..]);
        let schema = Schema::of::<Organisation>();
        let header: Vec<&str> = Organisation::COLUMNS.iter().map(|column| column.name).collect();
        let lines = Lines::new(BufReader::new(file));
        let mut source = CsvSource::open(lines, &header.join(","), 1, schema).unwrap();
        let (mut row, mut rejections) = (RawRow::default(), Vec::new());

        assert_eq!(source.next(&mut row, &mut rejections).unwrap(), Some(2));
        assert_eq!(rejections[0].found, Shape::Large(MAX_ROW_BYTES));
        assert!(source.record.capacity() <= 2 * (MAX_ROW_BYTES + 1));
        assert_eq!(source.next(&mut row, &mut rejections).unwrap(), Some(3));
        assert_eq!((row.cell(0), row.cell(1), rejections.len()), ("O-2", "Opera", 1));
    }
}
