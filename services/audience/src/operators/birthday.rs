//! Operators on the birthday: the day of the year on which a year of age is complete. All are unknown without a birth date, but
//! for `is_missing` and `is_present`.
//!
//! Whoever was born on 29 February celebrates on 1 March in other years, as in [`super::age`]. A window may run over the end of
//! the year.

use chrono::{Datelike, NaiveDate};
use sea_query::{Expr, ExprTrait};
use serde::de::Deserializer;
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use super::asked::{Asked, ValueTest};
use super::date::Window;
use super::day::{Day, LiteralOrRelative, Relative};
use crate::json::Stated;
use crate::sql;

/// What is asked of a birthday.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BirthdayOp {
    /// This day.
    On(YearDay),
    /// From one day to another, both included.
    Between(YearDays),
    /// There is no birth date.
    IsMissing(Stated),
    /// There is a birth date.
    IsPresent(Stated),
}

/// A span of days of the year, both ends included; it may run over the end of the year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearDays {
    /// The first day.
    pub from: YearDay,
    /// The last day.
    pub until: YearDay,
}

/// A day of the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YearDay {
    /// Written as `MMJJ` (mmdd): four ASCII digits. As month × 100 + day.
    Literal(i16),
    /// Relative to today.
    Relative(Relative),
}

const LAST: i16 = 1231;
/// After the last day: where nobody is born.
const NEVER: i16 = 1300;

/// A span of days; both ends of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BirthdayTest {
    /// Month × 100 + day.
    Literal { from: i16, until: i16 },
    /// Days from today.
    Relative { from: Day, until: Day },
}

impl BirthdayOp {
    pub(crate) fn check(&self) -> Result<Asked<BirthdayTest>, String> {
        let (from, until) = match self {
            Self::IsMissing(Stated) => return Ok(Asked::Missing),
            Self::IsPresent(Stated) => return Ok(Asked::Present),
            Self::On(day) => (*day, *day),
            Self::Between(YearDays { from, until }) => (*from, *until),
        };
        match (from, until) {
            (YearDay::Literal(from), YearDay::Literal(until)) => Ok(BirthdayTest::Literal { from, until }),
            (YearDay::Relative(from), YearDay::Relative(until)) => {
                let (from, until) = (Day::Relative(from), Day::Relative(until));
                Window { from: Some(from), until: Some(until) }.check()?;
                Ok(BirthdayTest::Relative { from, until })
            }
            (YearDay::Literal(_), YearDay::Relative(_)) | (YearDay::Relative(_), YearDay::Literal(_)) => {
                Err("one end is a day of the year and the other is counted from today; write both in one way"
                    .to_owned())
            }
        }
        .map(Asked::Value)
    }
}

/// Month × 100 + day.
fn place(day: NaiveDate) -> i16 {
    // At most 1231.
    i16::try_from(day.month() * 100 + day.day()).unwrap_or(NEVER)
}

/// Whether somebody born on `born` completes a year of age on `day`.
fn celebrates(born: NaiveDate, day: NaiveDate) -> bool {
    place(born) == place(day) || (place(born), place(day), day.leap_year()) == (229, 301, false)
}

impl BirthdayTest {
    /// The places that pass, as one span or, over the end of the year, two.
    fn spans(&self, today: NaiveDate) -> Vec<(i16, i16)> {
        let (from, until) = match self {
            Self::Literal { from, until } => (*from, *until),
            Self::Relative { from, until } => {
                let (from, until) = (from.on(today), until.on(today));
                match (until - from).num_days() {
                    ..0 => return vec![(NEVER, NEVER)],
                    365.. => return vec![(0, LAST)],
                    0..365 => {}
                }
                // Those of 29 February come with 1 March.
                let from = if place(from) == 301 && !from.leap_year() { 229 } else { place(from) };
                (from, place(until))
            }
        };
        if from <= until { vec![(from, until)] } else { vec![(from, LAST), (0, until)] }
    }
}

impl ValueTest for BirthdayTest {
    /// The birth date.
    type Value = NaiveDate;

    fn accepts(&self, born: &NaiveDate, today: NaiveDate) -> bool {
        match self {
            Self::Literal { from, until } if from <= until => (*from..=*until).contains(&place(*born)),
            Self::Literal { from, until } => place(*born) >= *from || place(*born) <= *until,
            Self::Relative { from, until } => {
                let (from, until) = (from.on(today), until.on(today));
                from.iter_days().take_while(|day| *day <= until).take(367).any(|day| celebrates(*born, day))
            }
        }
    }

