//! Values of indicators.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::column::columns;
use crate::{Column, ExternalId, Fields, Kind, Record, Rejected, value};

columns! {
    Contact required "contact", "about whom it is", "C-1001";
    Indicator required "indicator", "the code of the indicator", "visits_3_years";
    Organisation optional "organisation", "for which organisation it was computed; empty: the institution", "OPERA";
    Value optional "value", "a number, a date or a text, as the indicator is defined; empty: there is none any more", "12";
}

/// A computed value about a contact, for an organisation or for the institution.
///
/// `Debug` shows nothing of it, since personal data stays out of logs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndicatorValue {
    /// About whom it is.
    pub contact: ExternalId,
    /// The code of the indicator.
    pub indicator: String,
    /// For which organisation it was computed; `None` for the institution.
    pub organisation: Option<ExternalId>,
    /// The value as text, until the indicator's type is known; `None` removes the one before.
    pub value: Option<String>,
}

impl fmt::Debug for IndicatorValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IndicatorValue(..)")
    }
}

impl Record for IndicatorValue {
    const KIND: Kind = Kind::IndicatorValues;
    const COLUMNS: &'static [Column] = COLUMNS;

    fn parse(fields: &mut Fields<'_>) -> Result<Self, Rejected> {
        let contact = fields.required(Col::Contact, ExternalId::parse);
        let indicator = fields.required(Col::Indicator, value::code);
        let organisation = fields.optional(Col::Organisation, ExternalId::parse);
        let value = fields.optional(Col::Value, value::line);
        Ok(Self { contact: contact?, indicator: indicator?, organisation: organisation?, value: value? })
    }

    fn key(&self) -> Option<(&'static str, Cow<'_, str>)> {
        let organisation = self.organisation.as_ref().map_or("", ExternalId::as_str);
        let key = [self.contact.as_str(), &self.indicator, organisation].join("\n");
        Some(("contact, indicator, organisation", key.into()))
    }
}
