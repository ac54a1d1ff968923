//! What the names in a query stand for, as loaded by the caller for one institution.
//!
//! A name that is not here does not exist: the check refuses it, and nothing is guessed.

use std::collections::{BTreeMap, BTreeSet};

use model::ids::{OccurrenceId, OrganisationId, ProductId, TargetId, TopicId, WordingId};
use model::place::Coordinates;
use model::vocabulary::{CriterionType, IndicatorType};
use serde::{Deserialize, Serialize};

use crate::error::known;
use crate::tree::Query;

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

/// The internal key of an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndicatorId(pub i32);

/// A computed value about contacts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndicatorDefinition {
    /// Its key.
    pub id: IndicatorId,
    /// What it holds.
    pub value_type: IndicatorType,
}

/// What names an organisation or a wording: two systems may use the same id for different ones.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrganisationRef {
    /// The system it comes from; no `/` is in it.
    pub source: String,
    /// Its id there.
    pub external_id: String,
}

impl OrganisationRef {
    /// Whether a person who wrote `name` may have meant this one.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.external_id == name
            || name.split_once('/') == Some((self.source.as_str(), self.external_id.as_str()))
    }
}

impl std::fmt::Display for OrganisationRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.source, self.external_id)
    }
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

/// A postal code of a country.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceRef {
    /// ISO 3166-1, two capitals.
    pub country: String,
    /// As the country writes it.
    pub postal_code: String,
}

/// What a saved target holds now.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a handful at a time, read once")]
pub enum SavedTarget {
    /// A query, evaluated whenever it is needed.
    Dynamic(Query),
    /// A frozen list.
    Static(TargetId),
}

/// Every name that a query of one institution may use.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// By code.
    pub criteria: BTreeMap<String, CriterionDefinition>,
    /// By source and external id.
    pub organisations: BTreeMap<OrganisationRef, OrganisationId>,
    /// By organisation ([`OrganisationId::WHOLE_INSTITUTION`] included) and code.
    pub topics: BTreeMap<(OrganisationId, String), TopicId>,
    /// By code.
    pub indicators: BTreeMap<String, IndicatorDefinition>,
    /// By source and external id. Of these and of what follows, what [`crate::Query::mentions`] lists suffices.
    pub products: BTreeMap<ProductRef, ProductId>,
    /// Where postal codes lie.
    pub places: BTreeMap<PlaceRef, Coordinates>,
    /// By source and external id, version included.
    pub wordings: BTreeMap<OrganisationRef, WordingId>,
    /// Launches by their key.
    pub campaigns: BTreeMap<String, OccurrenceId>,
    /// Saved targets by their code, with all that these name in turn. Archived ones do not exist.
    pub targets: BTreeMap<String, SavedTarget>,
}

impl Catalogue {
    pub(crate) fn criterion(&self, code: &str) -> Result<&CriterionDefinition, String> {
        self.criteria.get(code).ok_or_else(|| {
            let names = known(self.criteria.keys().map(String::as_str));
            format!("there is no criterion `{code}`; the criteria are {names}")
        })
    }

    pub(crate) fn indicator(&self, code: &str) -> Result<&IndicatorDefinition, String> {
        self.indicators.get(code).ok_or_else(|| {
            let names = known(self.indicators.keys().map(String::as_str));
            format!("there is no indicator `{code}`; the indicators are {names}")
        })
    }

    /// The organisation that a person wrote: its external id, or `source/id` where several sources have that id.
    ///
    /// # Errors
    /// A sentence when there is none, or when it could be one of several.
    pub fn organisation(&self, name: &str) -> Result<OrganisationId, String> {
        named(&self.organisations, name, "organisation")
    }

    /// The wording that a person wrote, in the same form.
    pub(crate) fn wording(&self, name: &str) -> Result<WordingId, String> {
        named(&self.wordings, name, "wording")
    }

    pub(crate) fn topic(&self, organisation: OrganisationId, code: &str) -> Result<TopicId, String> {
        self.topics.get(&(organisation, code.to_owned())).copied().ok_or_else(|| {
            let of_organisation = self.topics.keys().filter(|(owner, _)| *owner == organisation);
            let names = known(of_organisation.map(|(_, topic)| topic.as_str()));
            format!("there is no topic `{code}` in this scope; its topics are {names}")
        })
    }

