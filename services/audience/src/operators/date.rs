//! Operators on dates, and windows of days. All operators are unknown when the date is missing, but for `is_missing` and
//! `is_present`. `before` and `after` exclude the named day, `between` and windows include both ends.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use sea_query::{Expr, ExprTrait};
use serde::{Deserialize, Serialize};

use super::asked::{Asked, ValueTest};
use super::day::Day;
use super::span::{Says, Span};
use crate::json::Stated;
use crate::sql::{self, Scope};

/// What is asked of a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOp {
    /// Earlier than this day. `before {"months_ago": N}` is "inactive for N months" (TI-03).
    Before(Day),
    /// Later than this day.
    After(Day),
    /// This day.
    On(Day),
    /// From one day to another, both included.
    Between(Days),
    /// There is no date.
    IsMissing(Stated),
    /// There is a date.
    IsPresent(Stated),
}

/// A span of days, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Days {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub until: Day,
}

/// A window of days, both ends included; one of them may be left open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The first day; open when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last day; open when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
}

/// The days that pass: a window with ends that may be excluded.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DateTest {
    from: Option<(Day, Ends)>,
    until: Option<(Day, Ends)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    Included,
    Excluded,
}

impl DateOp {
    pub(crate) fn check(&self) -> Result<Asked<DateTest>, String> {
        let included = |day| Some((day, Ends::Included));
        let excluded = |day| Some((day, Ends::Excluded));
        let (from, until) = match self {
            Self::IsMissing(Stated) => return Ok(Asked::Missing),
            Self::IsPresent(Stated) => return Ok(Asked::Present),
            Self::Before(day) => (None, excluded(*day)),
            Self::After(day) => (excluded(*day), None),
            Self::On(day) => (included(*day), included(*day)),
            Self::Between(Days { from, until }) => (included(*from), included(*until)),
        };
        DateTest { from, until }.checked().map(Asked::Value)
    }
}

impl Window {
    /// Every day, when the window is open at both ends.
    pub(crate) fn check(&self) -> Result<DateTest, String> {
        if self.from.is_none() && self.until.is_none() {
            return Err(
                "the window has neither `from` nor `until`; write one of them, or leave the window out"
                    .to_owned(),
            );
        }
        let included = |day: Option<Day>| day.map(|day| (day, Ends::Included));
        DateTest { from: included(self.from), until: included(self.until) }.checked()
    }
}

impl DateTest {
    /// Later than `after`, and no later than `until`.
    pub(crate) fn after_until(after: Option<Day>, until: Option<Day>) -> Result<Self, String> {
        Self { from: after.map(|day| (day, Ends::Excluded)), until: until.map(|day| (day, Ends::Included)) }
            .checked()
    }

    fn checked(self) -> Result<Self, String> {
        for (day, _) in self.from.iter().chain(&self.until) {
            day.check()?;
        }
        if self.span().is_empty() {
            return Err("the last day is before the first; exchange `from` and `until`".to_owned());
        }
        Ok(self)
    }

    /// TRUE when the instant in `column` lies on a day that passes: from the first moment of one day in the institution's zone
    /// on, and before the first moment of another.
    pub(crate) fn holds_at(&self, column: &Expr, scope: Scope) -> Expr {
        let begins = |day: Day| begin(day.on(scope.today), scope.zone);
        let over = |day: Day| begin(day.on(scope.today).succ_opt().unwrap_or(NaiveDate::MAX), scope.zone);
        let from = self.from.map(|(day, ends)| match ends {
            Ends::Included => begins(day),
            Ends::Excluded => over(day),
        });
        let until = self.until.map(|(day, ends)| match ends {
            Ends::Included => over(day),
            Ends::Excluded => begins(day),
        });
        let from = from.map(|from| column.clone().gte(from));
        sql::all(from.into_iter().chain(until.map(|until| column.clone().lt(until))))
    }

    fn span(&self) -> Span {
        let end = |(day, ends): (Day, Ends)| day.end(ends == Ends::Included);
        Span { from: self.from.map(end), until: self.until.map(end) }
    }
}

/// The first moment of a day. Where the clock is put forward at midnight, that is when it stands again.
fn begin(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    let moment = |after: i64| zone.from_local_datetime(&(midnight + TimeDelta::minutes(after))).earliest();
    // No zone has skipped more than a day, and only a few have skipped a whole one.
    let found = (0..=24 * 60).step_by(15).find_map(moment);
    found.map_or_else(|| midnight.and_utc(), |moment| moment.with_timezone(&Utc))
}

impl ValueTest for DateTest {
    type Value = NaiveDate;

    fn accepts(&self, value: &NaiveDate, today: NaiveDate) -> bool {
        let late_enough = self.from.is_none_or(|(day, ends)| match ends {
            Ends::Included => *value >= day.on(today),
            Ends::Excluded => *value > day.on(today),
        });
        let early_enough = self.until.is_none_or(|(day, ends)| match ends {
            Ends::Included => *value <= day.on(today),
            Ends::Excluded => *value < day.on(today),
        });
        late_enough && early_enough
    }

    fn holds(&self, column: Expr, today: NaiveDate) -> Expr {
        if self.from == self.until
            && let Some((day, _)) = self.from
        {
            return column.eq(day.on(today));
        }
        let from = self.from.map(|(day, ends)| match ends {
            Ends::Included => column.clone().gte(day.on(today)),
            Ends::Excluded => column.clone().gt(day.on(today)),
        });
        let until = self.until.map(|(day, ends)| match ends {
            Ends::Included => column.clone().lte(day.on(today)),
            Ends::Excluded => column.clone().lt(day.on(today)),
        });
        sql::all(from.into_iter().chain(until))
    }

    fn fails(&self, column: Expr, today: NaiveDate) -> Expr {
        if self.from == self.until
            && let Some((day, _)) = self.from
        {
            return column.ne(day.on(today));
        }
        let too_early = self.from.map(|(day, ends)| match ends {
            Ends::Included => column.clone().lt(day.on(today)),
            Ends::Excluded => column.clone().lte(day.on(today)),
        });
        let too_late = self.until.map(|(day, ends)| match ends {
            Ends::Included => column.clone().gt(day.on(today)),
            Ends::Excluded => column.clone().gte(day.on(today)),
        });
        sql::any(too_early.into_iter().chain(too_late))
    }

    fn says(&self) -> Says {
        Says::Within(self.span())
    }

    fn denies(&self) -> Says {
        self.span().outside()
    }
}
