//! The file of rejected rows, to be opened in a spreadsheet.

use std::borrow::Cow;
use std::io::Write;

use crate::Rejection;

/// Writes rejections as CSV: row, field, what was found, the reason, the remedy.
///
/// A cell that a spreadsheet would evaluate starts with an apostrophe (SE-08). No cell holds a value of the file.
pub struct RejectWriter<W: Write> {
    csv: csv::Writer<W>,
    written: u64,
}

impl<W: Write> RejectWriter<W> {
    /// Starts the file with its header.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn new(out: W) -> csv::Result<Self> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(["row", "field", "found", "reason", "remedy"])?;
        Ok(Self { csv, written: 0 })
    }

    /// Adds one rejection.
    ///
    /// # Errors
    /// When the output fails.
    pub fn write(&mut self, rejection: &Rejection) -> csv::Result<()> {
        self.written += 1;
        self.csv.write_record([
            rejection.row.to_string().as_str(),
            &inert(&rejection.field),
            &inert(&rejection.found.to_string()),
            &inert(&rejection.reason),
            &inert(&rejection.remedy),
        ])
    }

    /// How many rejections were added; a row may have several.
    pub const fn written(&self) -> u64 {
        self.written
    }

    /// Flushes, and gives the output back.
    ///
    /// # Errors
    /// When the output fails.
    pub fn finish(self) -> std::io::Result<W> {
        self.csv.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// The text as a spreadsheet does not evaluate it: an apostrophe before `=`, `+`, `-`, `@` in half or full width, also
/// behind white space, and before a tab or a carriage return.
fn inert(text: &str) -> Cow<'_, str> {
    let is_formula = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    if text.starts_with(['\t', '\r']) || text.trim_start().starts_with(is_formula) {
        return Cow::Owned(format!("'{text}"));
    }
    Cow::Borrowed(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Flaw, Shape};

    #[test]
    fn a_spreadsheet_finds_nothing_to_evaluate() {
        for formula in ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\rx", "  =1", "＝1", "\u{a0}＠x"] {
            assert_eq!(inert(formula), format!("'{formula}"));
        }
        for plain in ["", "email", "a=b", "1+1", "'=1"] {
            assert_eq!(inert(plain), plain);
        }
    }

    #[test]
    fn rejections_come_back_from_the_file_as_they_were() {
        let flaw = Flaw::new("two, \"quoted\"\nlines", "-1 is not it");
        let mut writer = RejectWriter::new(Vec::new()).unwrap();
        writer.write(&Rejection::new(12, "=cmd|' /C calc'!A0", Shape::Digits(3), flaw)).unwrap();
        assert_eq!(writer.written(), 1);
        let file = writer.finish().unwrap();

        let rows: Vec<csv::StringRecord> = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(&file[..])
            .records()
            .map(Result::unwrap)
            .collect();
        assert_eq!(rows[0], vec!["row", "field", "found", "reason", "remedy"]);
        assert_eq!(
            rows[1],
            vec!["12", "'=cmd|' /C calc'!A0", "3 digits", "two, \"quoted\"\nlines", "'-1 is not it"]
        );
    }
}
