//! `{"leaf": "recency", "before": {"months_ago": 24}}`: the day of the last qualifying activity, else of the creation.
//!
//! The operators are those of [`DateOp`]; `is_missing` is "recency unknown": neither a qualifying activity nor a
//! creation date. Such a contact is never "inactive": comparisons with its recency are unknown. Recency may lie in the future.
//! `before {"months_ago": N}` is the cutoff of TI-03, and a literal day is read as `AAAAMMJJ` (TI-04).

use std::sync::Arc;

use chrono::NaiveDate;
use sea_query::{Expr, ExprTrait};
use serde::Serialize;

use super::{LeafForm, LeafTest};
use crate::catalogue::Catalogue;
use crate::explain::{Judgement, Seen};
use crate::facts::ContactFacts;
use crate::json::Fields;
use crate::operators::DateOp;
use crate::operators::asked::{Asked, ValueTest};
use crate::operators::date::DateTest;
use crate::operators::span::Says;
use crate::sql::{self, Scope};

/// A question about recency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recency {
    /// What is asked.
    #[serde(flatten)]
    pub op: DateOp,
}

impl Recency {
    pub(super) fn read(fields: Fields) -> Result<Self, String> {
        fields.operator()?.read().map(|op| Self { op })
    }
}

impl LeafForm for Recency {
    fn check(&self, _: &Catalogue) -> Result<Arc<dyn LeafTest>, String> {
        Ok(Arc::new(RecencyLeaf(self.op.check()?)))
    }
}

#[derive(Debug)]
struct RecencyLeaf(Asked<DateTest>);

fn day() -> Expr {
    sql::column("r", "counts_on")
}

/// The contact has a recency for which `condition` holds.
fn exists(scope: Scope, condition: Expr) -> Expr {
    Expr::exists(scope.rows("recency", "r").and_where(condition).take())
}

fn present(scope: Scope) -> Expr {
    exists(scope, day().is_not_null())
}

fn missing(scope: Scope) -> Expr {
    Expr::not_exists(scope.rows("recency", "r").and_where(day().is_not_null()).take())
}

impl LeafTest for RecencyLeaf {
    fn judge(&self, facts: &ContactFacts, today: NaiveDate) -> Judgement {
        Judgement {
            truth: self.0.judge(facts.recency.as_ref(), today),
            seen: Seen::of(facts.recency, Seen::Date),
        }
    }

    fn holds(&self, scope: Scope) -> Expr {
        let value = |test: &DateTest| exists(scope, test.holds(day(), scope.today));
        self.0.sql(missing(scope), present(scope), value)
    }

    fn fails(&self, scope: Scope) -> Expr {
        let value = |test: &DateTest| exists(scope, test.fails(day(), scope.today));
        self.0.sql(present(scope), missing(scope), value)
    }

    fn asks_by_id(&self) -> bool {
        true
    }

    fn says(&self) -> Option<(String, Says)> {
        Some(("recency".to_owned(), self.0.says()))
    }
}
