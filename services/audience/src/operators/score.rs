//! Operators on a score from 1 to 5. All are unknown without one, but for `is_missing` and `is_present`.

use chrono::NaiveDate;
use model::score::RANGE;
use sea_query::{Expr, ExprTrait};
use serde::{Deserialize, Serialize};

use super::asked::{Asked, ValueTest};
use super::span::{End, Says, Scale, Span};
use crate::json::Stated;
use crate::sql;

/// What is asked of a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScoreOp {
    /// This one.
    Equals(i16),
    /// This one or a higher one.
    AtLeast(i16),
    /// This one or a lower one.
    AtMost(i16),
    /// Both ends included.
    Between(ScoreSpan),
    /// There is none.
    IsMissing(Stated),
    /// There is one.
    IsPresent(Stated),
}

/// A span of scores, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreSpan {
    /// The lowest.
    pub from: i16,
    /// The highest.
    pub until: i16,
}

/// The scores that pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScoreTest {
    from: i16,
    until: i16,
}

impl ScoreOp {
    pub(crate) fn check(&self) -> Result<Asked<ScoreTest>, String> {
        let (lowest, highest) = (*RANGE.start(), *RANGE.end());
        let (from, until) = match *self {
            Self::IsMissing(Stated) => return Ok(Asked::Missing),
            Self::IsPresent(Stated) => return Ok(Asked::Present),
            Self::Equals(score) => (score, score),
            Self::AtLeast(score) => (score, highest),
            Self::AtMost(score) => (lowest, score),
            Self::Between(ScoreSpan { from, until }) => (from, until),
        };
        if !RANGE.contains(&from) || !RANGE.contains(&until) {
            return Err(format!("a score goes from {lowest} to {highest}"));
        }
        if from > until {
            return Err("the highest score is below the lowest; exchange `from` and `until`".to_owned());
        }
        if (from, until) == (lowest, highest) {
            return Err("every score passes; remove the leaf, or use `is_present`".to_owned());
        }
        Ok(Asked::Value(ScoreTest { from, until }))
    }
}

impl ValueTest for ScoreTest {
    type Value = i16;

    fn accepts(&self, value: &i16, _: NaiveDate) -> bool {
        (self.from..=self.until).contains(value)
    }

    fn holds(&self, column: Expr, _: NaiveDate) -> Expr {
        sql::all([column.clone().gte(self.from), column.lte(self.until)])
    }

    fn fails(&self, column: Expr, _: NaiveDate) -> Expr {
        sql::any([column.clone().lt(self.from), column.gt(self.until)])
    }

    fn says(&self) -> Says {
        Says::Within(self.span())
    }

    fn denies(&self) -> Says {
        self.span().outside()
    }
}

impl ScoreTest {
    fn span(&self) -> Span {
        let end = |score: i16| Some(End { scale: Scale::Number, position: score.into(), included: true });
        Span { from: end(self.from), until: end(self.until) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_score_or_every_score_is_refused() {
        for (op, why) in [
            (ScoreOp::Equals(0), "from 1 to 5"),
            (ScoreOp::AtLeast(6), "from 1 to 5"),
            (ScoreOp::AtLeast(1), "every score"),
            (ScoreOp::AtMost(5), "every score"),
            (ScoreOp::Between(ScoreSpan { from: 4, until: 2 }), "exchange"),
        ] {
            let error = op.check().expect_err(why);
            assert!(error.contains(why), "{error}");
        }
    }
}
