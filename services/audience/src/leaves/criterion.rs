//! `{"leaf": "criterion", "code": "genre", "any_of": ["opera"]}`: a custom attribute.
//!
//! The criterion's type decides the operators: [`TextOp`], [`NumberOp`], [`DateOp`], [`YesNoOp`] or [`ChoiceOp`]. All but
//! `is_missing` and `is_present` are unknown for a contact without a value.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use model::vocabulary::CriterionType;
use sea_query::{Expr, ExprTrait, SelectStatement};
use serde::Serialize;

use super::{LeafForm, LeafTest};
use crate::catalogue::{Catalogue, CriterionId};
use crate::explain::{Judgement, Seen};
use crate::facts::{ContactFacts, CriterionFact};
use crate::json::{Fields, RawOperator};
use crate::operators::asked::{Asked, ValueTest};
use crate::operators::choice::ChoiceTest;
use crate::operators::date::DateTest;
use crate::operators::number::NumberTest;
use crate::operators::span::Says;
use crate::operators::text::{TextForm, TextTest};
use crate::operators::{ChoiceOp, DateOp, NumberOp, TextOp, YesNo, YesNoOp};
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
            CriterionType::Text => Typed::Text(self.op.read::<TextOp>()?.check(TextForm::Normalised)?),
            CriterionType::Number => Typed::Number(self.op.read::<NumberOp>()?.check()?),
            CriterionType::Date => Typed::Date(self.op.read::<DateOp>()?.check()?),
            CriterionType::YesNo => Typed::YesNo(self.op.read::<YesNoOp>()?.check()),
            CriterionType::OneOf | CriterionType::SeveralOf => {
                Typed::Choice(self.op.read::<ChoiceOp>()?.check(criterion)?)
            }
        };
        let holds_one = criterion.value_type != CriterionType::SeveralOf;
        Ok(Arc::new(CriterionLeaf { code: self.code.clone(), id: criterion.id, holds_one, asked }))
    }
}

#[derive(Debug)]
struct CriterionLeaf {
    code: String,
    id: CriterionId,
    /// Whether a contact has one value at most.
    holds_one: bool,
    asked: Typed,
}

#[derive(Debug)]
enum Typed {
    Text(Asked<TextTest>),
    Number(Asked<NumberTest>),
    Date(Asked<DateTest>),
    YesNo(Asked<YesNo>),
    Choice(Asked<ChoiceTest>),
}

fn text() -> Expr {
    sql::column("v", "v_text")
}

fn number() -> Expr {
    sql::column("v", "v_num")
}

fn date() -> Expr {
    sql::column("v", "v_date")
}

impl CriterionLeaf {
    fn rows(&self, scope: Scope) -> SelectStatement {
        scope.rows("criterion_value", "v").and_where(sql::column("v", "criterion_id").eq(self.id.0)).take()
    }

    fn present(&self, scope: Scope) -> Expr {
        Expr::exists(self.rows(scope))
    }

    fn missing(&self, scope: Scope) -> Expr {
        Expr::not_exists(self.rows(scope))
    }

    fn exists(&self, scope: Scope, condition: Expr) -> Expr {
        Expr::exists(self.rows(scope).and_where(condition).take())
    }

    /// There is a value, and it is none of these.
    fn none(&self, scope: Scope, codes: &BTreeSet<String>) -> Expr {
        if self.holds_one {
            return self.exists(scope, sql::outside(text(), codes.iter().cloned().collect::<Vec<_>>()));
        }
        let held = self.rows(scope).and_where(among(codes)).take();
        sql::all([self.present(scope), Expr::not_exists(held)])
    }

    fn value_holds<T: ValueTest>(&self, asked: &Asked<T>, column: Expr, scope: Scope) -> Expr {
        let value = |test: &T| self.exists(scope, test.holds(column, scope.today));
        asked.sql(self.missing(scope), self.present(scope), value)
    }

    fn value_fails<T: ValueTest>(&self, asked: &Asked<T>, column: Expr, scope: Scope) -> Expr {
        let value = |test: &T| self.exists(scope, test.fails(column, scope.today));
        asked.sql(self.present(scope), self.missing(scope), value)
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
        let fact = facts.criteria.get(&self.id);
        let truth = match &self.asked {
            Typed::Text(asked) => asked.judge(fact.and_then(CriterionFact::text), today),
            Typed::Number(asked) => asked.judge(fact.and_then(CriterionFact::number), today),
            Typed::Date(asked) => asked.judge(fact.and_then(CriterionFact::date), today),
            Typed::YesNo(asked) => asked.judge(fact.and_then(CriterionFact::yes_no), today),
            Typed::Choice(asked) => asked.judge_by(fact.and_then(CriterionFact::codes), ChoiceTest::accepts),
        };
        Judgement { truth, seen: Seen::of(fact, CriterionFact::seen) }
    }

    fn holds(&self, scope: Scope) -> Expr {
        match &self.asked {
            Typed::Text(asked) => self.value_holds(asked, text(), scope),
            Typed::Number(asked) => self.value_holds(asked, number(), scope),
            Typed::Date(asked) => self.value_holds(asked, date(), scope),
            Typed::YesNo(asked) => self.value_holds(asked, number(), scope),
            Typed::Choice(asked) => self.choice_holds(asked, scope),
        }
    }

    fn fails(&self, scope: Scope) -> Expr {
        match &self.asked {
            Typed::Text(asked) => self.value_fails(asked, text(), scope),
            Typed::Number(asked) => self.value_fails(asked, number(), scope),
            Typed::Date(asked) => self.value_fails(asked, date(), scope),
            Typed::YesNo(asked) => self.value_fails(asked, number(), scope),
            Typed::Choice(asked) => self.choice_fails(asked, scope),
        }
    }

    fn asks_by_id(&self) -> bool {
        true
    }

    fn says(&self) -> Option<(String, Says)> {
        let says = match &self.asked {
            Typed::Text(asked) => asked.says(),
            Typed::Number(asked) => asked.says(),
            Typed::Date(asked) => asked.says(),
            Typed::YesNo(asked) => asked.says(),
            Typed::Choice(Asked::Missing) => Says::Missing,
            Typed::Choice(Asked::Present | Asked::Value(_)) => Says::Present,
        };
        Some((format!("criterion `{}`", self.code), says))
    }
}
