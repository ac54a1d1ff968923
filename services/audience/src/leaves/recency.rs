//! `{"leaf": "recency", "before": {"months_ago": 24}}`: the day of the last qualifying activity, else of the creation.
//!
//! The operators are those of [`DateOp`]; `is_missing` is "recency unknown": neither a qualifying activity nor a
//! creation date. Such a contact is never "inactive": comparisons with its recency are unknown. Recency may lie in the future.
//! With `organisation` it is the day of the last qualifying activity with that organisation, and `is_missing` where there is none:
//! what the organisation knows of the contact, while retention always asks for the institution's.
//! `before {"months_ago": N}` is the cutoff of TI-03, and a literal day is read as `AAAAMMJJ` (TI-04).

use std::sync::Arc;

use chrono::NaiveDate;
use model::ids::OrganisationId;
use sea_query::{Expr, ExprTrait, Func, SelectStatement};
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
    /// With which organisation; with any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// What is asked.
    #[serde(flatten)]
    pub op: DateOp,
}

impl Recency {
    pub(super) fn read(mut fields: Fields) -> Result<Self, String> {
        Ok(Self { organisation: fields.optional("organisation")?, op: fields.operator()?.read()? })
    }
}

impl LeafForm for Recency {
    fn check(&self, catalogue: &Catalogue) -> Result<Arc<dyn LeafTest>, String> {
        let asked = self.op.check()?;
        Ok(match &self.organisation {
            None => Arc::new(RecencyLeaf(asked)),
            Some(name) => Arc::new(WithOrganisation { organisation: catalogue.organisation(name)?, asked }),
        })
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

    fn denies(&self) -> Option<(String, Says)> {
        Some(("recency".to_owned(), self.0.denies()))
    }

    fn unknown(&self, scope: Scope) -> Option<Expr> {
        self.0.unknown(missing(scope))
    }
}

#[derive(Debug)]
struct WithOrganisation {
    organisation: OrganisationId,
    asked: Asked<DateTest>,
}

fn counting_day() -> Expr {
    sql::column("a", "counts_on")
}

impl WithOrganisation {
    fn counting(&self, mut activities: SelectStatement) -> SelectStatement {
        activities
            .and_where(sql::column("a", "organisation_id").eq(self.organisation.0))
            .and_where(counting_day().is_not_null());
        activities
    }

    fn there_is_one(&self, scope: Scope, wanted: bool) -> Expr {
        sql::presence(self.counting(scope.rows("activity", "a")), wanted)
    }

    /// The last of them meets the condition.
    fn last(&self, scope: Scope, condition: Expr) -> Expr {
        let activities = self.counting(scope.facts("activity", "a"));
        sql::presence(sql::grouped(activities, "a", condition), true)
    }
}

impl LeafTest for WithOrganisation {
    fn judge(&self, facts: &ContactFacts, today: NaiveDate) -> Judgement {
        let with = facts.activities.iter().filter(|fact| fact.organisation == self.organisation);
        let last = with.filter_map(|fact| fact.counts_on).max();
        Judgement { truth: self.asked.judge(last.as_ref(), today), seen: Seen::of(last, Seen::Date) }
    }

    fn holds(&self, scope: Scope) -> Expr {
        let last = || Func::max(counting_day()).into();
        let value = |test: &DateTest| self.last(scope, test.holds(last(), scope.today));
        self.asked.sql(self.there_is_one(scope, false), self.there_is_one(scope, true), value)
    }

    fn fails(&self, scope: Scope) -> Expr {
        let last = || Func::max(counting_day()).into();
        let value = |test: &DateTest| self.last(scope, test.fails(last(), scope.today));
        self.asked.sql(self.there_is_one(scope, true), self.there_is_one(scope, false), value)
    }

    fn asks_by_id(&self) -> bool {
        true
    }

    fn unknown(&self, scope: Scope) -> Option<Expr> {
        self.asked.unknown(self.there_is_one(scope, false))
    }

    fn says(&self) -> Option<(String, Says)> {
        Some((format!("recency with {}", self.organisation), self.asked.says()))
    }

    fn denies(&self) -> Option<(String, Says)> {
        Some((format!("recency with {}", self.organisation), self.asked.denies()))
    }
}