    pub(crate) fn campaign(&self, key: &str) -> Result<OccurrenceId, String> {
        self.campaigns.get(key).copied().ok_or_else(|| {
            format!("no campaign was launched under the key `{key}`; `rappel launch` names the key of each")
        })
    }

    pub(crate) fn target(&self, code: &str) -> Result<&SavedTarget, String> {
        self.targets.get(code).ok_or_else(|| {
            format!("there is no target `{code}`; `rappel target list` names those that are saved")
        })
    }

    pub(crate) fn place(&self, place: &PlaceRef) -> Result<Coordinates, String> {
        self.places.get(place).copied().ok_or_else(|| {
            let PlaceRef { country, postal_code } = place;
            format!("nobody imported where `{postal_code}` in `{country}` lies; check both, or import the places of the country")
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

/// The one that a person meant by its id alone, or by `source/id`.
fn named<Id: Copy>(all: &BTreeMap<OrganisationRef, Id>, name: &str, what: &str) -> Result<Id, String> {
    let meant: Vec<_> = all.iter().filter(|(known, _)| known.is_named(name)).collect();
    match meant[..] {
        [(_, id)] => Ok(*id),
        [] => {
            let ids: BTreeSet<&str> = all.keys().map(|known| known.external_id.as_str()).collect();
            Err(format!("there is no {what} `{name}`; the {what}s are {}", known(ids)))
        }
        _ => {
            let names: Vec<String> = meant.iter().map(|(known, _)| known.to_string()).collect();
            let names = known(names.iter().map(String::as_str));
            Err(format!(
                "several sources have {} {what} `{name}`: write which one, of {names}",
                article(what)
            ))
        }
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue(organisations: &[(&str, &str, i32)]) -> Catalogue {
        let organisation = |(source, external_id, id): &(&str, &str, i32)| {
            let (source, external_id) = ((*source).to_owned(), (*external_id).to_owned());
            (OrganisationRef { source, external_id }, OrganisationId(*id))
        };
        Catalogue { organisations: organisations.iter().map(organisation).collect(), ..Catalogue::default() }
    }

    #[test]
    fn an_organisation_is_named_by_its_id_alone_where_that_is_one() {
        let catalogue = catalogue(&[("shop", "club", 1), ("ticketing", "opera", 2)]);
        assert_eq!(catalogue.organisation("club"), Ok(OrganisationId(1)));
        assert_eq!(catalogue.organisation("ticketing/opera"), Ok(OrganisationId(2)));
        for absent in ["shop/opera", "/opera", "ticketing/", "ticketing", ""] {
            assert_eq!(
                catalogue.organisation(absent),
                Err(format!("there is no organisation `{absent}`; the organisations are `club`, `opera`"))
            );
        }
    }

    #[test]
    fn an_id_of_several_sources_is_refused_with_their_names() {
        let catalogue = catalogue(&[("shop", "opera", 1), ("ticketing", "opera", 2)]);
        assert_eq!(
            catalogue.organisation("opera").unwrap_err(),
            "several sources have an organisation `opera`: write which one, of `shop/opera`, `ticketing/opera`"
        );
        assert_eq!(catalogue.organisation("shop/opera"), Ok(OrganisationId(1)));
        assert_eq!(catalogue.organisation("ticketing/opera"), Ok(OrganisationId(2)));
    }

    #[test]
    fn an_id_that_reads_like_a_source_and_an_id_is_never_guessed() {
        let catalogue = catalogue(&[("shop", "opera", 1), ("ticketing", "shop/opera", 2)]);
        assert_eq!(
            catalogue.organisation("shop/opera").unwrap_err(),
            "several sources have an organisation `shop/opera`: write which one, of `shop/opera`, `ticketing/shop/opera`"
        );
        assert_eq!(catalogue.organisation("opera"), Ok(OrganisationId(1)));
        assert_eq!(catalogue.organisation("ticketing/shop/opera"), Ok(OrganisationId(2)));
    }
}
