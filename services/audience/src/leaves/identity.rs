//! `{"leaf": "identity", "field": "city", "equals": "Lyon"}`: a field of the contact itself.
//!
//! | fields | operators |
//! |---|---|
//! | `first_name`, `last_name`, `city` | those of [`TextOp`]; case and composition do not count |
//! | `email` | those of [`TextOp`], on the canonical address (EM-11); `is_present` is "has an address" |
//! | `mobile`, `postal_code`, `language`, `source`, `external_id` | those of [`TextOp`], character by character |
//! | `gender`, `country` | `equals`, `not_equals`, `is_missing`, `is_present`, on codes |
//! | `birth_date`, `created_on` | those of [`DateOp`] |
//! | `age` | those of [`AgeOp`], in whole years, of the birth date |
//! | `birthday` | those of [`BirthdayOp`], of the birth date |
//! | `kind` | `equals`, `not_equals`; never unknown |
//! | `role` | `has`, `has_not`; never unknown, a contact has any set of roles |

mod fields;
mod checked;

use std::sync::Arc;

use model::vocabulary::{ContactKind, ContactRole};
use serde::{Deserialize, Serialize};

use self::checked::{FieldLeaf, KindLeaf, RoleLeaf};
pub use self::fields::{AgeField, BirthdayField, CodeField, DateField, KindField, RoleField, TextField};
use super::{LeafForm, LeafTest};
use crate::catalogue::Catalogue;
use crate::error::known;
use crate::json::{Fields, Stated};
use crate::operators::asked::Asked;
use crate::operators::text::TextTest;
use crate::operators::{AgeOp, BirthdayOp, DateOp, TextOp};

/// A question about one field, typed by the field.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Identity {
    /// About a text.
    Text {
        /// Which.
        field: TextField,
        /// What is asked.
        #[serde(flatten)]
        op: TextOp,
    },
    /// About a code.
    Code {
        /// Which.
        field: CodeField,
        /// What is asked.
        #[serde(flatten)]
        op: CodeOp,
    },
    /// About a day.
    Date {
        /// Which.
        field: DateField,
        /// What is asked.
        #[serde(flatten)]
        op: DateOp,
    },
    /// About the age.
    Age {
        /// `age`.
        field: AgeField,
        /// What is asked.
        #[serde(flatten)]
        op: AgeOp,
    },
    /// About the birthday.
    Birthday {
        /// `birthday`.
        field: BirthdayField,
        /// What is asked.
        #[serde(flatten)]
        op: BirthdayOp,
    },
    /// About the kind of contact.
    Kind {
        /// `kind`.
        field: KindField,
        /// What is asked.
        #[serde(flatten)]
        op: KindOp,
    },
    /// About the contact's roles.
    Role {
        /// `role`.
        field: RoleField,
        /// What is asked.
        #[serde(flatten)]
        op: RoleOp,
    },
}

/// What is asked of a code. Unknown when it is missing, but for `is_missing` and `is_present`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeOp {
    /// It is this one.
    Equals(String),
    /// There is one, and it is another.
    NotEquals(String),
    /// There is none.
    IsMissing(Stated),
    /// There is one.
    IsPresent(Stated),
}

/// What is asked of the kind, which every contact has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KindOp {
    /// It is this one.
    Equals(ContactKind),
    /// It is another.
    NotEquals(ContactKind),
}

/// What is asked of the roles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleOp {
    /// The contact has this role, whatever others.
    Has(ContactRole),
    /// The contact has not this role.
    HasNot(ContactRole),
}

impl Identity {
    pub(super) fn read(mut fields: Fields) -> Result<Self, String> {
        let name: String = fields.required("field")?;
        let op = fields.operator()?;
        if let Some(field) = TextField::from_word(&name) {
            return Ok(Self::Text { field, op: op.read()? });
        }
        if let Some(field) = CodeField::from_word(&name) {
            return Ok(Self::Code { field, op: op.read()? });
        }
        if let Some(field) = DateField::from_word(&name) {
            return Ok(Self::Date { field, op: op.read()? });
        }
        if let Some(field) = AgeField::from_word(&name) {
            return Ok(Self::Age { field, op: op.read()? });
        }
        if let Some(field) = BirthdayField::from_word(&name) {
            return Ok(Self::Birthday { field, op: op.read()? });
        }
        if let Some(field) = KindField::from_word(&name) {
            return Ok(Self::Kind { field, op: op.read()? });
        }
        if let Some(field) = RoleField::from_word(&name) {
            return Ok(Self::Role { field, op: op.read()? });
        }
        Err(format!("there is no field `{name}`; the fields are {}", known(fields::names())))
    }
}

impl LeafForm for Identity {
    fn check(&self, _: &Catalogue) -> Result<Arc<dyn LeafTest>, String> {
        Ok(match self {
            Self::Text { field, op } => Arc::new(FieldLeaf { field: *field, asked: op.check(field.form())? }),
            Self::Code { field, op } => Arc::new(FieldLeaf { field: *field, asked: op.check(*field)? }),
            Self::Date { field, op } => Arc::new(FieldLeaf { field: *field, asked: op.check()? }),
            Self::Age { op, .. } => Arc::new(FieldLeaf { field: DateField::BirthDate, asked: op.check()? }),
            Self::Birthday { field, op } => Arc::new(FieldLeaf { field: *field, asked: op.check()? }),
            Self::Kind { op, .. } => Arc::new(KindLeaf(op.clone())),
            Self::Role { op, .. } => Arc::new(RoleLeaf(op.clone())),
        })
    }
}

/// Refuses what is no country code.
pub(super) fn check_country(code: &str) -> Result<&str, String> {
    CodeField::Country.check_code(code)
}

impl CodeOp {
    fn check(&self, field: CodeField) -> Result<Asked<TextTest>, String> {
        Ok(match self {
            Self::Equals(code) => Asked::Value(TextTest::exactly(field.check_code(code)?)),
            Self::NotEquals(code) => Asked::Value(TextTest::other_than(field.check_code(code)?)),
            Self::IsMissing(Stated) => Asked::Missing,
            Self::IsPresent(Stated) => Asked::Present,
        })
    }
}
