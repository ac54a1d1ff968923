//! What the names in a query stand for, as loaded by the caller for one institution.
//!
//! A name that is not here does not exist: the check refuses it, and nothing is guessed.

use std::collections::BTreeMap;

use model::ids::{OrganisationId, ProductId, TopicId};
use serde::{Deserialize, Serialize};

use crate::error::known;

/// The internal key of a criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CriterionId(pub i32);

/// What kind of value a criterion holds; the numbers are those of `criterion.value_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i16)]
pub enum ValueType {
    /// Free text, compared in its normalised form.
    Text = 0,
    /// A number.
    Number = 1,
    /// A day.
    Date = 2,
    /// Yes or no.
    YesNo = 3,
    /// One of the criterion's choices.
    OneOf = 4,
    /// Any of the criterion's choices.
    SeveralOf = 5,
}

impl TryFrom<i16> for ValueType {
    type Error = model::vocabulary::UnknownNumber;

    fn try_from(value: i16) -> Result<Self, Self::Error> {
        [Self::Text, Self::Number, Self::Date, Self::YesNo, Self::OneOf, Self::SeveralOf]
            .into_iter()
            .find(|value_type| *value_type as i16 == value)
            .ok_or(model::vocabulary::UnknownNumber { kind: "ValueType", value })
    }
}

/// A typed custom attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CriterionDefinition {
    /// Its key.
    pub id: CriterionId,
    /// What it holds.
    pub value_type: ValueType,
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
