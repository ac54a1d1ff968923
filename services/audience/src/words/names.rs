//! What people call the things that a target names by codes.

use std::collections::BTreeMap;

use crate::catalogue::{OrganisationRef, ProductRef};

/// The names of one institution's things. What has no name here is called by its code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// By code.
    pub criteria: BTreeMap<String, String>,
    /// By source and external id.
    pub organisations: BTreeMap<OrganisationRef, String>,
    /// By source and external id.
    pub products: BTreeMap<ProductRef, String>,
    /// Launches, by their key.
    pub campaigns: BTreeMap<String, String>,
    /// By code.
    pub indicators: BTreeMap<String, String>,
    /// Saved targets, by code.
    pub targets: BTreeMap<String, String>,
}

impl Names {
    pub(super) fn criterion<'a>(&'a self, code: &'a str) -> &'a str {
        self.criteria.get(code).map_or(code, String::as_str)
    }

    /// The name of the organisation that is written so, when that is one.
    pub(super) fn organisation<'a>(&'a self, written: &'a str) -> &'a str {
        let mut meant = self.organisations.iter().filter(|(known, _)| known.is_named(written));
        match (meant.next(), meant.next()) {
            (Some((_, name)), None) => name,
            (Some(_) | None, _) => written,
        }
    }

    pub(super) fn product<'a>(&'a self, product: &'a ProductRef) -> &'a str {
        self.products.get(product).map_or(&product.external_id, String::as_str)
    }

    pub(super) fn indicator<'a>(&'a self, code: &'a str) -> &'a str {
        self.indicators.get(code).map_or(code, String::as_str)
    }

    pub(super) fn target<'a>(&'a self, code: &'a str) -> &'a str {
        self.targets.get(code).map_or(code, String::as_str)
    }

    pub(super) fn campaign<'a>(&'a self, key: &'a str) -> &'a str {
        self.campaigns.get(key).map_or(key, String::as_str)
    }
}
