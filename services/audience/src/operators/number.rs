//! Operators on numbers. All are unknown when the value is missing, but for `is_missing` and `is_present`.

use chrono::NaiveDate;
use sea_query::{Expr, ExprTrait};
use serde::{Deserialize, Serialize};

use super::asked::{Asked, ValueTest};
use super::span::{End, Says, Scale, Span};
use crate::json::Stated;
use crate::sql;

/// What is asked of a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberOp {
    /// `=`
    Equals(f64),
    /// There is a number, and it is another one.
    NotEquals(f64),
    /// `<`
    LessThan(f64),
    /// `≤`
    AtMost(f64),
    /// `>`
    MoreThan(f64),
    /// `≥`
    AtLeast(f64),
    /// Both ends included.
    Between(Numbers),
    /// There is no number.
    IsMissing(Stated),
    /// There is a number.
    IsPresent(Stated),
}

/// A span of numbers, both ends included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbers {
    /// The least.
    pub from: f64,
    /// The greatest.
    pub until: f64,
}

/// A [`NumberOp`] that asks for a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NumberTest {
    Equals(f64),
    NotEquals(f64),
    LessThan(f64),
    AtMost(f64),
    MoreThan(f64),
    AtLeast(f64),
    Between(f64, f64),
}

impl NumberOp {
    pub(crate) fn check(&self) -> Result<Asked<NumberTest>, String> {
        let test = match self {
            Self::IsMissing(Stated) => return Ok(Asked::Missing),
            Self::IsPresent(Stated) => return Ok(Asked::Present),
            Self::Equals(number) => NumberTest::Equals(*number),
            Self::NotEquals(number) => NumberTest::NotEquals(*number),
            Self::LessThan(number) => NumberTest::LessThan(*number),
            Self::AtMost(number) => NumberTest::AtMost(*number),
            Self::MoreThan(number) => NumberTest::MoreThan(*number),
            Self::AtLeast(number) => NumberTest::AtLeast(*number),
            Self::Between(Numbers { from, until }) => NumberTest::Between(*from, *until),
        };
        match test.says() {
            Says::Within(span) if span.is_empty() => {
                Err("`between` ends before it begins; exchange `from` and `until`".to_owned())
            }
            Says::Missing | Says::Present | Says::Exactly(_) | Says::Other(_) | Says::Within(_) => {
                Ok(Asked::Value(test))
            }
        }
    }
}

impl NumberTest {
    /// What passes, when that is one span.
    const fn span(&self) -> Option<Span> {
        const fn end(position: f64, included: bool) -> Option<End> {
            Some(End { scale: Scale::Number, position, included })
        }
        let (from, until) = match *self {
            Self::NotEquals(_) => return None,
            Self::Equals(number) => (end(number, true), end(number, true)),
            Self::LessThan(number) => (None, end(number, false)),
            Self::AtMost(number) => (None, end(number, true)),
            Self::MoreThan(number) => (end(number, false), None),
            Self::AtLeast(number) => (end(number, true), None),
            Self::Between(from, until) => (end(from, true), end(until, true)),
        };
        Some(Span { from, until })
    }
}

impl ValueTest for NumberTest {
    type Value = f64;

    fn accepts(&self, value: &f64, _: NaiveDate) -> bool {
        match self {
            Self::Equals(number) => value == number,
            Self::NotEquals(number) => value != number,
            Self::LessThan(number) => value < number,
            Self::AtMost(number) => value <= number,
            Self::MoreThan(number) => value > number,
            Self::AtLeast(number) => value >= number,
            Self::Between(from, until) => (*from..=*until).contains(value),
        }
    }

    fn holds(&self, column: Expr, _: NaiveDate) -> Expr {
        match *self {
            Self::Equals(number) => column.eq(number),
            Self::NotEquals(number) => column.ne(number),
            Self::LessThan(number) => column.lt(number),
            Self::AtMost(number) => column.lte(number),
            Self::MoreThan(number) => column.gt(number),
            Self::AtLeast(number) => column.gte(number),
            Self::Between(from, until) => sql::all([column.clone().gte(from), column.lte(until)]),
        }
    }

    fn fails(&self, column: Expr, _: NaiveDate) -> Expr {
        match *self {
            Self::Equals(number) => column.ne(number),
            Self::NotEquals(number) => column.eq(number),
            Self::LessThan(number) => column.gte(number),
            Self::AtMost(number) => column.gt(number),
            Self::MoreThan(number) => column.lte(number),
            Self::AtLeast(number) => column.lt(number),
            Self::Between(from, until) => sql::any([column.clone().lt(from), column.gt(until)]),
        }
    }

    fn says(&self) -> Says {
        self.span().map_or(Says::Present, Says::Within)
    }

    fn denies(&self) -> Says {
        match *self {
            Self::NotEquals(number) => Self::Equals(number).says(),
            Self::Equals(_)
            | Self::LessThan(_)
            | Self::AtMost(_)
            | Self::MoreThan(_)
            | Self::AtLeast(_)
            | Self::Between(..) => self.span().map_or(Says::Present, |span| span.outside()),
        }
    }
}
