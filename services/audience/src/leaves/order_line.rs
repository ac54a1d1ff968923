//! `{"leaf": "order_line", "as": "either", "states": ["sold"], "event": {"from": {"days_ago": 0}}, "has": true}`:
//! what was ordered.
//!
//! `as` (`purchaser`, `cultural_contact` or `either`) and `states` must be written: whether a cancelled ticket counts is
//! never left to a default. `organisation`, `product`, `categories`, `ordered` (the day of the order) and `event` (the day of a dated
//! product; an undated one has none and does not pass) let everything pass when absent. All filters of one leaf must be met by
//! the same line. Never unknown: what is not on file was not ordered.

use std::sync::Arc;

use chrono::NaiveDate;
use model::ids::{OrganisationId, ProductId};
use model::vocabulary::{HolderRole, LineState};
use sea_query::{Expr, ExprTrait, SelectStatement};
use serde::{Deserialize, Serialize};

use super::categories::Categories;
use super::{LeafForm, LeafTest};
use crate::catalogue::{Catalogue, ProductRef};
use crate::explain::{Judgement, Seen};
use crate::facts::{ContactFacts, OrderLineFact};
use crate::json::{Fields, Stated};
use crate::operators::Window;
use crate::operators::asked::ValueTest;
use crate::operators::date::DateTest;
use crate::operators::span::Says;
use crate::sql::{self, Scope};
use crate::tree::Mentions;

/// A question about order lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderLine {
    /// As whom the contact stands in the line.
    #[serde(rename = "as")]
    pub holder: As,
    /// States that pass.
    pub states: Vec<LineState>,
    /// The code of the organisation that sells; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// The product; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<ProductRef>,
    /// Categories of the product; any or none when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub categories: Option<Vec<String>>,
    /// The day of the order; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordered: Option<Window>,
    /// The day of the event; any or none when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<Window>,
    /// What is asked.
    #[serde(flatten)]
    pub op: OrderLineOp,
}

/// The role in the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum As {
    /// Bought it.
    Purchaser,
    /// Attends it.
    CulturalContact,
    /// One or the other, or both.
    Either,
}

/// What is asked of the lines that pass the filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderLineOp {
    /// There is one.
    Has(Stated),
    /// There is none.
    HasNot(Stated),
}

impl As {
    const fn role(self) -> Option<HolderRole> {
        match self {
            Self::Purchaser => Some(HolderRole::Purchaser),
            Self::CulturalContact => Some(HolderRole::CulturalContact),
            Self::Either => None,
        }
    }
}

impl OrderLine {
    pub(super) fn read(mut fields: Fields) -> Result<Self, String> {
        Ok(Self {
            holder: fields.required("as")?,
            states: fields.required("states")?,
            organisation: fields.optional("organisation")?,
            product: fields.optional("product")?,
            categories: fields.optional("categories")?,
            ordered: fields.optional("ordered")?,
            event: fields.optional("event")?,
            op: fields.operator()?.read()?,
        })
    }
}

impl LeafForm for OrderLine {
    fn check(&self, catalogue: &Catalogue) -> Result<Arc<dyn LeafTest>, String> {
        if self.states.is_empty() {
            return Err("`states` is empty; name at least one state".to_owned());
        }
        let lines = Lines {
            role: self.holder.role(),
            states: self.states.clone(),
            organisation: self
                .organisation
                .as_deref()
                .map(|code| catalogue.organisation(code))
                .transpose()?,
            product: self.product.as_ref().map(|product| catalogue.product(product)).transpose()?,
            categories: self.categories.as_deref().map(Categories::check).transpose()?,
            ordered: self.ordered.as_ref().map(Window::check).transpose()?,
            event: self.event.as_ref().map(Window::check).transpose()?,
        };
        Ok(Arc::new(match self.op {
            OrderLineOp::Has(Stated) => LineLeaf { lines, has: true },
            OrderLineOp::HasNot(Stated) => LineLeaf { lines, has: false },
        }))
    }

    fn mentions<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.products.extend(&self.product);
    }
}

#[derive(Debug)]
struct LineLeaf {
    lines: Lines,
    has: bool,
}

#[derive(Debug)]
struct Lines {
    role: Option<HolderRole>,
    states: Vec<LineState>,
    organisation: Option<OrganisationId>,
    product: Option<ProductId>,
    categories: Option<Categories>,
    ordered: Option<DateTest>,
    event: Option<DateTest>,
}

impl Lines {
    fn passes(&self, line: &OrderLineFact, today: NaiveDate) -> bool {
        let on_day = |event: &DateTest| line.event_on.is_some_and(|day| event.accepts(&day, today));
        self.states.contains(&line.state)
            && self.role.is_none_or(|role| line.role == role)
            && self.organisation.is_none_or(|organisation| line.organisation == organisation)
            && self.product.is_none_or(|product| line.product == product)
            && self.categories.as_ref().is_none_or(|categories| categories.accept(line.category.as_deref()))
            && self.ordered.as_ref().is_none_or(|ordered| ordered.accepts(&line.ordered_on, today))
            && self.event.as_ref().is_none_or(on_day)
    }

    fn rows(&self, scope: Scope) -> SelectStatement {
        let column = |name| sql::column("l", name);
        let states: Vec<i16> = self.states.iter().map(|state| state.number()).collect();
        let mut rows = scope.rows("order_line", "l");
        rows.and_where(sql::among(column("state"), states));
        if let Some(role) = self.role {
            rows.and_where(column("role").eq(role.number()));
        }
        if let Some(organisation) = self.organisation {
            rows.and_where(column("organisation_id").eq(organisation.0));
        }
        if let Some(product) = self.product {
            rows.and_where(column("product_id").eq(product.0));
        }
        if let Some(ordered) = &self.ordered {
            rows.and_where(ordered.holds(column("ordered_on"), scope.today));
        }
        if self.event.is_some() || self.categories.is_some() {
            scope.join(&mut rows, ("product", "p"), "l", &["product_id"]);
        }
        if let Some(event) = &self.event {
            rows.and_where(event.holds(sql::column("p", "valid_on"), scope.today));
        }
        if let Some(categories) = &self.categories {
            rows.and_where(categories.holds());
        }
        rows
    }
}

impl LeafTest for LineLeaf {
    fn judge(&self, facts: &ContactFacts, today: NaiveDate) -> Judgement {
        let lines = facts.order_lines.iter().filter(|line| self.lines.passes(line, today));
        let (count, last) = (lines.clone().count(), lines.filter_map(|line| line.event_on).max());
        Judgement { truth: ((count > 0) == self.has).into(), seen: Seen::Facts { count, last } }
    }

    fn holds(&self, scope: Scope) -> Expr {
        sql::presence(self.lines.rows(scope), self.has)
    }

    fn fails(&self, scope: Scope) -> Expr {
        sql::presence(self.lines.rows(scope), !self.has)
    }

    fn asks_by_id(&self) -> bool {
        true
    }

    fn says(&self) -> Option<(String, Says)> {
        Some((format!("{:?}", self.lines), Says::Exactly(self.has.to_string())))
    }

    fn denies(&self) -> Option<(String, Says)> {
        Some((format!("{:?}", self.lines), Says::Exactly((!self.has).to_string())))
    }
}
