//! What may be asked of a value that can be missing.

use chrono::NaiveDate;
use sea_query::{Expr, ExprTrait};

use super::span::Says;
use crate::truth::Truth;

/// One question about one value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Asked<T> {
    /// `is_missing`: true without a value, false with one, never unknown.
    Missing,
    /// `is_present`: the opposite, never unknown.
    Present,
    /// Anything else: unknown without a value.
    Value(T),
}

/// A question about a value that is there.
pub(crate) trait ValueTest {
    /// The value in memory.
    type Value: ?Sized;

    /// Whether `value` passes.
    fn accepts(&self, value: &Self::Value, today: NaiveDate) -> bool;

    /// SQL that is TRUE when `column` has a value that passes; FALSE or NULL otherwise.
    fn holds(&self, column: Expr, today: NaiveDate) -> Expr;

    /// SQL that is TRUE when `column` has a value that does not pass; FALSE or NULL otherwise.
    fn fails(&self, column: Expr, today: NaiveDate) -> Expr;

    /// What the test says of its value, as far as the search for contradictions understands it.
    fn says(&self) -> Says {
        Says::Present
    }

    /// What is so of a value that does not pass.
    fn denies(&self) -> Says {
        Says::Present
    }
}

impl<T> Asked<T> {
    /// `missing`, when the answer is unknown without a value.
    pub(crate) fn unknown(&self, missing: Expr) -> Option<Expr> {
        matches!(self, Self::Value(_)).then_some(missing)
    }

    /// The answer for a value that may be missing; `accepts` answers for one that is there.
    pub(crate) fn judge_by<V>(&self, value: Option<V>, accepts: impl FnOnce(&T, V) -> bool) -> Truth {
        match (self, value) {
            (Self::Missing, value) => value.is_none().into(),
            (Self::Present, value) => value.is_some().into(),
            (Self::Value(_), None) => Truth::Unknown,
            (Self::Value(test), Some(value)) => accepts(test, value).into(),
        }
    }

    /// The SQL of one side. For the other side, `missing` and `present` change places and `value` asks for the opposite.
    pub(crate) fn sql(&self, missing: Expr, present: Expr, value: impl FnOnce(&T) -> Expr) -> Expr {
        match self {
            Self::Missing => missing,
            Self::Present => present,
            Self::Value(test) => value(test),
        }
    }
}

impl<T: ValueTest> Asked<T> {
    pub(crate) fn judge(&self, value: Option<&T::Value>, today: NaiveDate) -> Truth {
        self.judge_by(value, |test, value| test.accepts(value, today))
    }

    /// TRUE when the answer is true, for a nullable column.
    pub(crate) fn holds(&self, column: Expr, today: NaiveDate) -> Expr {
        self.sql(column.clone().is_null(), column.clone().is_not_null(), |test| test.holds(column, today))
    }

    /// TRUE when the answer is false, for a nullable column.
    pub(crate) fn fails(&self, column: Expr, today: NaiveDate) -> Expr {
        self.sql(column.clone().is_not_null(), column.clone().is_null(), |test| test.fails(column, today))
    }

    pub(crate) fn says(&self) -> Says {
        match self {
            Self::Missing => Says::Missing,
            Self::Present => Says::Present,
            Self::Value(test) => test.says(),
        }
    }

    pub(crate) fn denies(&self) -> Says {
        match self {
            Self::Missing => Says::Present,
            Self::Present => Says::Missing,
            Self::Value(test) => test.denies(),
        }
    }
}
