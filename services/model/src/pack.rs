//! What the law of a country fixes, as data: limits that an institution may tighten and never loosen.
//!
//! A pack is a JSON file under `packs/`; adding a country is adding a file and its line in [`Pack::find`].

use chrono::NaiveDate;
use serde::Deserialize;

use crate::vocabulary::UnsetMeans;

/// Whether links of a contact who was never asked are tracked (TR-24).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i16)]
pub enum ClickTracking {
    /// Unless the contact refused.
    UnlessRefused = 0,
    /// Only when the contact agreed.
    OnlyIfGranted = 1,
    /// Never.
    Off = 2,
}

/// The data of one country, from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// ISO 3166 country code.
    pub code: String,
    /// First day on which this version holds.
    pub valid_from: NaiveDate,
    /// The longest that an inactive contact may be kept, in months.
    pub retention_months: u32,
    /// The age from which a person consents alone.
    pub consent_age: u8,
    /// What unset may mean for marketing by email.
    pub unset_email: Vec<UnsetMeans>,
    /// The default for click tracking.
    pub click_tracking: ClickTracking,
}

impl Pack {
    /// The pack of a country, or `None` when Rappel has none.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        let text = match code {
            "FR" => include_str!("../packs/fr.json"),
            _ => return None,
        };
        serde_json::from_str(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pack_reads() {
        let pack = Pack::find("FR").unwrap();
        assert_eq!((pack.retention_months, pack.consent_age), (36, 15));
        assert_eq!(Pack::find("XX"), None);
    }
}
