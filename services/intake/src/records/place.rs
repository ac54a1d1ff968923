//! Where postal codes lie.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::column::columns;
use crate::{Column, Fields, Kind, Record, Rejected, value};

columns! {
    Country required "country", "the country, two letters", "FR";
    PostalCode required "postal_code", "the postal code as contacts have it", "75002";
    Latitude required "latitude", "degrees north of the equator, WGS 84; south is negative", "48.8686";
    Longitude required "longitude", "degrees east of Greenwich, WGS 84; west is negative", "2.3412";
}

/// One postal code of a country, with the point that stands for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The country, as two capitals (ISO 3166).
    pub country: String,
    /// The postal code, as given.
    pub postal_code: String,
    /// Degrees from -90 (south) to 90, WGS 84.
    pub latitude: f64,
    /// Degrees from -180 (west) to 180, WGS 84.
    pub longitude: f64,
}

impl Record for Place {
    const KIND: Kind = Kind::Places;
    const COLUMNS: &'static [Column] = COLUMNS;

    fn parse(fields: &mut Fields<'_>) -> Result<Self, Rejected> {
        let country = fields.required(Col::Country, value::country);
        let postal_code = fields.required(Col::PostalCode, value::line);
        let latitude = fields.required(Col::Latitude, value::latitude);
        let longitude = fields.required(Col::Longitude, value::longitude);
        Ok(Self { country: country?, postal_code: postal_code?, latitude: latitude?, longitude: longitude? })
    }

    fn key(&self) -> Option<(&'static str, Cow<'_, str>)> {
        Some(("country, postal_code", [self.country.as_str(), &self.postal_code].join("\n").into()))
    }
}
