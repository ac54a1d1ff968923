//! Rows of an NDJSON file.

use std::io::{self, BufRead};

use crate::lines::{Lines, Piece};
use crate::ndjson_line;
use crate::row::RawRow;
use crate::schema::{Layout, Schema};
use crate::{FileRefused, Flaw, MAX_ROW_BYTES, Rejection, Shape};

pub(crate) struct NdjsonSource<R> {
    lines: Lines<R>,
    schema: Schema,
    layout: Layout,
    /// The last line that was read.
    row: u64,
    line: String,
    /// Whether `line` was read to recognise the file and is still to be taken.
    is_pending: bool,
}

impl<R: BufRead> NdjsonSource<R> {
    /// Takes the file whose first line is `line` and was line `row`.
    ///
    /// The first object is checked here, so that a file with a wrong name in it is refused before anything is taken.
    pub(crate) fn open(lines: Lines<R>, line: String, row: u64, schema: Schema) -> Result<Self, FileRefused> {
        let unknown = ndjson_line::first_unknown(&line, schema).map_err(|_| FileRefused::OtherFormat {
            found: "the first line is no JSON object",
            remedy: "write one flat object a line, or import the file as CSV",
        })?;
        if let Some(name) = unknown {
            return Err(schema.unknown(&name));
        }
        Ok(Self { lines, schema, layout: Layout::new(schema), row, line, is_pending: true })
    }

    pub(crate) const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Reads the next line that is not blank into `row` and returns its number; what is wrong with it as a whole goes into
    /// `rejections`.
    pub(crate) fn next(
        &mut self,
        row: &mut RawRow,
        rejections: &mut Vec<Rejection>,
    ) -> io::Result<Option<u64>> {
        while self.is_pending || self.read_line(rejections)? {
            let is_refused = !rejections.is_empty();
            self.is_pending = false;
            if is_refused || !self.line.trim().is_empty() {
                if !is_refused {
                    self.take(row, rejections);
                }
                return Ok(Some(self.row));
            }
        }
        Ok(None)
    }

    /// Reads a line; one that is too long is read past and never held.
    fn read_line(&mut self, rejections: &mut Vec<Rejection>) -> io::Result<bool> {
        let mut octets = std::mem::take(&mut self.line).into_bytes();
        octets.clear();
        let mut is_too_long = false;
        loop {
            match self.lines.read(&mut octets, MAX_ROW_BYTES + 1)? {
                Piece::End if !is_too_long => return Ok(false),
                Piece::End | Piece::Line => break,
                Piece::Part => {
                    is_too_long = true;
                    octets.clear();
                }
            }
        }
        self.row += 1;
        if is_too_long {
            let flaw = Flaw::new(format!("a line has at most {MAX_ROW_BYTES} bytes"), "shorten it");
            rejections.push(Rejection::of_row(self.row, Shape::Large(MAX_ROW_BYTES), flaw));
            return Ok(true);
        }
        match String::from_utf8(octets) {
            Ok(line) => self.line = line,
            Err(_) => {
                let flaw =
                    Flaw::new("the file has to be UTF-8", "save the file as UTF-8 and import it again");
                rejections.push(Rejection::of_row(self.row, Shape::NoText, flaw));
            }
        }
        Ok(true)
    }

    fn take(&mut self, row: &mut RawRow, rejections: &mut Vec<Rejection>) {
        match ndjson_line::read(&self.line, self.schema, &mut self.layout, row) {
            Ok(faults) => {
                let number = self.row;
                rejections.extend(
                    faults
                        .into_iter()
                        .map(|fault| Rejection::new(number, fault.key, fault.found, fault.flaw)),
                );
            }
            Err(error) => {
                let reason =
                    format!("the line is no JSON object (the reading stopped at octet {})", error.column());
                let flaw = Flaw::new(reason, "write one object a line, its strings in quotation marks");
                rejections.push(Rejection::of_row(self.row, Shape::of(&self.line), flaw));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read, repeat};

    use super::*;
    use crate::records::Organisation;

    #[test]
    fn a_line_that_never_ends_is_read_past_and_not_held() {
        let file = repeat(b'[').take(64 << 20).chain(&b"\n{\"external_id\":\"O-2\"}"[..]);
        let lines = Lines::new(BufReader::new(file));
        let mut source = NdjsonSource::open(lines, "{}".into(), 1, Schema::of::<Organisation>()).unwrap();
        let (mut row, mut rejections) = (RawRow::default(), Vec::new());

        assert_eq!(source.next(&mut row, &mut rejections).unwrap(), Some(1));
        assert_eq!(source.next(&mut row, &mut rejections).unwrap(), Some(2));
        assert_eq!(rejections[0].found, Shape::Large(MAX_ROW_BYTES));
        rejections.clear();
        assert_eq!(source.next(&mut row, &mut rejections).unwrap(), Some(3));
        assert!(source.line.capacity() <= 2 * (MAX_ROW_BYTES + 1));
        assert_eq!((row.cell(0), rejections.len()), ("O-2", 0));
    }
}
