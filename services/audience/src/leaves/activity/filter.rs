//! Which facts are looked at.

use chrono::NaiveDate;
use model::ids::{OrganisationId, ProductId};
use model::vocabulary::{ActivityKind, HolderRole};
use sea_query::{ExprTrait, SelectStatement};

use crate::facts::ActivityFact;
use crate::leaves::categories::Categories;
use crate::operators::amount::AmountTest;
use crate::operators::asked::ValueTest;
use crate::operators::date::DateTest;
use crate::sql::{self, Scope};

/// What one fact must meet; what is `None` lets everything pass.
#[derive(Debug)]
pub(super) struct Filter {
    pub(super) kinds: Option<Vec<ActivityKind>>,
    pub(super) organisation: Option<OrganisationId>,
    pub(super) product: Option<ProductId>,
    pub(super) categories: Option<Categories>,
    pub(super) role: Option<HolderRole>,
    pub(super) amount: Option<AmountTest>,
    pub(super) window: Option<DateTest>,
}

impl Filter {
    pub(super) fn passes(&self, fact: &ActivityFact, today: NaiveDate) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&fact.kind))
            && self.organisation.is_none_or(|organisation| fact.organisation == organisation)
            && self.product.is_none_or(|product| fact.product == Some(product))
            && self.categories.as_ref().is_none_or(|categories| categories.accept(fact.category.as_deref()))
            && self.role.is_none_or(|role| fact.role == role)
            && self.amount.as_ref().is_none_or(|test| fact.amount.is_some_and(|amount| test.accepts(amount)))
            && self.window.as_ref().is_none_or(|window| window.accepts(&fact.happened_on, today))
    }

    /// Restricts rows of `activity AS a`.
    pub(super) fn apply(&self, mut facts: SelectStatement, scope: Scope) -> SelectStatement {
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
        if let Some(categories) = &self.categories {
            scope.join(&mut facts, ("product", "p"), "a", &["product_id"]);
            facts.and_where(categories.holds());
        }
        if let Some(role) = self.role {
            facts.and_where(column("role").eq(role.number()));
        }
        if let Some(amount) = &self.amount {
            facts.and_where(amount.holds(&column("amount")));
        }
        if let Some(window) = &self.window {
            facts.and_where(window.holds(column("happened_on"), scope.today));
        }
        facts
    }
}
