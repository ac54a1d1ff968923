//! Holidays as rules, computed for any year (TI-09).

use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use serde::{Deserialize, Deserializer};

/// A day that comes every year.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Holiday {
    /// The same date each year.
    Date {
        /// As `MM-DD`.
        #[serde(deserialize_with = "month_and_day")]
        on: (u32, u32),
        /// What people call it.
        name: String,
        /// Where it is kept; everywhere when absent.
        region: Option<String>,
    },
    /// So many days after Easter Sunday; negative: before.
    Easter {
        /// 1 is Easter Monday.
        after_easter: i32,
        /// As above.
        name: String,
        /// As above.
        region: Option<String>,
    },
    /// The last Monday before a date.
    MondayBefore {
        /// As `MM-DD`; not itself.
        #[serde(deserialize_with = "month_and_day")]
        monday_before: (u32, u32),
        /// As above.
        name: String,
    },
    /// One of the Mondays of a month.
    MondayOf {
        /// As `MM`.
        #[serde(deserialize_with = "month")]
        monday_of: u32,
        /// 1 is the first.
        nth: u32,
        /// As above.
        name: String,
    },
}

impl Holiday {
    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Date { name, .. }
            | Self::Easter { name, .. }
            | Self::MondayBefore { name, .. }
            | Self::MondayOf { name, .. } => name,
        }
    }

    /// Whether it is on this day.
    #[must_use]
    pub fn falls_on(&self, day: NaiveDate) -> bool {
        self.in_year(day.year()) == Some(day)
    }

    fn in_year(&self, year: i32) -> Option<NaiveDate> {
        match self {
            Self::Date { on: (month, day), .. } => NaiveDate::from_ymd_opt(year, *month, *day),
            Self::Easter { after_easter, .. } => {
                let shift = Days::new(u64::from(after_easter.unsigned_abs()));
                let sunday = easter(year)?;
                if *after_easter < 0 {
                    sunday.checked_sub_days(shift)
                } else {
                    sunday.checked_add_days(shift)
                }
            }
            Self::MondayBefore { monday_before: (month, day), .. } => {
                let eve = NaiveDate::from_ymd_opt(year, *month, *day)?.pred_opt()?;
                eve.checked_sub_days(Days::new(u64::from(eve.weekday().num_days_from_monday())))
            }
            Self::MondayOf { monday_of, nth, .. } => {
                NaiveDate::from_weekday_of_month_opt(year, *monday_of, Weekday::Mon, u8::try_from(*nth).ok()?)
            }
        }
    }
}

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm); `None` outside the years that dates can hold.
#[must_use]
pub fn easter(year: i32) -> Option<NaiveDate> {
    let century = year.div_euclid(100);
    let moon = year.rem_euclid(19);
    let correction = century - century / 4 - (century - (century - 17) / 25) / 3 + 19 * moon + 15;
    let epact = correction.rem_euclid(30);
    let full_moon = epact - (epact / 28) * (1 - (29 / (epact + 1)) * ((21 - moon) / 11));
    let weekday = (year + year.div_euclid(4) + full_moon + 2 - century + century / 4).rem_euclid(7);
    // As a day of March, which may be one of April.
    let days = u64::try_from(full_moon - weekday + 28).ok()?;
    NaiveDate::from_ymd_opt(year, 3, 1)?.checked_add_days(Days::new(days.checked_sub(1)?))
}

fn month_and_day<'de, D: Deserializer<'de>>(text: D) -> Result<(u32, u32), D::Error> {
    let text = String::deserialize(text)?;
    // 2000 is a leap year: a holiday on the 29th of February is one every four years.
    NaiveDate::parse_from_str(&format!("2000-{text}"), "%Y-%m-%d")
        .map(|day| (day.month(), day.day()))
        .map_err(serde::de::Error::custom)
}

fn month<'de, D: Deserializer<'de>>(text: D) -> Result<u32, D::Error> {
    let text = String::deserialize(text)?;
    match text.parse() {
        Ok(month @ 1..=12) => Ok(month),
        Ok(_) | Err(_) => Err(serde::de::Error::custom(format!("{text} is no month"))),
    }
}
