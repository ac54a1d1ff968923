//! Dates as other systems write them.

use chrono::NaiveDate;

use crate::Flaw;

/// An order of day, month and year with what stands between them.
#[derive(Clone, Debug)]
pub(super) struct DateFormat {
    /// As the mapping writes it.
    shown: String,
    /// As chrono reads it.
    pattern: String,
}

impl DateFormat {
    /// Reads a format such as `DD/MM/YYYY`.
    pub(super) fn parse(format: &str) -> Result<Self, &'static str> {
        const WRONG: &str = "write DD, MM and YYYY once each, with marks between them, as DD/MM/YYYY";
        let mut rest = format.to_owned();
        for part in ["YYYY", "MM", "DD"] {
            if rest.matches(part).count() != 1 {
                return Err(WRONG);
            }
            rest = rest.replace(part, "");
        }
        // A two-digit year, a weekday or a time would be a letter that is left over.
        if rest.chars().any(|c| c.is_alphanumeric() || c == '%') {
            return Err(WRONG);
        }
        let pattern = format.replace("YYYY", "%Y").replace("MM", "%m").replace("DD", "%d");
        Ok(Self { shown: format.to_owned(), pattern })
    }

    /// The same day as our own files write it.
    pub(super) fn rewrite(&self, cell: &str) -> Result<String, Flaw> {
        let day = NaiveDate::parse_from_str(cell, &self.pattern)
            .ok()
            // One day has one form: no blanks, signs or missing zeros that the library would let pass.
            .filter(|day| day.format(&self.pattern).to_string() == cell);
        day.map(|day| day.format("%Y-%m-%d").to_string()).ok_or_else(|| {
            Flaw::new(
                format!("it is no day written as {}", self.shown),
                "correct it, or the date of this column in the mapping",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_the_order_that_was_declared() {
        for (format, cell) in [
            ("DD/MM/YYYY", "03/11/2025"),
            ("MM/DD/YYYY", "11/03/2025"),
            ("DD.MM.YYYY", "03.11.2025"),
            ("DDMMYYYY", "03112025"),
            ("YYYY/MM/DD", "2025/11/03"),
        ] {
            assert_eq!(DateFormat::parse(format).unwrap().rewrite(cell).unwrap(), "2025-11-03", "{format}");
        }
        let french = DateFormat::parse("DD/MM/YYYY").unwrap();
        for bad in
            ["3/11/2025", "2025-11-03", "31/02/2025", " 03/11/2025", "03/11/25", "03/11/2025 10:00", ""]
        {
            let flaw = french.rewrite(bad).unwrap_err();
            assert_eq!(flaw.reason, "it is no day written as DD/MM/YYYY", "{bad}");
        }
    }

    #[test]
    fn a_format_has_each_part_once_and_no_guess() {
        for bad in ["", "DD/MM", "DD/MM/YY", "DD/MM/YYYY HH:mm", "%d/%m/YYYY", "DD/DD/MM/YYYY", "jj/mm/aaaa"]
        {
            assert!(DateFormat::parse(bad).is_err(), "{bad}");
        }
    }
}
