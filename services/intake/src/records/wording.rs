//! Texts under which consent was asked, or an opt-out was offered.

use std::borrow::Cow;

use model::vocabulary::Asked;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::column::columns;
use crate::{Column, ExternalId, Fields, Kind, Record, Rejected, value};

columns! {
    ExternalId required "external_id", "the wording's id and version in the source", "NEWSLETTER-2026-1";
    Text required "text", "the exact text that the person saw", "Yes, send me the programme by email.";
    Channels required "channels", "the channels, and the uses of data, that the text names, separated by |", "email|sms";
    ValidMonths optional "valid_months", "how many months an answer under it lasts; empty: no end of its own", "36";
    Language required "language", "the language of the text", "en";
}

/// An exact text and what an answer under it covers (CO-04).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// Its id, version included, in the source.
    pub external_id: ExternalId,
    /// The text, as the person saw it.
    pub text: String,
    /// What it names, channels and uses of data: a general yes under it counts for these channels only, and a yes to a question
    /// that it does not name proves nothing. Sorted, at least one.
    pub channels: Vec<Asked>,
    /// For how many months an answer lasts.
    pub valid_months: Option<u16>,
    /// The language of the text, as `fr` or `fr-BE`.
    pub language: String,
}

impl Wording {
    /// SHA-256 of the text: what a record of consent points to (CO-03, CO-04).
    #[must_use]
    pub fn text_hash(&self) -> [u8; 32] {
        Sha256::digest(&self.text).into()
    }
}

impl Record for Wording {
    const KIND: Kind = Kind::Wordings;
    const COLUMNS: &'static [Column] = COLUMNS;

    fn parse(fields: &mut Fields<'_>) -> Result<Self, Rejected> {
        let external_id = fields.required(Col::ExternalId, ExternalId::parse);
        let text = fields.required(Col::Text, value::passage);
        let channels = fields.required(Col::Channels, value::words);
        let valid_months = fields.optional(Col::ValidMonths, value::months);
        let language = fields.required(Col::Language, value::language);
        Ok(Self {
            external_id: external_id?,
            text: text?,
            channels: channels?,
            valid_months: valid_months?,
            language: language?,
        })
    }

    fn key(&self) -> Option<(&'static str, Cow<'_, str>)> {
        Some(("external_id", self.external_id.as_str().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wording_is_known_by_the_hash_of_its_text() {
        let wording = Wording {
            external_id: ExternalId::parse("W").unwrap(),
            text: "abc".into(),
            channels: vec![Asked::Channel(model::vocabulary::Channel::Email)],
            valid_months: None,
            language: "en".into(),
        };
        // The test vector of FIPS 180.
        assert_eq!(wording.text_hash()[..4], [0xba, 0x78, 0x16, 0xbf]);
    }
}
