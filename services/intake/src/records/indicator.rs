//! Definitions of indicators: what a source computes about contacts.

use std::borrow::Cow;

use model::vocabulary::IndicatorType;
use serde::{Deserialize, Serialize};

use crate::column::columns;
use crate::{Column, Fields, Kind, Record, Rejected, value};

columns! {
    Code required "code", "the name in files of values and in targets", "visits_3_years";
    Name required "name", "the name on screen", "Visits in three years";
    Type required "type", "number, date or text", "number";
}

/// The definition of an indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    /// Its name in files of values and in targets.
    pub code: String,
    /// Its name on screen.
    pub name: String,
    /// The type of its values.
    pub value_type: IndicatorType,
}

impl Record for Indicator {
    const KIND: Kind = Kind::Indicators;
    const COLUMNS: &'static [Column] = COLUMNS;

    fn parse(fields: &mut Fields<'_>) -> Result<Self, Rejected> {
        let code = fields.required(Col::Code, value::code);
        let name = fields.required(Col::Name, value::line);
        let value_type = fields.required(Col::Type, value::word);
        Ok(Self { code: code?, name: name?, value_type: value_type? })
    }

    fn key(&self) -> Option<(&'static str, Cow<'_, str>)> {
        Some(("code", self.code.as_str().into()))
    }
}
