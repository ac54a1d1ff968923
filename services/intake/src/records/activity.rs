//! Dated facts about contacts.

use std::borrow::Cow;

use chrono::NaiveDate;
use model::vocabulary::ActivityKind;
use serde::{Deserialize, Serialize};

use crate::column::columns;
use crate::{Column, ExternalId, Fields, Kind, Record, Rejected, value};

columns! {
    ExternalId required "external_id", "the activity's id in the source", "A-900001";
    Contact required "contact", "whose activity it is", "C-1001";
    Kind required "kind", "what happened, a word of the catalogue", "sale";
    Organisation optional "organisation", "where it happened; empty: the institution as a whole", "OPERA";
    Product optional "product", "the product concerned", "P-77";
    HappenedOn required "happened_on", "the day on which it happened", "2025-11-03";
    Amount optional "amount", "the money involved", "84.00";
}

/// A dated fact about a contact. Whether it moves recency is not decided here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Its id in the source.
    pub external_id: ExternalId,
    /// Whose activity it is.
    pub contact: ExternalId,
    /// What happened.
    pub kind: ActivityKind,
    /// With which organisation; `None` for the institution as a whole.
    pub organisation: Option<ExternalId>,
    /// The product concerned.
    pub product: Option<ExternalId>,
    /// The day on which it happened; the day of the order for what was ordered.
    pub happened_on: NaiveDate,
    /// The money involved, in minor units.
    pub amount: Option<i64>,
}

impl Record for Activity {
    const KIND: Kind = Kind::Activities;
    const COLUMNS: &'static [Column] = COLUMNS;

    fn parse(fields: &mut Fields<'_>) -> Result<Self, Rejected> {
        let external_id = fields.required(Col::ExternalId, ExternalId::parse);
        let contact = fields.required(Col::Contact, ExternalId::parse);
        let kind = fields.required(Col::Kind, value::word);
        let organisation = fields.optional(Col::Organisation, ExternalId::parse);
        let product = fields.optional(Col::Product, ExternalId::parse);
        let happened_on = fields.required(Col::HappenedOn, fields.past_day());
        let amount = fields.optional(Col::Amount, fields.money());
        Ok(Self {
            external_id: external_id?,
            contact: contact?,
            kind: kind?,
            organisation: organisation?,
            product: product?,
            happened_on: happened_on?,
            amount: amount?,
        })
    }

    fn key(&self) -> Option<(&'static str, Cow<'_, str>)> {
        Some(("external_id", self.external_id.as_str().into()))
    }
}
