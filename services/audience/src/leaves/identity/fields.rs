//! The identity fields: their names, where they are stored, and where they stand in the facts.

use chrono::NaiveDate;
use sea_query::Expr;
use serde::{Deserialize, Serialize};

use crate::explain::Seen;
use crate::facts::IdentityFacts;
use crate::operators::text::TextForm;
use crate::sql;

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $field:ident = $word:literal,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
            pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $field,)* }

            impl $name {
                /// The name in a query.
                #[must_use]
                pub const fn word(self) -> &'static str {
                    match self { $(Self::$field => $word),* }
                }

                pub(super) fn from_word(word: &str) -> Option<Self> {
                    match word { $($word => Some(Self::$field),)* _ => None }
                }
            }
        )*

        /// Every field name.
        pub(super) fn names() -> impl Iterator<Item = &'static str> {
            [$($($word),*),*].into_iter()
        }
    };
}

fields! {
    /// Fields that hold text.
    TextField {
        /// First name.
        FirstName = "first_name",
        /// Last name, or the name of a body.
        LastName = "last_name",
        /// Electronic mail address.
        Email = "email",
        /// Mobile number.
        Mobile = "mobile",
        /// Postal code.
        PostalCode = "postal_code",
        /// City.
        City = "city",
        /// Language tag, such as `fr` or `fr-BE`; `starts_with` takes a language with all its regions.
        Language = "language",
        /// The system that the contact comes from.
        Source = "source",
        /// The contact's id there.
        ExternalId = "external_id",
    }

    /// Fields that hold a code.
    CodeField {
        /// Gender, in lower case as imported.
        Gender = "gender",
        /// Country (ISO 3166-1), two capitals.
        Country = "country",
    }

    /// Fields that hold a day.
    DateField {
        /// Day of birth.
        BirthDate = "birth_date",
        /// When the contact was first recorded.
        CreatedOn = "created_on",
    }

    /// The one field of its type.
    AgeField {
        /// Whole years since the birth date.
        Age = "age",
    }

    /// The one field of its type.
    BirthdayField {
        /// The day of the year of the birth date.
        Birthday = "birthday",
    }

    /// The one field of its type.
    KindField {
        /// Individual, relay or structure.
        Kind = "kind",
    }

    /// The one field of its type.
    RoleField {
        /// The contact's set of roles.
        Role = "role",
    }
}

/// A field that one column holds and that may be missing.
pub(super) trait StoredField: Copy + std::fmt::Debug + Send + Sync {
    /// The value in memory.
    type Value: ?Sized;

    fn name(self) -> &'static str;

    /// The column that holds the form in which the field is compared.
    fn column(self) -> Expr;

    fn value(self, facts: &IdentityFacts) -> Option<&Self::Value>;

    fn seen(value: &Self::Value) -> Seen;

    /// Whether a contact can be without it.
    fn may_be_missing(self) -> bool {
        true
    }
}

impl TextField {
    pub(super) const fn form(self) -> TextForm {
        match self {
            Self::FirstName | Self::LastName | Self::City => TextForm::Normalised,
            Self::Email => TextForm::Email,
            Self::Language => TextForm::Language,
            Self::Mobile | Self::PostalCode | Self::Source | Self::ExternalId => TextForm::Exact,
        }
    }
}

impl StoredField for TextField {
    type Value = str;

    fn name(self) -> &'static str {
        self.word()
    }

    fn column(self) -> Expr {
        sql::contact(match self {
            Self::FirstName => "first_name_key",
            Self::LastName => "last_name_key",
            Self::Email => "email_key",
            Self::Mobile => "mobile",
            Self::PostalCode => "postal_code",
            Self::City => "city_key",
            Self::Language => "language",
            Self::Source => "source",
            Self::ExternalId => "external_id",
        })
    }

    fn value(self, facts: &IdentityFacts) -> Option<&str> {
        match self {
            Self::FirstName => facts.first_name.as_deref(),
            Self::LastName => facts.last_name.as_deref(),
            Self::Email => facts.email.as_deref(),
            Self::Mobile => facts.mobile.as_deref(),
            Self::PostalCode => facts.postal_code.as_deref(),
            Self::City => facts.city.as_deref(),
            Self::Language => facts.language.as_deref(),
            Self::Source => Some(&facts.source),
            Self::ExternalId => Some(&facts.external_id),
        }
    }

    fn seen(value: &str) -> Seen {
        Seen::Text(value.to_owned())
    }

    fn may_be_missing(self) -> bool {
        !matches!(self, Self::Source | Self::ExternalId)
    }
}

impl CodeField {
    /// Refuses a spelling that is never stored, since it would select nobody without a word.
    pub(super) fn check_code(self, code: &str) -> Result<&str, String> {
        let (right, form) = match self {
            Self::Gender => (
                !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_lowercase()),
                "a word in lower case, such as `female`",
            ),
            Self::Country => (
                code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()),
                "two capital letters, such as `FR`",
            ),
        };
        if right { Ok(code) } else { Err(format!("`{}` is {form}", self.word())) }
    }
}

impl StoredField for CodeField {
    type Value = str;

    fn name(self) -> &'static str {
        self.word()
    }

    fn column(self) -> Expr {
        sql::contact(self.word())
    }

    fn value(self, facts: &IdentityFacts) -> Option<&str> {
        match self {
            Self::Gender => facts.gender.as_deref(),
            Self::Country => facts.country.as_deref(),
        }
    }

    fn seen(value: &str) -> Seen {
        Seen::Text(value.to_owned())
    }
}

impl StoredField for DateField {
    type Value = NaiveDate;

    fn name(self) -> &'static str {
        self.word()
    }

    fn column(self) -> Expr {
        sql::contact(self.word())
    }

    fn value(self, facts: &IdentityFacts) -> Option<&NaiveDate> {
        match self {
            Self::BirthDate => facts.birth_date.as_ref(),
            Self::CreatedOn => facts.created_on.as_ref(),
        }
    }

    fn seen(value: &NaiveDate) -> Seen {
        Seen::Date(*value)
    }
}

impl StoredField for BirthdayField {
    type Value = NaiveDate;

    fn name(self) -> &'static str {
        self.word()
    }

    /// Month × 100 + day.
    fn column(self) -> Expr {
        sql::contact(self.word())
    }

    fn value(self, facts: &IdentityFacts) -> Option<&NaiveDate> {
        DateField::BirthDate.value(facts)
    }

    fn seen(value: &NaiveDate) -> Seen {
        DateField::seen(value)
    }
}
