//! Forms and counters where consent is collected.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::column::columns;
use crate::words::CollectionKind;
use crate::{Column, ExternalId, Fields, Kind, Record, Rejected, value};

columns! {
    ExternalId required "external_id", "the collection point's id in the source", "WEB-SIGNUP";
    Name required "name", "its name as the institution knows it", "Sign-up page";
    Organisation optional "organisation", "the organisation it collects for; empty: the whole institution", "OPERA";
    Kind required "kind", "how it asks: web_form, kiosk, counter, call or paper", "web_form";
    PolicyUrl required "policy_url", "the privacy policy that it shows", "https://www.example.org/privacy";
    NoticeVersion required "notice_version", "the version of the notice that it shows", "2026-01";
}

/// Where consent is collected. A yes counts as proven only from a registered one, and none is registered without its
/// policy and the version of its notice (design, section 8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionPoint {
    /// Its id in the source.
    pub external_id: ExternalId,
    /// Its name as the institution knows it.
    pub name: String,
    /// The organisation it collects for; `None` for the whole institution.
    pub organisation: Option<ExternalId>,
    /// How it asks.
    pub kind: CollectionKind,
    /// The privacy policy that it shows.
    pub policy_url: String,
    /// The version of the notice that it shows.
    pub notice_version: String,
}

impl Record for CollectionPoint {
    const KIND: Kind = Kind::CollectionPoints;
    const COLUMNS: &'static [Column] = COLUMNS;

    fn parse(fields: &mut Fields<'_>) -> Result<Self, Rejected> {
        let external_id = fields.required(Col::ExternalId, ExternalId::parse);
        let name = fields.required(Col::Name, value::line);
        let organisation = fields.optional(Col::Organisation, ExternalId::parse);
        let kind = fields.required(Col::Kind, value::word);
        let policy_url = fields.required(Col::PolicyUrl, value::https_url);
        let notice_version = fields.required(Col::NoticeVersion, value::line);
        Ok(Self {
            external_id: external_id?,
            name: name?,
            organisation: organisation?,
            kind: kind?,
            policy_url: policy_url?,
            notice_version: notice_version?,
        })
    }

    fn key(&self) -> Option<(&'static str, Cow<'_, str>)> {
        Some(("external_id", self.external_id.as_str().into()))
    }
}
