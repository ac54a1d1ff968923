//! One day, as a query names it.
//!
//! It is literal (`"20230512"`, TI-04) or relative to today in the institution's zone (`{"months_ago": 24}`), so that a
//! target that is evaluated every week moves along.

use std::fmt;

use chrono::{Datelike, Days as DayCount, Months, NaiveDate};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use super::span::{End, Scale};

/// Months of a relative day, at most: a hundred years.
pub const MAX_MONTHS: u32 = 1_200;
/// Days of a relative day, at most: a hundred years.
pub const MAX_DAYS: u32 = 36_600;

/// One day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// Written as `AAAAMMJJ` (yyyymmdd): eight ASCII digits, a day that exists, years 1900 to 2199 (TI-04).
    Literal(NaiveDate),
    /// Relative to today.
    Relative(Relative),
}

/// A day counted from today. Months keep the day of the month, or take the last one of a shorter month (TI-03).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relative {
    /// The past, in months.
    MonthsAgo(u32),
    /// The past, in days; 0 is today.
    DaysAgo(u32),
    /// The future, in months.
    MonthsAhead(u32),
    /// The future, in days.
    DaysAhead(u32),
}

impl Day {
    /// Reads `AAAAMMJJ` (TI-04).
    ///
    /// # Errors
    /// What a date looks like, when `text` is none.
    pub fn parse(text: &str) -> Result<NaiveDate, &'static str> {
        const FORM: &str = "a date is eight digits such as `20230512`: year (1900 to 2199), month and day of a day that exists; \
             or a relative day such as {\"months_ago\": 24}";
        let digits = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse().ok());
        if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(FORM);
        }
        let (year, month, day) = (digits(0..4), digits(4..6), digits(6..8));
        year.filter(|year| (1900..=2199).contains(year))
            .zip(month.zip(day))
            .and_then(|(year, (month, day))| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day))
            .ok_or(FORM)
    }

    /// The day that is meant on `today`.
    #[must_use]
    pub fn on(self, today: NaiveDate) -> NaiveDate {
        // Within the limits of the check only a today at the very ends of the calendar could leave it.
        match self {
            Self::Literal(day) => day,
            Self::Relative(Relative::MonthsAgo(count)) => {
                today.checked_sub_months(Months::new(count)).unwrap_or(NaiveDate::MIN)
            }
            Self::Relative(Relative::DaysAgo(count)) => {
                today.checked_sub_days(DayCount::new(count.into())).unwrap_or(NaiveDate::MIN)
            }
            Self::Relative(Relative::MonthsAhead(count)) => {
                today.checked_add_months(Months::new(count)).unwrap_or(NaiveDate::MAX)
            }
            Self::Relative(Relative::DaysAhead(count)) => {
                today.checked_add_days(DayCount::new(count.into())).unwrap_or(NaiveDate::MAX)
            }
        }
    }

    pub(super) fn check(self) -> Result<(), String> {
        let (count, limit, unit) = match self {
            Self::Literal(_) => return Ok(()),
            Self::Relative(Relative::MonthsAgo(count) | Relative::MonthsAhead(count)) => {
                (count, MAX_MONTHS, "months")
            }
            Self::Relative(Relative::DaysAgo(count) | Relative::DaysAhead(count)) => {
                (count, MAX_DAYS, "days")
            }
        };
        if count > limit {
            return Err(format!("{count} {unit} are too many; at most {limit}"));
        }
        Ok(())
    }

    /// The day as the end of a span.
    pub(super) fn end(self, included: bool) -> End {
        let (scale, position) = match self {
            Self::Literal(day) => (Scale::Day, f64::from(day.num_days_from_ce())),
            Self::Relative(Relative::MonthsAgo(count)) => (Scale::MonthsFromToday, -f64::from(count)),
            Self::Relative(Relative::DaysAgo(count)) => (Scale::DaysFromToday, -f64::from(count)),
            Self::Relative(Relative::MonthsAhead(count)) => (Scale::MonthsFromToday, f64::from(count)),
            Self::Relative(Relative::DaysAhead(count)) => (Scale::DaysFromToday, f64::from(count)),
        };
        End { scale, position, included }
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Literal(day) => serializer.collect_str(&day.format("%Y%m%d")),
            Self::Relative(relative) => relative.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LiteralOrRelative {
            expected: "a date as a text such as \"20230512\", or a relative day such as {\"months_ago\": 24}",
            literal: |text| Day::parse(text).map(Day::Literal),
            relative: Day::Relative,
        })
    }
}

/// Reads a day that is written as a text, or as a relative day.
pub(super) struct LiteralOrRelative<T> {
    /// What both look like.
    pub(super) expected: &'static str,
    pub(super) literal: fn(&str) -> Result<T, &'static str>,
    pub(super) relative: fn(Relative) -> T,
}

impl<'de, T> Visitor<'de> for LiteralOrRelative<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.literal)(text).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        Relative::deserialize(MapAccessDeserializer::new(map)).map(self.relative)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        Day::parse(text).expect("a date")
    }

    #[test]
    fn dates_are_read_strictly() {
        assert_eq!(date("20240229"), NaiveDate::from_ymd_opt(2024, 2, 29).expect("a leap day"));
        assert_eq!((date("19000101").year(), date("21991231").year()), (1900, 2199));
        for wrong in [
            "",
            "20230229",
            "2023-05-12",
            "2023051",
            "202305123",
            " 20230512",
            "20230512 ",
            "18991231",
            "22000101",
            "20231301",
            "20230500",
            "+2023051",
            "２０２３０５１２",
            "2023051２",
            "AAAAMMJJ",
        ] {
            Day::parse(wrong).expect_err(wrong);
        }
    }

    #[test]
    fn months_ago_take_the_last_day_of_a_shorter_month() {
        for (today, months, cutoff) in [
            ("20260512", 36, "20230512"),
            ("20260331", 1, "20260228"),
            ("20240229", 36, "20210228"),
            ("20250228", 12, "20240228"),
            ("20240531", 3, "20240229"),
        ] {
            let day = Day::Relative(Relative::MonthsAgo(months));
            assert_eq!(day.on(date(today)), date(cutoff), "TI-03: {today} - {months} months");
        }
    }

    #[test]
    fn days_and_the_future_are_counted_from_today() {
        let today = date("20240229");
        for (relative, expected) in [
            (Relative::DaysAgo(0), "20240229"),
            (Relative::DaysAgo(60), "20231231"),
            (Relative::DaysAhead(1), "20240301"),
            (Relative::MonthsAhead(12), "20250228"),
        ] {
            assert_eq!(Day::Relative(relative).on(today), date(expected), "{relative:?}");
        }
    }

    #[test]
    fn a_day_is_written_as_it_is_read() {
        for text in [r#""20230512""#, r#"{"months_ago":24}"#, r#"{"days_ahead":0}"#] {
            let day: Day = serde_json::from_str(text).expect(text);
            assert_eq!(serde_json::to_string(&day).expect("JSON"), text);
        }
        for wrong in
            ["20230512", r#"{"months_ago":1,"days_ago":2}"#, r#"{"years_ago":1}"#, r#"{"days_ago":-1}"#, "{}"]
        {
            serde_json::from_str::<Day>(wrong).expect_err(wrong);
        }
    }

    #[test]
    fn a_relative_day_stays_within_a_century() {
        Day::Relative(Relative::MonthsAgo(MAX_MONTHS)).check().expect("the limit itself");
        for relative in [Relative::MonthsAhead(MAX_MONTHS + 1), Relative::DaysAgo(MAX_DAYS + 1)] {
            Day::Relative(relative).check().expect_err("too far");
        }
    }
}