    fn holds(&self, column: Expr, today: NaiveDate) -> Expr {
        let within = |(from, until)| sql::all([column.clone().gte(from), column.clone().lte(until)]);
        sql::any(self.spans(today).into_iter().map(within))
    }

    fn fails(&self, column: Expr, today: NaiveDate) -> Expr {
        let outside = |(from, until)| sql::any([column.clone().lt(from), column.clone().gt(until)]);
        sql::all(self.spans(today).into_iter().map(outside))
    }
}

impl YearDay {
    /// Reads `MMJJ`.
    fn parse(text: &str) -> Result<i16, &'static str> {
        const FORM: &str = "a day of the year is four digits such as `0512`: month and day of a day that exists; \
             or a relative day such as {\"days_ahead\": 7}";
        // 2000 was a leap year, so that every day that exists is among its days.
        let day = Day::parse(&format!("2000{text}")).map_err(|_| FORM)?;
        Ok(place(day))
    }
}

impl Serialize for YearDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Literal(place) => serializer.collect_str(&format_args!("{place:04}")),
            Self::Relative(relative) => relative.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for YearDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LiteralOrRelative {
            expected: "a day of the year as a text such as \"0512\", or a relative day such as {\"days_ahead\": 7}",
            literal: |text| Self::parse(text).map(YearDay::Literal),
            relative: YearDay::Relative,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(text: &str) -> NaiveDate {
        Day::parse(text).expect("a date")
    }

    fn test(json: &str) -> Result<BirthdayTest, String> {
        let op: BirthdayOp = serde_json::from_str(json).map_err(|error| error.to_string())?;
        match op.check()? {
            Asked::Value(test) => Ok(test),
            Asked::Missing | Asked::Present => Err("an operator with a literal was meant".to_owned()),
        }
    }

    #[test]
    fn the_end_of_the_year_and_the_29_of_february_are_passed() {
        let coming = r#"{"between": {"from": {"days_ahead": 0}, "until": {"days_ahead": 7}}}"#;
        let today = r#"{"on": {"days_ahead": 0}}"#;
        let turn = r#"{"between": {"from": "1220", "until": "0106"}}"#;
        for (json, born, on, passes) in [
            (coming, "19800103", "20231228", true),
            (coming, "19800105", "20231228", false),
            (coming, "19800229", "20230222", true),
            (today, "19800229", "20230301", true),
            (today, "19800229", "20230228", false),
            (today, "19800229", "20240229", true),
            (today, "19800229", "20240301", false),
            (turn, "19801231", "20230615", true),
            (turn, "19800107", "20230615", false),
        ] {
            let accepts = test(json).expect(json).accepts(&date(born), date(on));
            assert_eq!(accepts, passes, "{born} on {on}: {json}");
        }
    }

    #[test]
    fn days_of_the_year_are_read_strictly() {
        for wrong in ["", "512", "0230", "1301", "0000", "05-12", "２０"] {
            YearDay::parse(wrong).expect_err(wrong);
        }
        assert_eq!(YearDay::parse("0229"), Ok(229));
        let mixed = test(r#"{"between": {"from": "0501", "until": {"days_ahead": 3}}}"#);
        assert!(mixed.is_err_and(|error| error.contains("in one way")));
        let upside_down = test(r#"{"between": {"from": {"days_ahead": 3}, "until": {"days_ahead": 1}}}"#);
        assert!(upside_down.is_err_and(|error| error.contains("exchange")));
    }

    proptest! {
        /// What the database compares is what walking the calendar finds.
        #[test]
        fn the_spans_are_the_days_of_the_calendar(born in 700_000..738_000_i32, today in 730_000..738_000_i32, from in 0..400_u32, length in 0..400_u32) {
            let day = |days| NaiveDate::from_num_days_from_ce_opt(days).expect("a day");
            let (born, today) = (day(born), day(today));
            let ahead = |days| Day::Relative(Relative::DaysAhead(days));
            let test = BirthdayTest::Relative { from: ahead(from), until: ahead(from + length) };
            let within = test.spans(today).iter().any(|(from, until)| (*from..=*until).contains(&place(born)));
            prop_assert_eq!(within, test.accepts(&born, today));
        }
    }
}
