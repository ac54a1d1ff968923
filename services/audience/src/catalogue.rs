//! What the names in a query stand for, as loaded by the caller for one institution.
//!
//! A name that is not here does not exist: the check refuses it, and nothing is guessed.

use std::collections::BTreeMap;

use model::ids::{OrganisationId, ProductId, TopicId};
use model::vocabulary::CriterionType;
use serde::{Deserialize, Serialize};

use crate::error::known;

/// The internal key of a criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CriterionId(pub i32);

/// A typed custom attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CriterionDefinition {
    /// Its key.
    pub id: CriterionId,
    /// What it holds.
    pub value_type: CriterionType,
    /// The codes that `one of` and `several of` may hold; empty for the other types.
    pub choices: Vec<String>,
}

/// How a product is named from outside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductRef {
    /// The system it comes from.
    pub source: String,
    /// Its id there.
    pub external_id: String,
}

/// Every name that a query of one institution may use.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// By code.
    pub criteria: BTreeMap<String, CriterionDefinition>,
    /// By code.
    pub organisations: BTreeMap<String, OrganisationId>,
    /// By organisation ([`OrganisationId::WHOLE_INSTITUTION`] included) and code.
    pub topics: BTreeMap<(OrganisationId, String), TopicId>,
    /// By source and external id. Those that [`crate::Query::products`] names suffice.
    pub products: BTreeMap<ProductRef, ProductId>,
}

impl Catalogue {
    pub(crate) fn criterion(&self, code: &str) -> Result<&CriterionDefinition, String> {
        self.criteria.get(code).ok_or_else(|| {
            let names = known(self.criteria.keys().map(String::as_str));
            format!("there is no criterion `{code}`; the criteria are {names}")
        })
    }

    pub(crate) fn organisation(&self, code: &str) -> Result<OrganisationId, String> {
        self.organisations.get(code).copied().ok_or_else(|| {
            let names = known(self.organisations.keys().map(String::as_str));
            format!("there is no organisation `{code}`; the organisations are {names}")
        })
    }

    pub(crate) fn topic(&self, organisation: OrganisationId, code: &str) -> Result<TopicId, String> {
        self.topics.get(&(organisation, code.to_owned())).copied().ok_or_else(|| {
            let of_organisation = self.topics.keys().filter(|(owner, _)| *owner == organisation);
            let names = known(of_organisation.map(|(_, topic)| topic.as_str()));
            format!("there is no topic `{code}` in this scope; its topics are {names}")
        })
    }

    pub(crate) fn product(&self, product: &ProductRef) -> Result<ProductId, String> {
        self.products.get(product).copied().ok_or_else(|| {
            let ProductRef { source, external_id } = product;
            format!(
                "there is no product `{external_id}` from `{source}`; check both, or import the product first"
            )
        })
    }
}
