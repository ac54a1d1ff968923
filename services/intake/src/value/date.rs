//! Days and instants.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use crate::Flaw;

/// The years that a file may name. Placeholders such as 0001 and 9999 are no dates.
const YEARS: std::ops::RangeInclusive<i32> = 1850..=2200;

/// A day, as `2026-01-31` or `20260131`.
///
/// # Errors
/// Any other order or separator, a day that does not exist, a year outside 1850 to 2200.
pub fn date(text: &str) -> Result<NaiveDate, Flaw> {
    let (year, month, day) = digits_of_date(text.as_bytes())
        .ok_or_else(|| Flaw::new("a date is year, month and day", "write it as 2026-01-31 or 20260131"))?;
    within_years(year)?;
    NaiveDate::from_ymd_opt(year, month, day)
        .ok_or_else(|| Flaw::new("the calendar has no such day", "correct the month or the day"))
}

/// An instant with its distance to UTC, as `2026-01-31T20:30:00Z` or `2026-01-31T21:30:00+01:00` (RFC 3339).
///
/// # Errors
/// A time without `Z` or distance, which would be another instant in each zone; any other form; a year outside 1850
/// to 2200.
pub fn instant(text: &str) -> Result<DateTime<Utc>, Flaw> {
    let remedy = "write it as 2026-01-31T20:30:00Z or with the distance to UTC, 2026-01-31T21:30:00+01:00";
    let instant = DateTime::parse_from_rfc3339(text)
        .map_err(|_| Flaw::new("a moment is a day, a time and the distance to UTC", remedy))?
        .to_utc();
    within_years(instant.year())?;
    Ok(instant)
}

fn digits_of_date(bytes: &[u8]) -> Option<(i32, u32, u32)> {
    let &[y1, y2, y3, y4, m1, m2, d1, d2] = match bytes {
        [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => &[*y1, *y2, *y3, *y4, *m1, *m2, *d1, *d2],
        bytes => <&[u8; 8]>::try_from(bytes).ok()?,
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0, |number, digit| Some(number * 10 + char::from(*digit).to_digit(10)?))
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    Some((year, number(&[m1, m2])?, number(&[d1, d2])?))
}

fn within_years(year: i32) -> Result<(), Flaw> {
    if YEARS.contains(&year) {
        return Ok(());
    }
    Err(Flaw::new("the year lies outside 1850 to 2200", "correct it, or leave an unknown date empty"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_two_spellings() {
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        assert_eq!(date("2024-02-29"), Ok(day));
        assert_eq!(date("20240229"), Ok(day));
    }

    #[test]
    fn other_spellings_and_days_that_do_not_exist_are_refused() {
        for bad in
            ["29/02/2024", "24-02-29", "2024-2-29", "2024-02-29T00:00", "２０２４０２２９", "2024 0229"]
        {
            assert!(date(bad).unwrap_err().reason.contains("year, month and day"), "{bad}");
        }
        assert!(date("2023-02-29").unwrap_err().reason.contains("calendar"));
        assert!(date("20241301").unwrap_err().reason.contains("calendar"));
        for bad in ["0001-01-01", "9999-12-31", "00000000"] {
            assert!(date(bad).unwrap_err().reason.contains("1850"), "{bad}");
        }
    }

    #[test]
    fn an_instant_needs_its_distance_to_utc() {
        let evening = instant("2026-01-31T20:30:00Z").unwrap();
        assert_eq!(instant("2026-01-31T21:30:00+01:00"), Ok(evening));
        for bad in ["2026-01-31T20:30:00", "2026-01-31", "2026-01-31 20:30", "1769891400"] {
            assert!(instant(bad).is_err(), "{bad}");
        }
        assert!(instant("0999-01-31T20:30:00Z").unwrap_err().reason.contains("1850"));
    }
}
