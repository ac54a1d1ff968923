//! Venues, brands and clubs.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::column::columns;
use crate::{Column, ExternalId, Fields, Kind, Record, Rejected, value};

columns! {
    ExternalId required "external_id", "the organisation's id in the source", "OPERA";
    Name required "name", "its name as people know it", "Opera House";
}

/// A part of the institution: a venue, a brand, a club.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its id in the source.
    pub external_id: ExternalId,
    /// Its name as people know it.
    pub name: String,
}

impl Record for Organisation {
    const KIND: Kind = Kind::Organisations;
    const COLUMNS: &'static [Column] = COLUMNS;

    fn parse(fields: &mut Fields<'_>) -> Result<Self, Rejected> {
        let external_id = fields.required(Col::ExternalId, ExternalId::parse);
        let name = fields.required(Col::Name, value::line);
        Ok(Self { external_id: external_id?, name: name? })
    }

    fn key(&self) -> Option<(&'static str, Cow<'_, str>)> {
        Some(("external_id", self.external_id.as_str().into()))
    }
}
