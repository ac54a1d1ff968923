//! What is wrong with a row, in words for the person who has to correct it.

use std::borrow::Cow;

/// The `field` of a rejection that concerns the row as a whole.
pub(crate) const WHOLE_ROW: &str = "(row)";

/// One thing that is wrong with one row.
///
/// Its `Display` form is one sentence. It never holds a value of the file, which may be personal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {row}, {field}: found {found}, but {reason}; {remedy}")]
pub struct Rejection {
    /// CSV: the row as a spreadsheet counts it, the header being row 1. NDJSON: the line, from 1.
    pub row: u64,
    /// The column, or `(row)` when the row as a whole is concerned.
    pub field: String,
    /// What kind of thing was found.
    pub found: Shape,
    /// Why it cannot be taken.
    pub reason: Cow<'static, str>,
    /// What would be right.
    pub remedy: Cow<'static, str>,
}

impl Rejection {
    /// A rejection of `field` in `row` because of `flaw`.
    ///
    /// Also for those who find out later that a row cannot be applied, so that one file lists every rejected row.
    #[must_use]
    pub fn new(row: u64, field: impl Into<String>, found: Shape, flaw: Flaw) -> Self {
        Self { row, field: field.into(), found, reason: flaw.reason, remedy: flaw.remedy }
    }

    pub(crate) fn of_row(row: u64, found: Shape, flaw: Flaw) -> Self {
        Self::new(row, WHOLE_ROW, found, flaw)
    }
}

/// Why a value cannot be taken and what would be right; knows neither row nor field nor the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}; {remedy}")]
pub struct Flaw {
    /// Why it cannot be taken.
    pub reason: Cow<'static, str>,
    /// What would be right.
    pub remedy: Cow<'static, str>,
}

impl Flaw {
    /// A flaw with its remedy. Neither may quote the value.
    #[must_use]
    pub fn new(reason: impl Into<Cow<'static, str>>, remedy: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: reason.into(), remedy: remedy.into() }
    }
}

/// What kind of thing was found where something else was wanted. Says enough to recognise a shifted column, and too
/// little to recognise a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nothing, or white space.
    Empty,
    /// Digits only.
    Digits(usize),
    /// Digits with signs, points or separators: a number, a date, a telephone number.
    DigitsAndMarks(usize),
    /// Something with an `@`.
    AtSign(usize),
    /// Any other text, by its length in characters.
    Text(usize),
    /// Octets that are no UTF-8.
    NoText,
    /// A quotation mark out of place.
    QuotationMark,
    /// A row of so many cells.
    Cells(usize),
    /// A JSON array.
    JsonArray,
    /// A JSON object inside the row's object.
    JsonObject,
    /// So many octets or more.
    Large(usize),
    /// A value that is well formed, and contradicts another one.
    WellFormed,
}

impl Shape {
    /// The shape of a cell.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        let length = text.chars().count();
        let is_mark = |c: char| c.is_ascii_digit() || " +-./,:()".contains(c);
        if text.is_empty() {
            Self::Empty
        } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
            Self::Digits(length)
        } else if text.contains('@') {
            Self::AtSign(length)
        } else if text.chars().all(is_mark) {
            Self::DigitsAndMarks(length)
        } else {
            Self::Text(length)
        }
    }
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("nothing"),
            Self::Digits(1) => f.write_str("a digit"),
            Self::Digits(count) => write!(f, "{count} digits"),
            Self::DigitsAndMarks(count) => write!(f, "{count} digits and marks"),
            Self::AtSign(count) => write!(f, "{count} characters with an at sign"),
            Self::Text(1) => f.write_str("one character"),
            Self::Text(count) => write!(f, "text of {count} characters"),
            Self::NoText => f.write_str("octets that are no UTF-8"),
            Self::QuotationMark => f.write_str("a quotation mark out of place"),
            Self::Cells(1) => f.write_str("one cell"),
            Self::Cells(count) => write!(f, "{count} cells"),
            Self::JsonArray => f.write_str("a JSON array"),
            Self::JsonObject => f.write_str("a JSON object"),
            Self::Large(bytes) => write!(f, "more than {bytes} bytes"),
            Self::WellFormed => f.write_str("a readable value"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_tell_kinds_of_things_apart_without_quoting_them() {
        let shapes = ["", " 75011 ", "+33 6 12", "a@b.fr", "Élodie", "31/12/2026", "x", "7"];
        let words: Vec<String> = shapes.iter().map(|text| Shape::of(text).to_string()).collect();
        assert_eq!(
            words,
            [
                "nothing",
                "5 digits",
                "8 digits and marks",
                "6 characters with an at sign",
                "text of 6 characters",
                "10 digits and marks",
                "one character",
                "a digit",
            ]
        );
    }

    #[test]
    fn a_rejection_reads_as_a_sentence() {
        let flaw = Flaw::new("a date is year, month, day", "write it as 2026-01-31");
        let rejection = Rejection::new(7, "birth_date", Shape::of("31/12/99"), flaw);
        assert_eq!(
            rejection.to_string(),
            "row 7, birth_date: found 8 digits and marks, but a date is year, month, day; write it as 2026-01-31"
        );
    }
}
