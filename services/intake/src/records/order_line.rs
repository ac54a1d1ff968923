//! Who bought or attends what.

use std::borrow::Cow;

use chrono::NaiveDate;
use model::vocabulary::LineState;
use serde::{Deserialize, Serialize};

use crate::column::columns;
use crate::{Column, ExternalId, Fields, Kind, Record, Rejected, value};

columns! {
    ExternalId required "external_id", "the line's id in the source", "L-5001";
    Organisation required "organisation", "the organisation that sold", "OPERA";
    Product required "product", "what was ordered", "P-77";
    Purchaser optional "purchaser", "the contact who ordered", "C-1001";
    CulturalContact optional "cultural_contact", "the contact who attends", "C-1002";
    State required "state", "option, confirmed, reserved, sold, returned or cancelled", "sold";
    OrderedOn required "ordered_on", "the day of the order", "2025-11-03";
    Quantity optional "quantity", "how many; empty: 1", "2";
    Amount required "amount", "the price of the line, 0 when free", "84.00";
    OptOutWording optional "opt_out_wording", "the wording that offered to refuse marketing at the sale", "SALE-OPT-OUT-3";
}

/// A contact as purchaser, or as cultural contact, or one of each, of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// Its id in the source.
    pub external_id: ExternalId,
    /// The organisation that sold.
    pub organisation: ExternalId,
    /// What was ordered.
    pub product: ExternalId,
    /// Who ordered. At least one of the two contacts is there.
    pub purchaser: Option<ExternalId>,
    /// Who attends.
    pub cultural_contact: Option<ExternalId>,
    /// Where the line stands.
    pub state: LineState,
    /// The day of the order.
    pub ordered_on: NaiveDate,
    /// How many; 0 only when nothing is left of the line.
    pub quantity: u32,
    /// The price of the line in minor units; 0 when it was free.
    pub amount: i64,
    /// The wording that offered the purchaser to refuse marketing at the sale: the purchase evidence of a soft opt-in
    /// (LA-22).
    pub opt_out_wording: Option<ExternalId>,
}

impl Record for OrderLine {
    const KIND: Kind = Kind::OrderLines;
    const COLUMNS: &'static [Column] = COLUMNS;

    fn parse(fields: &mut Fields<'_>) -> Result<Self, Rejected> {
        let external_id = fields.required(Col::ExternalId, ExternalId::parse);
        let organisation = fields.required(Col::Organisation, ExternalId::parse);
        let product = fields.required(Col::Product, ExternalId::parse);
        let purchaser = fields.optional(Col::Purchaser, ExternalId::parse);
        let cultural_contact = fields.optional(Col::CulturalContact, ExternalId::parse);
        let state = fields.required(Col::State, value::word);
        let ordered_on = fields.required(Col::OrderedOn, fields.past_day());
        let quantity = fields.optional(Col::Quantity, value::count);
        let amount = fields.required(Col::Amount, fields.money());
        let opt_out_wording = fields.optional(Col::OptOutWording, ExternalId::parse);
        let line = Self {
            external_id: external_id?,
            organisation: organisation?,
            product: product?,
            purchaser: purchaser?,
            cultural_contact: cultural_contact?,
            state: state?,
            ordered_on: ordered_on?,
            quantity: quantity?.unwrap_or(1),
            amount: amount?,
            opt_out_wording: opt_out_wording?,
        };
        line.check(fields);
        fields.accept(line)
    }

    fn key(&self) -> Option<(&'static str, Cow<'_, str>)> {
        Some(("external_id", self.external_id.as_str().into()))
    }
}

impl OrderLine {
    fn check(&self, fields: &mut Fields<'_>) {
        if self.purchaser.is_none() && self.cultural_contact.is_none() {
            fields.contradicts(
                Col::Purchaser,
                "a line belongs to a purchaser, a cultural contact, or both",
                "write the id of at least one contact",
            );
        }
        if self.purchaser.is_none() && self.opt_out_wording.is_some() {
            fields.contradicts(
                Col::OptOutWording,
                "the wording was shown to a purchaser, and the line has none",
                "write the purchaser's id, or leave the wording empty",
            );
        }
        let may_be_nothing = match self.state {
            LineState::Returned | LineState::Cancelled => true,
            LineState::Option | LineState::Confirmed | LineState::Reserved | LineState::Sold => false,
        };
        if self.quantity == 0 && !may_be_nothing {
            fields.contradicts(
                Col::Quantity,
                "a live line is for at least one",
                "correct the quantity, or make the line returned or cancelled",
            );
        }
    }
}
