//! `{"leaf": "activity", "kinds": ["sale"], "window": {"from": {"months_ago": 12}}, "count": {"at_least": 3}}`:
//! dated facts.
//!
//! The filters (`kinds`, `organisation`, `product`, `as`, `window`; each absent one lets everything pass) select facts of
//! the contact by the day on which they happened; the operator asks how many there are: `has`, `has_not` or `count`.
//! All filters of one leaf must be met by the same fact; two leaves may be met by different ones. Somebody who bought and
//! attends has one fact for each; `as` tells them apart. Never unknown: what is not on file has not happened.

use std::sync::Arc;

use chrono::NaiveDate;
use model::ids::{OrganisationId, ProductId};
use model::vocabulary::{ActivityKind, HolderRole};
use sea_query::{Expr, ExprTrait, SelectStatement};
use serde::{Deserialize, Serialize};

use super::{LeafForm, LeafTest};
use crate::catalogue::{Catalogue, ProductRef};
use crate::explain::{Judgement, Seen};
use crate::facts::{ActivityFact, ContactFacts};
use crate::json::{Fields, Stated};
use crate::operators::asked::ValueTest;
use crate::operators::count::CountTest;
use crate::operators::date::DateTest;
use crate::operators::span::Says;
use crate::operators::{CountOp, Window};
use crate::sql::{self, Scope};

/// A question about activities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Activity {
    /// Kinds that pass; every kind when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kinds: Option<Vec<ActivityKind>>,
    /// The code of the organisation; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// The product; any or none when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<ProductRef>,
    /// As whom the contact stands in it; as either when absent.
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    pub role: Option<HolderRole>,
    /// When it happened; ever when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// What is asked.
    #[serde(flatten)]
    pub op: ActivityOp,
}

/// What is asked of the facts that pass the filters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityOp {
    /// There is one.
    Has(Stated),
    /// There is none.
    HasNot(Stated),
    /// There are so many.
    Count(CountOp),
}

impl Activity {
    pub(super) fn read(mut fields: Fields) -> Result<Self, String> {
        Ok(Self {
            kinds: fields.optional("kinds")?,
            organisation: fields.optional("organisation")?,
            product: fields.optional("product")?,
            role: fields.optional("as")?,
            window: fields.optional("window")?,
            op: fields.operator()?.read()?,
        })
    }
}

impl LeafForm for Activity {
    fn check(&self, catalogue: &Catalogue) -> Result<Arc<dyn LeafTest>, String> {
        if self.kinds.as_ref().is_some_and(Vec::is_empty) {
            return Err("`kinds` is empty; name at least one kind, or leave it out for every kind".to_owned());
        }
        let facts = Filter {
            kinds: self.kinds.clone(),
            organisation: self
                .organisation
                .as_deref()
                .map(|code| catalogue.organisation(code))
                .transpose()?,
            product: self.product.as_ref().map(|product| catalogue.product(product)).transpose()?,
            role: self.role,
            window: self.window.as_ref().map(Window::check).transpose()?,
        };
        let count = match &self.op {
            ActivityOp::Has(Stated) => CountTest::HAS,
            ActivityOp::HasNot(Stated) => CountTest::HAS_NOT,
            ActivityOp::Count(op) => op.check()?,
        };
        Ok(Arc::new(ActivityLeaf { facts, count }))
    }

    fn product(&self) -> Option<&ProductRef> {
        self.product.as_ref()
    }
}

#[derive(Debug)]
struct ActivityLeaf {
    facts: Filter,
    count: CountTest,
}

#[derive(Debug)]
struct Filter {
    kinds: Option<Vec<ActivityKind>>,
    organisation: Option<OrganisationId>,
    product: Option<ProductId>,
    role: Option<HolderRole>,
    window: Option<DateTest>,
}

impl Filter {
    fn passes(&self, fact: &ActivityFact, today: NaiveDate) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&fact.kind))
            && self.organisation.is_none_or(|organisation| fact.organisation == organisation)
            && self.product.is_none_or(|product| fact.product == Some(product))
            && self.role.is_none_or(|role| fact.role == role)
            && self.window.as_ref().is_none_or(|window| window.accepts(&fact.happened_on, today))
    }

    fn apply(&self, mut facts: SelectStatement, scope: Scope) -> SelectStatement {
        let column = |name| sql::column("a", name);
        if let Some(kinds) = &self.kinds {
            let numbers: Vec<i16> = kinds.iter().map(|kind| kind.number()).collect();
            facts.and_where(sql::among(column("kind"), numbers));
        }
        if let Some(organisation) = self.organisation {
            facts.and_where(column("organisation_id").eq(organisation.0));
        }
        if let Some(product) = self.product {
            facts.and_where(column("product_id").eq(product.0));
        }
        if let Some(role) = self.role {
            facts.and_where(column("role").eq(role.number()));
        }
        if let Some(window) = &self.window {
            facts.and_where(window.holds(column("happened_on"), scope.today));
        }
        facts
    }
}

impl ActivityLeaf {
    /// TRUE when the number of facts passes and `wanted`, or when it does not and not.
    fn counted(&self, scope: Scope, wanted: bool) -> Expr {
        let one = || self.facts.apply(scope.rows("activity", "a"), scope);
        let group = || self.facts.apply(scope.facts("activity", "a"), scope);
        match self.count {
            CountTest::Many { least: 1 } => sql::presence(one(), wanted),
            CountTest::Few { most: 0 } => sql::presence(one(), !wanted),
            CountTest::Many { least } => sql::presence(sql::counted(group(), "a", least, None), wanted),
            CountTest::Some { least, most } => {
                sql::presence(sql::counted(group(), "a", least, Some(most)), wanted)
            }
            CountTest::Few { most } => sql::presence(sql::counted(group(), "a", most + 1, None), !wanted),
        }
    }
}

impl LeafTest for ActivityLeaf {
    fn judge(&self, facts: &ContactFacts, today: NaiveDate) -> Judgement {
        let days = facts
            .activities
            .iter()
            .filter(|fact| self.facts.passes(fact, today))
            .map(|fact| fact.happened_on);
        let (count, last) = (days.clone().count(), days.max());
        Judgement { truth: self.count.accepts(count).into(), seen: Seen::Facts { count, last } }
    }

    fn holds(&self, scope: Scope) -> Expr {
        self.counted(scope, true)
    }

    fn fails(&self, scope: Scope) -> Expr {
        self.counted(scope, false)
    }

    fn says(&self) -> Option<(String, Says)> {
        Some((format!("{:?}", self.facts), Says::Within(self.count.span())))
    }
}
