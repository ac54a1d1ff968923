//! Persons and bodies.

use std::borrow::Cow;
use std::fmt;

use chrono::NaiveDate;
use model::address::EmailAddress;
use model::vocabulary::{ContactKind, ContactRole};
use serde::{Deserialize, Serialize};

use crate::column::columns;
use crate::words::Gender;
use crate::{Column, ExternalId, Fields, Kind, Record, Rejected, value};

columns! {
    ExternalId required "external_id", "the contact's id in the source", "C-1001";
    Kind required "kind", "individual, relay or structure", "individual";
    Roles optional "roles", "customer, supplier, guide, exhibitor, partner, producer, separated by |", "customer|guide";
    FirstName optional "first_name", "the first name", "Ada";
    LastName optional "last_name", "the last name, or the name of a structure", "Lovelace";
    BirthDate optional "birth_date", "the day of birth", "1985-12-10";
    Gender optional "gender", "female, male or other", "female";
    Language optional "language", "the language to write in", "fr";
    Email optional "email", "one email address", "ada@example.org";
    Mobile optional "mobile", "the mobile number with its country code", "+33612345678";
    Street optional "street", "street and number", "12 rue de la Paix";
    PostalCode optional "postal_code", "the postal code", "75002";
    City optional "city", "the city", "Paris";
    Country optional "country", "the country, two letters", "FR";
    CreatedOn optional "created_on", "when the source first knew the contact; empty: unknown", "2019-05-04";
    LegacyRecency optional "legacy_recency", "the recency that the source had computed", "20250131";
}

/// A person or body of the source.
///
/// `Debug` shows nothing of it, since personal data stays out of logs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The contact's id in the source.
    pub external_id: ExternalId,
    /// Person, relay or structure.
    pub kind: ContactKind,
    /// As what the contact stands to the institution; sorted, may be empty.
    pub roles: Vec<ContactRole>,
    /// The first name, as given.
    pub first_name: Option<String>,
    /// The last name or the name of the structure, as given.
    pub last_name: Option<String>,
    /// The day of birth.
    pub birth_date: Option<NaiveDate>,
    /// How the person wishes to be addressed.
    pub gender: Option<Gender>,
    /// The language to write in, as `fr` or `fr-BE`.
    pub language: Option<String>,
    /// The email address, as given.
    #[serde(with = "address_as_given")]
    pub email: Option<EmailAddress>,
    /// The mobile number, as `+` and digits (E.164).
    pub mobile: Option<String>,
    /// The postal address.
    pub postal: PostalAddress,
    /// When the source first knew the contact. `None` is unknown, and never today.
    pub created_on: Option<NaiveDate>,
    /// The recency that the source had computed; may lie in the future.
    pub legacy_recency: Option<NaiveDate>,
    /// Values of criteria as (code, text), by code; to be read by [`crate::records::Criterion::read`].
    pub criteria: Vec<(String, String)>,
}

/// A postal address in parts, each as given.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostalAddress {
    /// Street and number.
    pub street: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The country, as two capitals (ISO 3166).
    pub country: Option<String>,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(..)")
    }
}

impl fmt::Debug for PostalAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostalAddress(..)")
    }
}

impl Record for Contact {
    const KIND: Kind = Kind::Contacts;
    const COLUMNS: &'static [Column] = COLUMNS;
    const HAS_CRITERIA: bool = true;

    fn parse(fields: &mut Fields<'_>) -> Result<Self, Rejected> {
        let past_day = fields.past_day();
        let external_id = fields.required(Col::ExternalId, ExternalId::parse);
        let kind = fields.required(Col::Kind, value::word);
        let roles = fields.optional(Col::Roles, value::words);
        let first_name = fields.optional(Col::FirstName, value::line);
        let last_name = fields.optional(Col::LastName, value::line);
        let birth_date = fields.optional(Col::BirthDate, past_day);
        let gender = fields.optional(Col::Gender, value::word);
        let language = fields.optional(Col::Language, value::language);
        let email = fields.optional(Col::Email, value::email);
        let mobile = fields.optional(Col::Mobile, value::mobile);
        let postal = postal_address(fields);
        let created_on = fields.optional(Col::CreatedOn, past_day);
        let legacy_recency = fields.optional(Col::LegacyRecency, value::date);
        let criteria = fields.criteria();
        let contact = Self {
            external_id: external_id?,
            kind: kind?,
            roles: roles?.unwrap_or_default(),
            first_name: first_name?,
            last_name: last_name?,
            birth_date: birth_date?,
            gender: gender?,
            language: language?,
            email: email?,
            mobile: mobile?,
            postal: postal?,
            created_on: created_on?,
            legacy_recency: legacy_recency?,
            criteria: criteria?,
        };
        contact.check(fields);
        fields.accept(contact)
    }

    fn key(&self) -> Option<(&'static str, Cow<'_, str>)> {
        Some(("external_id", self.external_id.as_str().into()))
    }
}

impl Contact {
    fn check(&self, fields: &mut Fields<'_>) {
        let is_structure = self.kind == ContactKind::Structure;
        if is_structure && self.birth_date.is_some() {
            fields.contradicts(
                Col::BirthDate,
                "a structure is not born",
                "leave it empty, or make the contact an individual or a relay",
            );
        }
        if is_structure && self.gender.is_some() {
            fields.contradicts(
                Col::Gender,
                "a structure has no gender",
                "leave it empty, or make the contact an individual or a relay",
            );
        }
        if let (Some(born), Some(created)) = (self.birth_date, self.created_on)
            && created < born
        {
            fields.contradicts(
                Col::CreatedOn,
                "the contact was created before the person was born",
                "correct one of the two days",
            );
        }
    }
}

fn postal_address(fields: &mut Fields<'_>) -> Result<PostalAddress, Rejected> {
    let street = fields.optional(Col::Street, value::line);
    let postal_code = fields.optional(Col::PostalCode, value::line);
    let city = fields.optional(Col::City, value::line);
    let country = fields.optional(Col::Country, value::country);
    Ok(PostalAddress { street: street?, postal_code: postal_code?, city: city?, country: country? })
}

/// An address is stored as given and read again by the one parser that there is.
mod address_as_given {
    use model::address::EmailAddress;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(email: &Option<EmailAddress>, out: S) -> Result<S::Ok, S::Error> {
        email.as_ref().map(EmailAddress::given).serialize(out)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<EmailAddress>, D::Error> {
        let given = Option::<String>::deserialize(from)?;
        given.map(|given| EmailAddress::parse(&given)).transpose().map_err(Error::custom)
    }
}
