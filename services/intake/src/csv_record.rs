//! RFC 4180: where a record ends, and which cells it has.
//!
//! Own code rather than a lenient reader: a quotation mark out of place moves cells from one row into another, and with
//! them one person's answer to another person. Such a row is refused, and the walk needs no memory to find its end.

use memchr::memchr;

use crate::row::RawRow;

const QUOTE: u8 = b'"';

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    CellStart,
    Bare,
    Quoted,
    /// A quotation mark inside a quoted cell: its end, or the first of two.
    QuoteSeen,
}

/// Walks over a record in pieces of any size.
pub(crate) struct Walk {
    state: State,
    misplaced: bool,
}

impl Walk {
    pub(crate) const fn new() -> Self {
        Self { state: State::CellStart, misplaced: false }
    }

    /// Takes the next octets, none of them a line end that ends the record.
    pub(crate) fn over(&mut self, piece: &[u8], delimiter: u8) {
        if memchr(QUOTE, piece).is_none() && matches!(self.state, State::CellStart | State::Bare) {
            if let Some(last) = piece.last() {
                self.state = if *last == delimiter { State::CellStart } else { State::Bare };
            }
            return;
        }
        for octet in piece {
            self.step(*octet, delimiter);
        }
    }

    fn step(&mut self, octet: u8, delimiter: u8) {
        self.state = match (self.state, octet) {
            (State::CellStart | State::QuoteSeen, QUOTE) => State::Quoted,
            (State::Quoted, QUOTE) => State::QuoteSeen,
            (State::Quoted, _) => State::Quoted,
            (State::CellStart | State::Bare | State::QuoteSeen, octet) if octet == delimiter => {
                State::CellStart
            }
            (State::CellStart, _) => State::Bare,
            (State::Bare, octet) => {
                self.misplaced |= octet == QUOTE;
                State::Bare
            }
            (State::QuoteSeen, _) => {
                self.misplaced = true;
                State::Bare
            }
        };
    }

    /// Whether a quoted cell is open, so that a line end belongs to it.
    pub(crate) fn is_open(&self) -> bool {
        self.state == State::Quoted
    }

    /// Whether a quotation mark stood inside a bare cell or text after a quoted one.
    pub(crate) const fn is_misplaced(&self) -> bool {
        self.misplaced
    }
}

/// Splits a whole, well-quoted record into the cells of `row`, and takes its text.
pub(crate) fn split(record: String, delimiter: u8, row: &mut RawRow) {
    row.clear_cells();
    if memchr(QUOTE, record.as_bytes()).is_some() {
        row.text.clear();
        split_quoted(&record, delimiter, row);
        return;
    }
    let mut start = 0;
    for end in memchr::memchr_iter(delimiter, record.as_bytes()) {
        row.push_cell(start, end);
        start = end + 1;
    }
    row.push_cell(start, record.len());
    row.text = record;
}

fn split_quoted(record: &str, delimiter: u8, row: &mut RawRow) {
    let delimiter = char::from(delimiter);
    let mut rest = Some(record);
    while let Some(text) = rest {
        let start = row.text.len();
        rest = match text.strip_prefix('"') {
            Some(inside) => unquote(inside, &mut row.text).strip_prefix(delimiter),
            None => {
                let (cell, rest) =
                    text.split_once(delimiter).map_or((text, None), |(cell, rest)| (cell, Some(rest)));
                row.text.push_str(cell);
                rest
            }
        };
        row.push_cell(start, row.text.len());
    }
}

/// Appends a quoted cell, two marks as one, and returns what follows the closing mark.
fn unquote<'a>(mut inside: &'a str, text: &mut String) -> &'a str {
    while let Some((part, rest)) = inside.split_once('"') {
        text.push_str(part);
        let Some(more) = rest.strip_prefix('"') else { return rest };
        text.push('"');
        inside = more;
    }
    text.push_str(inside);
    ""
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn walked(record: &str) -> Walk {
        let mut walk = Walk::new();
        walk.over(record.as_bytes(), b',');
        walk
    }

    fn cells(record: &str) -> Vec<String> {
        let mut row = RawRow::default();
        split(record.to_owned(), b',', &mut row);
        (0..row.len()).map(|cell| row.cell(cell).to_owned()).collect()
    }

    #[test]
    fn cells_are_bare_or_quoted() {
        assert_eq!(cells("a,,b c"), ["a", "", "b c"]);
        assert_eq!(cells(""), [""]);
        assert_eq!(cells(","), ["", ""]);
        assert_eq!(cells(r#""a,b","say ""yes""",,"" "#.trim()), ["a,b", r#"say "yes""#, "", ""]);
        assert_eq!(cells("\"two\nlines\",x"), ["two\nlines", "x"]);
    }

    #[test]
    fn marks_out_of_place_are_seen() {
        for bad in ["5\" disc", "\"a\"b", "\"a\" ,b", "x,\"a\"\"\"b"] {
            assert!(walked(bad).is_misplaced(), "{bad}");
        }
        for good in ["", "a,b", "\"a\"", "\"a\"\"b\",c", "\"\""] {
            assert!(!walked(good).is_misplaced() && !walked(good).is_open(), "{good}");
        }
        assert!(walked("a,\"b").is_open());
        assert!(walked("\"a\"\"").is_open());
    }

    proptest! {
        /// Whatever the csv crate writes is read back the same, in one piece or octet by octet.
        #[test]
        fn agrees_with_the_csv_crate(fields in prop::collection::vec("[a-c\",;\n\r é]{0,6}", 1..6)) {
            let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'!')).from_writer(Vec::new());
            writer.write_record(&fields).unwrap();
            let written = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let record = written.strip_suffix('!').unwrap();

            prop_assert_eq!(cells(record), fields);
            let mut pieces = Walk::new();
            for octet in record.as_bytes() {
                pieces.over(std::slice::from_ref(octet), b',');
            }
            prop_assert!(!pieces.is_misplaced() && !pieces.is_open());
            prop_assert!(!walked(record).is_misplaced() && !walked(record).is_open());
        }
    }
}
