//! Amounts of money, in the institution's currency with two decimals. What has no amount cost nothing.

use sea_query::{Expr, ExprTrait};
use serde::{Deserialize, Serialize};

use super::span::{End, Says, Scale, Span};
use crate::sql;

/// The greatest amount that can be compared with, in either direction.
pub const MAX_AMOUNT: f64 = 1e10;

/// What is asked of an amount.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AmountOp {
    /// `=`
    Equals(f64),
    /// `<`
    LessThan(f64),
    /// `≤`
    AtMost(f64),
    /// `>`
    MoreThan(f64),
    /// `≥`
    AtLeast(f64),
    /// Both ends included.
    Between(Amounts),
}

/// A span of amounts, both ends included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amounts {
    /// The least.
    pub from: f64,
    /// The greatest.
    pub until: f64,
}

/// A window of amounts, both ends included; one of them may be left open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmountWindow {
    /// The least; open when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<f64>,
    /// The greatest; open when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<f64>,
}

/// The amounts that pass, in hundredths, both ends included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AmountTest {
    from: Option<i64>,
    until: Option<i64>,
}

impl AmountOp {
    pub(crate) fn check(&self) -> Result<AmountTest, String> {
        let (from, until) = match self {
            Self::Equals(amount) => (Some(hundredths(*amount)?), Some(hundredths(*amount)?)),
            Self::LessThan(amount) => (None, Some(hundredths(*amount)? - 1)),
            Self::AtMost(amount) => (None, Some(hundredths(*amount)?)),
            Self::MoreThan(amount) => (Some(hundredths(*amount)? + 1), None),
            Self::AtLeast(amount) => (Some(hundredths(*amount)?), None),
            Self::Between(Amounts { from, until }) => (Some(hundredths(*from)?), Some(hundredths(*until)?)),
        };
        AmountTest { from, until }.checked()
    }
}

impl AmountWindow {
    pub(crate) fn check(&self) -> Result<AmountTest, String> {
        if self.from.is_none() && self.until.is_none() {
            return Err(
                "`amount` has neither `from` nor `until`; write one of them, or leave it out".to_owned()
            );
        }
        let end = |amount: Option<f64>| amount.map(hundredths).transpose();
        AmountTest { from: end(self.from)?, until: end(self.until)? }.checked()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "below the greatest amount")]
fn hundredths(amount: f64) -> Result<i64, String> {
    let rounded = (amount * 100.0).round();
    // NaN is in neither range.
    if rounded.abs() <= MAX_AMOUNT * 100.0 && (rounded / 100.0 - amount).abs() < 1e-6 {
        return Ok(rounded as i64);
    }
    Err(format!("an amount has two decimals at most, and goes up to {MAX_AMOUNT}"))
}

impl AmountTest {
    fn checked(self) -> Result<Self, String> {
        match (self.from, self.until) {
            (Some(from), Some(until)) if from > until => {
                Err("the last amount is below the first; exchange `from` and `until`".to_owned())
            }
            (Some(_) | None, Some(_) | None) => Ok(self),
        }
    }

    /// Whether so many hundredths pass.
    pub(crate) fn accepts(&self, amount: i64) -> bool {
        self.from.is_none_or(|from| amount >= from) && self.until.is_none_or(|until| amount <= until)
    }

    /// TRUE when the column has an amount that passes.
    pub(crate) fn holds(&self, column: &Expr) -> Expr {
        inside(column, self.from, self.until)
    }

    /// TRUE when the sum passes, or when it does not. Sums are compared as float8, which is exact up to 90 billion; the operators
    /// of numeric are not leakproof.
    pub(crate) fn of_sum(&self, sum: &Expr, passes: bool) -> Expr {
        let (from, until) = (self.from.map(exact), self.until.map(exact));
        if passes {
            inside(sum, from, until)
        } else {
            let from = from.map(|from| sum.clone().lt(from));
            sql::any(from.into_iter().chain(until.map(|until| sum.clone().gt(until))))
        }
    }

    /// What is so of an amount that does not pass, to the hundredth.
    pub(crate) fn denies(&self) -> Says {
        let other_side = match (self.from, self.until) {
            (Some(from), None) => Self { from: None, until: Some(from - 1) },
            (None, Some(until)) => Self { from: Some(until + 1), until: None },
            (Some(_), Some(_)) | (None, None) => return Says::Present,
        };
        Says::Within(other_side.span())
    }

    pub(crate) fn span(&self) -> Span {
        let end = |amount: i64| End { scale: Scale::Number, position: exact(amount), included: true };
        Span { from: self.from.map(end), until: self.until.map(end) }
    }
}

fn inside<T: Into<Expr>>(amount: &Expr, from: Option<T>, until: Option<T>) -> Expr {
    let from = from.map(|from| amount.clone().gte(from));
    sql::all(from.into_iter().chain(until.map(|until| amount.clone().lte(until))))
}

/// As people write it.
pub(crate) fn in_currency(hundredths: i64) -> f64 {
    exact(hundredths) / 100.0
}

#[expect(clippy::cast_precision_loss, reason = "below 2^53")]
const fn exact(hundredths: i64) -> f64 {
    hundredths as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operator_accepts_its_amounts() {
        for (op, accepted) in [
            (AmountOp::Equals(0.1), &[10][..]),
            (AmountOp::LessThan(0.1), &[-5, 0, 9]),
            (AmountOp::AtMost(0.1), &[-5, 0, 9, 10]),
            (AmountOp::MoreThan(0.1), &[11, 2_000]),
            (AmountOp::AtLeast(0.1), &[10, 11, 2_000]),
            (AmountOp::Between(Amounts { from: -0.05, until: 0.0 }), &[-5, 0]),
        ] {
            let test = op.check().expect("a valid operator");
            let passed: Vec<i64> =
                [-5, 0, 9, 10, 11, 2_000].into_iter().filter(|one| test.accepts(*one)).collect();
            assert_eq!(passed, accepted, "{op:?}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for op in [AmountOp::Equals(0.001), AmountOp::AtLeast(f64::NAN), AmountOp::AtMost(1e11)] {
            assert!(op.check().is_err_and(|error| error.contains("two decimals")), "{op:?}");
        }
        let upside_down = AmountOp::Between(Amounts { from: 2.0, until: 1.0 });
        assert!(upside_down.check().is_err_and(|error| error.contains("exchange")));
        assert!(AmountWindow::default().check().is_err_and(|error| error.contains("neither")));
    }
}
