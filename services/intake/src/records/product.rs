//! What is sold.

use std::borrow::Cow;

use chrono::NaiveDate;
use model::vocabulary::ProductState;
use serde::{Deserialize, Serialize};

use crate::column::columns;
use crate::{Column, ExternalId, Fields, Kind, Record, Rejected, value};

columns! {
    ExternalId required "external_id", "the product's id in the source", "P-77";
    Organisation required "organisation", "the organisation that sells it", "OPERA";
    Name required "name", "its name as people know it", "Tosca, 31 January";
    Category optional "category", "what kind of product it is", "opera";
    ValidOn optional "valid_on", "the day of the event; empty: an undated product", "2026-01-31";
    State optional "state", "scheduled, postponed, moved or cancelled; empty: scheduled", "scheduled";
}

/// What is sold: an event with a day, or something without one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Its id in the source.
    pub external_id: ExternalId,
    /// The organisation that sells it.
    pub organisation: ExternalId,
    /// Its name as people know it.
    pub name: String,
    /// What kind of product it is, in the source's words.
    pub category: Option<String>,
    /// The day of the event, the new one after a postponement; `None` for an undated product.
    pub valid_on: Option<NaiveDate>,
    /// Where it stands. An undated product is always scheduled.
    pub state: ProductState,
}

impl Record for Product {
    const KIND: Kind = Kind::Products;
    const COLUMNS: &'static [Column] = COLUMNS;

    fn parse(fields: &mut Fields<'_>) -> Result<Self, Rejected> {
        let external_id = fields.required(Col::ExternalId, ExternalId::parse);
        let organisation = fields.required(Col::Organisation, ExternalId::parse);
        let name = fields.required(Col::Name, value::line);
        let category = fields.optional(Col::Category, value::line);
        let valid_on = fields.optional(Col::ValidOn, value::date);
        let state = fields.optional(Col::State, value::word);
        let product = Self {
            external_id: external_id?,
            organisation: organisation?,
            name: name?,
            category: category?,
            valid_on: valid_on?,
            state: state?.unwrap_or(ProductState::Scheduled),
        };
        if product.valid_on.is_none() && product.state != ProductState::Scheduled {
            return Err(fields.contradicts(
                Col::State,
                "only a product with a day is postponed, moved or cancelled",
                "write the day of the event into valid_on, or leave the state empty",
            ));
        }
        Ok(product)
    }

    fn key(&self) -> Option<(&'static str, Cow<'_, str>)> {
        Some(("external_id", self.external_id.as_str().into()))
    }
}
