//! When marketing texts may leave (SM-35): the local time of the recipient decides, at submission.

use chrono::{Datelike as _, NaiveDateTime, NaiveTime, Weekday};
use serde::{Deserialize, Deserializer};

/// The days and hours of a country.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsWindow {
    /// On these days.
    pub weekdays: Vec<Weekday>,
    /// Also when they are public holidays.
    pub holidays: bool,
    /// From this local time, included.
    #[serde(deserialize_with = "clock")]
    pub from: NaiveTime,
    /// Until this local time, not included.
    #[serde(deserialize_with = "clock")]
    pub until: NaiveTime,
    /// An institution may extend `until` to this, and no further.
    #[serde(deserialize_with = "clock")]
    pub latest: NaiveTime,
}

impl SmsWindow {
    /// Whether a text may be submitted at this local time of the recipient, on a day that is a holiday there or not.
    #[must_use]
    pub fn admits(&self, local: NaiveDateTime, is_holiday: bool) -> bool {
        self.weekdays.contains(&local.weekday())
            && (self.holidays || !is_holiday)
            && (self.from..self.until).contains(&local.time())
    }
}

fn clock<'de, D: Deserializer<'de>>(text: D) -> Result<NaiveTime, D::Error> {
    let text = String::deserialize(text)?;
    NaiveTime::parse_from_str(&text, "%H:%M").map_err(serde::de::Error::custom)
}
