//! Operators on the age in whole years, which is a span of birth dates that moves with today. All are unknown without a birth
//! date, but for `is_missing` and `is_present`.
//!
//! A year of age is complete on the birthday; for somebody born on 29 February, in other years, on 1 March.

use serde::{Deserialize, Serialize};

use super::asked::Asked;
use super::date::DateTest;
use super::day::{Day, Relative};
use crate::json::Stated;

/// The greatest age that can be compared with.
pub const MAX_AGE: u32 = 99;

/// What is asked of an age.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgeOp {
    /// So many years or more.
    AtLeast(u32),
    /// So many years or fewer.
    AtMost(u32),
    /// Both ends included.
    Between(Ages),
    /// There is no birth date.
    IsMissing(Stated),
    /// There is a birth date.
    IsPresent(Stated),
}

/// A span of ages, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ages {
    /// The youngest.
    pub from: u32,
    /// The oldest.
    pub until: u32,
}

impl AgeOp {
    /// The birth dates that are meant.
    pub(crate) fn check(&self) -> Result<Asked<DateTest>, String> {
        let (youngest, oldest) = match *self {
            Self::IsMissing(Stated) => return Ok(Asked::Missing),
            Self::IsPresent(Stated) => return Ok(Asked::Present),
            Self::AtLeast(age) => (Some(age), None),
            Self::AtMost(age) => (None, Some(age)),
            Self::Between(Ages { from, until }) => (Some(from), Some(until)),
        };
        if youngest.max(oldest).is_some_and(|age| age > MAX_AGE) {
            return Err(format!("an age goes up to {MAX_AGE} years"));
        }
        if youngest.zip(oldest).is_some_and(|(youngest, oldest)| youngest > oldest) {
            return Err("the last age is below the first; exchange `from` and `until`".to_owned());
        }
        // Whoever has turned `oldest + 1` is too old.
        let after = oldest.map(|oldest| birthday(oldest + 1));
        DateTest::after_until(after, youngest.map(birthday)).map(Asked::Value)
    }
}

/// The birth date of somebody who turns so old today.
const fn birthday(age: u32) -> Day {
    Day::Relative(Relative::MonthsAgo(12 * age))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::asked::ValueTest;
    use chrono::NaiveDate;
    use proptest::prelude::*;

    fn accepts(op: &AgeOp, born: NaiveDate, today: NaiveDate) -> bool {
        match op.check().expect("a valid operator") {
            Asked::Value(test) => test.accepts(&born, today),
            Asked::Missing | Asked::Present => panic!("an operator with a literal was meant"),
        }
    }

    fn day(days: i32) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(days).expect("a day")
    }

    #[test]
    fn a_year_is_complete_on_the_birthday() {
        let date = |text: &str| text.parse::<NaiveDate>().expect("a date");
        for (born, today, of_age) in [
            ("2006-05-01", "2024-04-30", false),
            ("2006-05-01", "2024-05-01", true),
            ("2004-02-29", "2022-02-28", false),
            ("2004-02-29", "2022-03-01", true),
            ("2006-02-28", "2024-02-29", true),
        ] {
            assert_eq!(accepts(&AgeOp::AtLeast(18), date(born), date(today)), of_age, "{born} on {today}");
        }
    }

    #[test]
    fn what_cannot_be_an_age_is_refused() {
        assert!(AgeOp::AtLeast(100).check().is_err_and(|error| error.contains("up to 99")));
        let upside_down = AgeOp::Between(Ages { from: 30, until: 20 });
        assert!(upside_down.check().is_err_and(|error| error.contains("exchange")));
    }

    proptest! {
        /// The span of birth dates is the count of birthdays.
        #[test]
        fn the_span_agrees_with_counted_birthdays(born in 693_600..738_000_i32, lived in 0..36_500_i32, one in 0..=MAX_AGE, other in 0..=MAX_AGE) {
            let (born, today) = (day(born), day(born + lived));
            let age = today.years_since(born).expect("born before");
            let (from, until) = (one.min(other), one.max(other));
            prop_assert_eq!(accepts(&AgeOp::AtLeast(one), born, today), age >= one);
            prop_assert_eq!(accepts(&AgeOp::AtMost(one), born, today), age <= one);
            prop_assert_eq!(accepts(&AgeOp::Between(Ages { from, until }), born, today), (from..=until).contains(&age));
        }
    }
}
