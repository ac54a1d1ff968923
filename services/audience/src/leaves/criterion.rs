//! `{"leaf": "criterion", "code": "genre", "any_of": ["opera"]}`: a custom attribute.
//!
//! The criterion's type decides the operators: those of [`TextOp`](crate::operators::TextOp), of
//! [`NumberOp`](crate::operators::NumberOp), of [`DateOp`](crate::operators::DateOp), [`YesNoOp`] or [`ChoiceOp`]. All but
//! `is_missing` and `is_present` are unknown for a contact without a value.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use model::vocabulary::CriterionType;
use sea_query::{Expr, ExprTrait, SelectStatement};
use serde::Serialize;

use super::stored::{StoredValue, Typed, number, text};
use super::{LeafForm, LeafTest};
use crate::catalogue::{Catalogue, CriterionId};
use crate::explain::{Judgement, Seen};
use crate::facts::{ContactFacts, CriterionFact};
use crate::json::{Fields, RawOperator};
use crate::operators::asked::Asked;
use crate::operators::choice::ChoiceTest;
use crate::operators::span::Says;
use crate::operators::{ChoiceOp, YesNo, YesNoOp};
use crate::sql::{self, Scope};

/// A question about a criterion.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Criterion {
    /// Which criterion.
    pub code: String,
    /// What is asked; its type is known when the criterion is.
    #[serde(flatten)]
    pub op: RawOperator,
}

impl Criterion {
    pub(super) fn read(mut fields: Fields) -> Result<Self, String> {
        Ok(Self { code: fields.required("code")?, op: fields.operator()? })
    }
}

impl LeafForm for Criterion {
    fn check(&self, catalogue: &Catalogue) -> Result<Arc<dyn LeafTest>, String> {
        let criterion = catalogue.criterion(&self.code)?;
        let asked = match criterion.value_type {
            CriterionType::Text => AskedOf::Typed(Typed::text(&self.op)?),
            CriterionType::Number => AskedOf::Typed(Typed::number(&self.op)?),
            CriterionType::Date => AskedOf::Typed(Typed::date(&self.op)?),
            CriterionType::YesNo => AskedOf::YesNo(self.op.read::<YesNoOp>()?.check()),
            CriterionType::OneOf | CriterionType::SeveralOf => {
                AskedOf::Choice(self.op.read::<ChoiceOp>()?.check(criterion)?)
            }
        };
        let value =
            CriterionValue { id: criterion.id, holds_one: criterion.value_type != CriterionType::SeveralOf };
        Ok(Arc::new(CriterionLeaf { code: self.code.clone(), value, asked }))
    }
}

#[derive(Debug)]
struct CriterionLeaf {
    code: String,
    value: CriterionValue,
    asked: AskedOf,
}

#[derive(Debug)]
enum AskedOf {
    Typed(Typed),
    YesNo(Asked<YesNo>),
    Choice(Asked<ChoiceTest>),
}

/// Where the values of a criterion stand.
#[derive(Debug)]
struct CriterionValue {
    id: CriterionId,
    /// Whether a contact has one value at most.
    holds_one: bool,
}

impl StoredValue for CriterionValue {
    fn rows(&self, scope: Scope) -> SelectStatement {
        scope.rows("criterion_value", "v").and_where(sql::column("v", "criterion_id").eq(self.id.0)).take()
    }
}

impl CriterionValue {
    /// There is a value, and it is none of these.
    fn none(&self, scope: Scope, codes: &BTreeSet<String>) -> Expr {
        if self.holds_one {
            return self.exists(scope, sql::outside(text(), codes.iter().cloned().collect::<Vec<_>>()));
        }
        let held = self.rows(scope).and_where(among(codes)).take();
        sql::all([self.present(scope), Expr::not_exists(held)])
    }

    fn choice_holds(&self, asked: &Asked<ChoiceTest>, scope: Scope) -> Expr {
        asked.sql(self.missing(scope), self.present(scope), |test| match test {
            ChoiceTest::Any(codes) => self.exists(scope, among(codes)),
            ChoiceTest::All(codes) => sql::all(codes.iter().map(|code| self.exists(scope, text().eq(code)))),
            ChoiceTest::None(codes) => self.none(scope, codes),
        })
    }

    fn choice_fails(&self, asked: &Asked<ChoiceTest>, scope: Scope) -> Expr {
        asked.sql(self.present(scope), self.missing(scope), |test| match test {
            ChoiceTest::Any(codes) => self.none(scope, codes),
            ChoiceTest::All(codes) => {
                sql::any(codes.iter().map(|code| self.none(scope, &BTreeSet::from([code.clone()]))))
            }
            ChoiceTest::None(codes) => self.exists(scope, among(codes)),
        })
    }
}

fn among(codes: &BTreeSet<String>) -> Expr {
    sql::among(text(), codes.iter().cloned().collect::<Vec<_>>())
}

impl LeafTest for CriterionLeaf {
    fn judge(&self, facts: &ContactFacts, today: NaiveDate) -> Judgement {
        let fact = facts.criteria.get(&self.value.id);
        let truth = match &self.asked {
            AskedOf::Typed(asked) => asked.judge(fact, today),
            AskedOf::YesNo(asked) => asked.judge(fact.and_then(CriterionFact::yes_no), today),
            AskedOf::Choice(asked) => {
                asked.judge_by(fact.and_then(CriterionFact::codes), ChoiceTest::accepts)
            }
        };
        Judgement { truth, seen: Seen::of(fact, CriterionFact::seen) }
    }

    fn holds(&self, scope: Scope) -> Expr {
        match &self.asked {
            AskedOf::Typed(asked) => asked.holds(&self.value, scope),
            AskedOf::YesNo(asked) => self.value.holds(asked, number(), scope),
            AskedOf::Choice(asked) => self.value.choice_holds(asked, scope),
        }
    }

    fn fails(&self, scope: Scope) -> Expr {
        match &self.asked {
            AskedOf::Typed(asked) => asked.fails(&self.value, scope),
            AskedOf::YesNo(asked) => self.value.fails(asked, number(), scope),
            AskedOf::Choice(asked) => self.value.choice_fails(asked, scope),
        }
    }

    fn asks_by_id(&self) -> bool {
        true
    }

    fn says(&self) -> Option<(String, Says)> {
        let says = match &self.asked {
            AskedOf::Typed(asked) => asked.says(),
            AskedOf::YesNo(asked) => asked.says(),
            AskedOf::Choice(Asked::Missing) => Says::Missing,
            AskedOf::Choice(Asked::Present | Asked::Value(_)) => Says::Present,
        };
        Some((format!("criterion `{}`", self.code), says))
    }

    fn denies(&self) -> Option<(String, Says)> {
        let denies = match &self.asked {
            AskedOf::Typed(asked) => asked.denies(),
            AskedOf::YesNo(asked) => asked.denies(),
            AskedOf::Choice(Asked::Present) => Says::Missing,
            AskedOf::Choice(Asked::Missing | Asked::Value(_)) => Says::Present,
        };
        Some((format!("criterion `{}`", self.code), denies))
    }

    fn unknown(&self, scope: Scope) -> Option<Expr> {
        let missing = self.value.missing(scope);
        match &self.asked {
            AskedOf::Typed(asked) => asked.unknown(missing),
            AskedOf::YesNo(asked) => asked.unknown(missing),
            AskedOf::Choice(asked) => asked.unknown(missing),
        }
    }
}
