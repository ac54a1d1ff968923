//! Numbers as other systems write them.

use crate::Flaw;

/// What separates decimals and groups of three digits.
#[derive(Clone, Copy, Debug)]
pub(super) struct NumberFormat {
    decimal: char,
    thousands: Option<char>,
}

impl NumberFormat {
    pub(super) fn new(decimal: Option<char>, thousands: Option<char>) -> Result<Self, &'static str> {
        let decimal = decimal.unwrap_or('.');
        if !matches!(decimal, '.' | ',') {
            return Err("decimals stand behind . or ,");
        }
        if thousands.is_some_and(|mark| !matches!(mark, '.' | ',' | ' ' | '\'' | '’') || mark == decimal) {
            return Err(
                "groups of three digits are separated by . , ' or a blank, and by another mark than decimals",
            );
        }
        Ok(Self { decimal, thousands })
    }

    /// The same number with a decimal point and nothing else.
    pub(super) fn rewrite(self, cell: &str) -> Result<String, Flaw> {
        let sign = if cell.starts_with(['-', '+']) { 1 } else { 0 };
        let (sign, plain) = cell.split_at(sign);
        let (whole, decimals) =
            plain.split_once(self.decimal).map_or((plain, None), |(whole, rest)| (whole, Some(rest)));
        let groups: Vec<&str> = whole.split(|c| self.separates(c)).collect();
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let grouped =
            groups.len() == 1 || groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3);
        if !grouped || !groups.iter().all(|group| is_digits(group)) || !decimals.is_none_or(is_digits) {
            return Err(self.flaw());
        }
        let mut number = format!("{sign}{}", groups.concat());
        if let Some(decimals) = decimals {
            number.push('.');
            number.push_str(decimals);
        }
        Ok(number)
    }

    /// A blank stands for the narrow and the unbreakable ones too, which look the same.
    fn separates(self, c: char) -> bool {
        match self.thousands {
            Some(' ') => matches!(c, ' ' | '\u{a0}' | '\u{202f}'),
            Some(mark) => c == mark,
            None => false,
        }
    }

    fn flaw(self) -> Flaw {
        let example = match self.thousands {
            Some(mark) => format!("1{mark}234{}50", self.decimal),
            None => format!("1234{}50", self.decimal),
        };
        Flaw::new(
            format!("it is no number written as {example}"),
            "correct it, or decimal and thousands of this column in the mapping",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_declared_and_in_no_other_way() {
        let with = |decimal, thousands| NumberFormat::new(Some(decimal), thousands).unwrap();
        for (format, cell, number) in [
            (with(',', None), "12,50", "12.50"),
            (with(',', None), "-3", "-3"),
            (with(',', Some(' ')), "1 234 567,8", "1234567.8"),
            (with(',', Some(' ')), "1\u{202f}234,50", "1234.50"),
            (with(',', Some('.')), "1.234,50", "1234.50"),
            (with('.', Some(',')), "+12,345.6", "+12345.6"),
            (with('.', Some('\'')), "1'000", "1000"),
            (with(',', Some(' ')), "1234", "1234"),
        ] {
            assert_eq!(format.rewrite(cell).unwrap(), number, "{cell}");
        }
        for (format, bad) in [
            (with(',', None), "12.50"),
            (with(',', None), "1 234,50"),
            (with(',', Some('.')), "1.23,50"),
            (with(',', Some('.')), "12.5"),
            (with(',', Some(' ')), "1234 567"),
            (with(',', None), "12,"),
            (with(',', None), ",5"),
            (with(',', None), "12,5,0"),
            (with(',', None), "douze"),
            (with(',', None), "--1"),
        ] {
            assert!(format.rewrite(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_format_separates_two_things_with_two_marks() {
        assert!(NumberFormat::new(Some(';'), None).is_err());
        assert!(NumberFormat::new(Some(','), Some(',')).is_err());
        assert!(NumberFormat::new(Some(','), Some('x')).is_err());
    }
}
