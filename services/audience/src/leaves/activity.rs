//! `{"leaf": "activity", "kinds": ["sale"], "window": {"from": {"months_ago": 12}}, "count": {"at_least": 3}}`:
//! dated facts.
//!
//! The filters (`kinds`, `organisation`, `product`, `categories`, `as`, `amount`, `window`; each absent one lets everything pass)
//! select facts of the contact, `window` by the day on which they happened; the operator asks how many there are (`has`,
//! `has_not`, `count`), what they come to (`sum`), or when the `first` or `last` of them was.
//! All filters of one leaf must be met by the same fact; two leaves may be met by different ones. Somebody who bought and
//! attends has one fact for each; `as` tells them apart. Only `first` and `last` can be unknown, without such a fact: what is
//! not on file has not happened.

mod asked;
mod filter;

use std::sync::Arc;

use chrono::NaiveDate;
use model::vocabulary::{ActivityKind, HolderRole};
use sea_query::Expr;
use serde::{Deserialize, Serialize};

use self::asked::Asked;
use self::filter::Filter;
use super::categories::Categories;
use super::{LeafForm, LeafTest, Named};
use crate::catalogue::{Catalogue, ProductRef};
use crate::explain::Judgement;
use crate::facts::ContactFacts;
use crate::json::{Fields, Stated};
use crate::operators::asked::Asked as AskedOrMissing;
use crate::operators::count::CountTest;
use crate::operators::date::DateTest;
use crate::operators::span::Says;
use crate::operators::{AmountOp, AmountWindow, CountOp, DateOp, Window};
use crate::sql::Scope;
use crate::tree::Mentions;

/// A question about activities.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    /// Categories of the product; any or none when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub categories: Option<Vec<String>>,
    /// As whom the contact stands in it; as either when absent.
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    pub role: Option<HolderRole>,
    /// What it cost; anything or nothing when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<AmountWindow>,
    /// When it happened; ever when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// What is asked.
    #[serde(flatten)]
    pub op: ActivityOp,
}

/// What is asked of the facts that pass the filters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityOp {
    /// There is one.
    Has(Stated),
    /// There is none.
    HasNot(Stated),
    /// There are so many.
    Count(CountOp),
    /// They come to so much.
    Sum(AmountOp),
    /// The first was then.
    First(DateOp),
    /// The last was then.
    Last(DateOp),
}

impl Activity {
    pub(super) fn read(mut fields: Fields) -> Result<Self, String> {
        Ok(Self {
            kinds: fields.optional("kinds")?,
            organisation: fields.optional("organisation")?,
            product: fields.optional("product")?,
            categories: fields.optional("categories")?,
            role: fields.optional("as")?,
            amount: fields.optional("amount")?,
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
            categories: self.categories.as_deref().map(Categories::check).transpose()?,
            role: self.role,
            amount: self.amount.as_ref().map(AmountWindow::check).transpose()?,
            window: self.window.as_ref().map(Window::check).transpose()?,
        };
        let asked = match &self.op {
            ActivityOp::Has(Stated) => Asked::Count(CountTest::HAS),
            ActivityOp::HasNot(Stated) => Asked::Count(CountTest::HAS_NOT),
            ActivityOp::Count(op) => Asked::Count(op.check()?),
            ActivityOp::Sum(op) => Asked::Sum(op.check()?),
            ActivityOp::First(op) => Asked::First(day(op)?),
            ActivityOp::Last(op) => Asked::Last(day(op)?),
        };
        Ok(Arc::new(ActivityLeaf { facts, asked }))
    }

    fn mentions<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.products.extend(&self.product);
    }
}

fn day(op: &DateOp) -> Result<DateTest, String> {
    match op.check()? {
        AskedOrMissing::Value(test) => Ok(test),
        AskedOrMissing::Missing => Err("whether there is none is asked by `has_not`".to_owned()),
        AskedOrMissing::Present => Err("whether there is one is asked by `has`".to_owned()),
    }
}

#[derive(Debug)]
struct ActivityLeaf {
    facts: Filter,
    asked: Asked,
}

impl LeafTest for ActivityLeaf {
    fn judge(&self, facts: &ContactFacts, today: NaiveDate) -> Judgement {
        let passing = facts.activities.iter().filter(|fact| self.facts.passes(fact, today));
        self.asked.judge(passing, today)
    }

    fn holds(&self, scope: Scope) -> Expr {
        self.asked.answers(true, &self.facts, scope)
    }

    fn fails(&self, scope: Scope) -> Expr {
        self.asked.answers(false, &self.facts, scope)
    }

    fn asks_by_id(&self) -> bool {
        true
    }

    fn named(&self, scope: Scope) -> Option<Named> {
        self.asked.named(&self.facts, scope)
    }

    fn says(&self) -> Option<(String, Says)> {
        let (what, says) = self.asked.says();
        Some((format!("{what} of {:?}", self.facts), says))
    }

    fn denies(&self) -> Option<(String, Says)> {
        let (what, denies) = self.asked.denies();
        Some((format!("{what} of {:?}", self.facts), denies))
    }

    fn unknown(&self, scope: Scope) -> Option<Expr> {
        self.asked.unknown(&self.facts, scope)
    }
}
