//! What contacts owe or are owed.

use std::borrow::Cow;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::column::columns;
use crate::{Column, ExternalId, Fields, Kind, Record, Rejected, value};

columns! {
    ExternalId required "external_id", "the balance's id in the source", "B-12";
    Contact required "contact", "whose balance it is", "C-1001";
    Organisation optional "organisation", "towards whom; empty: the institution as a whole", "OPERA";
    Amount required "amount", "negative when the contact owes, positive when owed, 0 when settled", "-42.00";
    DueOn optional "due_on", "the day on which it is due", "2026-03-31";
}

/// What a contact owes or is owed. Retention keeps whoever has one that is not settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// Its id in the source.
    pub external_id: ExternalId,
    /// Whose balance it is.
    pub contact: ExternalId,
    /// Towards whom; `None` for the institution as a whole.
    pub organisation: Option<ExternalId>,
    /// Minor units: negative when the contact owes, positive when the contact is owed.
    pub amount: i64,
    /// The day on which it is due.
    pub due_on: Option<NaiveDate>,
}

impl Record for Balance {
    const KIND: Kind = Kind::Balances;
    const COLUMNS: &'static [Column] = COLUMNS;

    fn parse(fields: &mut Fields<'_>) -> Result<Self, Rejected> {
        let external_id = fields.required(Col::ExternalId, ExternalId::parse);
        let contact = fields.required(Col::Contact, ExternalId::parse);
        let organisation = fields.optional(Col::Organisation, ExternalId::parse);
        let amount = fields.required(Col::Amount, fields.money());
        let due_on = fields.optional(Col::DueOn, value::date);
        Ok(Self {
            external_id: external_id?,
            contact: contact?,
            organisation: organisation?,
            amount: amount?,
            due_on: due_on?,
        })
    }

    fn key(&self) -> Option<(&'static str, Cow<'_, str>)> {
        Some(("external_id", self.external_id.as_str().into()))
    }
}
