//! `{"leaf": "bucket", "percent": {"from": 0, "until": 10}}`: a random part of the file that stays the same.
//!
//! Every contact has a place in the file's shuffled order that never changes, so a sample of today is the sample of next
//! month, and two parts that meet at one number share nobody: `until` is not included. Never unknown.

use std::sync::Arc;

use chrono::NaiveDate;
use sea_query::{Expr, ExprTrait};
use serde::{Deserialize, Serialize};

use super::{LeafForm, LeafTest};
use crate::catalogue::Catalogue;
use crate::explain::{Judgement, Seen};
use crate::facts::ContactFacts;
use crate::json::Fields;
use crate::operators::span::{End, Says, Scale, Span};
use crate::sql::{self, Scope};

/// A bucket is a hundredth of a percent.
const BUCKETS_IN_A_PERCENT: f64 = 100.0;
/// More buckets than there are.
const ALL_BUCKETS: i16 = 10_000;

/// A question about the contact's place in the shuffled file.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bucket {
    /// What is asked.
    #[serde(flatten)]
    pub op: BucketOp,
}

/// What is asked of the place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BucketOp {
    /// It lies in this part.
    Percent(Part),
}

/// A part of the file in percent, with two decimals at most: `from` is included, `until` is not.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// 0 is the beginning.
    pub from: f64,
    /// 100 is the end.
    pub until: f64,
}

impl Bucket {
    pub(super) fn read(fields: Fields) -> Result<Self, String> {
        fields.operator()?.read().map(|op| Self { op })
    }
}

impl LeafForm for Bucket {
    fn check(&self, _: &Catalogue) -> Result<Arc<dyn LeafTest>, String> {
        let BucketOp::Percent(Part { from, until }) = self.op;
        let (from, until) = (bucket(from)?, bucket(until)?);
        if from >= until {
            return Err("`until` is not included, so it is above `from`".to_owned());
        }
        if (from, until) == (0, ALL_BUCKETS) {
            return Err("from 0 until 100 is everybody; remove the leaf, or name a part".to_owned());
        }
        Ok(Arc::new(BucketLeaf { from, until }))
    }
}

/// The first bucket of what begins at `percent`.
fn bucket(percent: f64) -> Result<i16, String> {
    let place = (percent * BUCKETS_IN_A_PERCENT).round();
    let exact = (place / BUCKETS_IN_A_PERCENT - percent).abs() < 1e-9;
    // Within the limits the cast is exact.
    #[expect(clippy::cast_possible_truncation, reason = "0 to 10,000")]
    let inside = (0.0..=f64::from(ALL_BUCKETS)).contains(&place).then_some(place as i16);
    inside
        .filter(|_| exact)
        .ok_or_else(|| "a percentage goes from 0 to 100, with two decimals at most".to_owned())
}

/// The buckets `from..until`.
#[derive(Debug)]
struct BucketLeaf {
    from: i16,
    until: i16,
}

impl LeafTest for BucketLeaf {
    fn judge(&self, facts: &ContactFacts, _: NaiveDate) -> Judgement {
        Judgement {
            truth: (self.from..self.until).contains(&facts.bucket).into(),
            seen: Seen::Number(f64::from(facts.bucket) / BUCKETS_IN_A_PERCENT),
        }
    }

    fn holds(&self, _: Scope) -> Expr {
        let place = || sql::contact("bucket");
        sql::all([place().gte(self.from), place().lt(self.until)])
    }

    fn fails(&self, _: Scope) -> Expr {
        let place = || sql::contact("bucket");
        sql::any([place().lt(self.from), place().gte(self.until)])
    }

    fn says(&self) -> Option<(String, Says)> {
        let end =
            |bucket: i16, included| Some(End { scale: Scale::Number, position: bucket.into(), included });
        let span = Span { from: end(self.from, true), until: end(self.until, false) };
        Some(("bucket".to_owned(), Says::Within(span)))
    }

    fn denies(&self) -> Option<(String, Says)> {
        let end =
            |bucket: i16, included| Some(End { scale: Scale::Number, position: bucket.into(), included });
        // A part that begins with the first place or ends with the last is open at that end.
        let span = Span {
            from: end(self.from, true).filter(|_| self.from > 0),
            until: end(self.until, false).filter(|_| self.until < ALL_BUCKETS),
        };
        Some(("bucket".to_owned(), span.outside()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from: f64, until: f64) -> Result<(i16, i16), String> {
        let leaf = Bucket { op: BucketOp::Percent(Part { from, until }) };
        leaf.check(&Catalogue::default()).map(|_| (bucket(from).unwrap_or(-1), bucket(until).unwrap_or(-1)))
    }

    #[test]
    fn a_part_has_two_decimals_and_lies_in_the_file() {
        assert_eq!(check(0.0, 10.0), Ok((0, 1_000)));
        assert_eq!(check(99.99, 100.0), Ok((9_999, 10_000)));
        assert_eq!(check(0.07, 0.29), Ok((7, 29)), "what binary numbers cannot hold exactly");
        for (from, until) in
            [(0.0, 0.0), (10.0, 5.0), (0.0, 100.0), (-1.0, 5.0), (5.0, 101.0), (0.001, 5.0), (0.0, f64::NAN)]
        {
            check(from, until).expect_err("no part");
        }
    }
}
