//! What a template may say about a recipient, and the values for one recipient.
//!
//! The list is closed: a name that is not here is an error when the content is saved, never a gap in a sent message.

use serde::Deserialize;
use serde_json::{Value, json};

/// Whether a variable always has a value, and where it may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Always has a value.
    Always,
    /// May be missing: a template has to say what to write then.
    Optional,
    /// Several values, for `{{#each list as |item|}}`.
    List,
    /// The address of the unsubscribe page: in the text and HTML parts only.
    Unsubscribe,
}

/// One name that templates may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    /// As written between the braces.
    pub name: &'static str,
    /// When it has a value.
    pub presence: Presence,
    /// What it stands for.
    pub meaning: &'static str,
}

/// Every variable, in the order in which the editor offers them.
pub const VARIABLES: &[Variable] = &[
    Variable {
        name: "contact.first_name",
        presence: Presence::Optional,
        meaning: "the recipient's first name",
    },
    Variable {
        name: "contact.last_name",
        presence: Presence::Optional,
        meaning: "the recipient's last name",
    },
    Variable {
        name: "contact.language",
        presence: Presence::Optional,
        meaning: "the recipient's language, as a code",
    },
    Variable {
        name: "contact.email",
        presence: Presence::Always,
        meaning: "the address that the message goes to",
    },
    Variable {
        name: "organisation.name",
        presence: Presence::Always,
        meaning: "the organisation that sends",
    },
    Variable {
        name: "institution.name",
        presence: Presence::Always,
        meaning: "the institution it belongs to",
    },
    Variable {
        name: "organisations",
        presence: Presence::List,
        meaning: "the names of the institution's organisations",
    },
    Variable {
        name: UNSUBSCRIBE,
        presence: Presence::Unsubscribe,
        meaning: "the page on which the recipient can refuse",
    },
];

/// The name of the unsubscribe variable.
pub(crate) const UNSUBSCRIBE: &str = "unsubscribe_url";

/// The name under which tracked links reach a template. Not in [`VARIABLES`], so that no author can write it.
pub(crate) const LINKS: &str = "links";

pub(crate) fn find(name: &str) -> Option<&'static Variable> {
    VARIABLES.iter().find(|variable| variable.name == name)
}

/// The values for one recipient.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipientContext {
    /// First name; blank counts as missing.
    #[serde(default)]
    pub first_name: Option<String>,
    /// Last name; blank counts as missing.
    #[serde(default)]
    pub last_name: Option<String>,
    /// Language code; blank counts as missing.
    #[serde(default)]
    pub language: Option<String>,
    /// The address that the message goes to.
    pub email: String,
    /// The sending organisation's name.
    pub organisation: String,
    /// The institution's name.
    pub institution: String,
    /// The names of all its organisations.
    #[serde(default)]
    pub organisations: Vec<String>,
    /// The recipient's own unsubscribe page: an action link, never tracked (TR-02).
    pub unsubscribe_url: String,
}

/// Shows nothing of the person, so that a stray `{:?}` puts no name into a log.
impl std::fmt::Debug for RecipientContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecipientContext").finish_non_exhaustive()
    }
}

impl RecipientContext {
    pub(crate) fn json(&self, links: &[String]) -> Value {
        json!({
            "contact": {
                "first_name": optional(self.first_name.as_deref()),
                "last_name": optional(self.last_name.as_deref()),
                "language": optional(self.language.as_deref()),
                "email": one_line(&self.email),
            },
            "organisation": { "name": one_line(&self.organisation) },
            "institution": { "name": one_line(&self.institution) },
            "organisations": self.organisations.iter().map(|name| one_line(name)).collect::<Vec<_>>(),
            UNSUBSCRIBE: self.unsubscribe_url,
            LINKS: links,
        })
    }

    /// A recipient of whom nothing optional is known: what every template has to cope with.
    pub(crate) fn bare() -> Self {
        Self {
            first_name: None,
            last_name: None,
            language: None,
            email: "someone@example.org".into(),
            organisation: "Organisation".into(),
            institution: "Institution".into(),
            organisations: vec!["Organisation".into()],
            unsubscribe_url: "https://example.org/u/x".into(),
        }
    }
}

fn optional(value: Option<&str>) -> Option<String> {
    value.map(one_line).filter(|value| !value.is_empty())
}

/// The value without controls and line separators, each replaced by a blank: no value starts a line (EM-05).
pub(crate) fn one_line(value: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if value.contains(breaks) {
        value.replace(breaks, " ").trim().to_owned()
    } else {
        value.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_has_a_value_or_null_in_the_context() {
        let context = RecipientContext::bare().json(&[]);
        for variable in VARIABLES {
            let value =
                context.pointer(&format!("/{}", variable.name.replace('.', "/"))).expect(variable.name);
            assert_eq!(value.is_null(), variable.presence == Presence::Optional, "{}", variable.name);
            assert_eq!(value.is_array(), variable.presence == Presence::List, "{}", variable.name);
        }
        assert!(find(LINKS).is_none());
    }

    #[test]
    fn the_documentation_lists_every_variable_and_no_other() {
        let page = include_str!("../../../docs/campaign-file.md");
        let (_, page) = page.split_once("## What a message may say").unwrap();
        let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
        assert_eq!(rows.len(), VARIABLES.len());
        for (variable, row) in VARIABLES.iter().zip(rows) {
            assert!(row.starts_with(&format!("| `{}` | {}", variable.name, variable.meaning)), "{row}");
            assert_eq!(row.ends_with("| yes |"), variable.presence == Presence::Optional, "{row}");
        }
    }

    #[test]
    fn values_are_one_line_and_blank_is_missing() {
        let context = RecipientContext {
            first_name: Some(" \n".into()),
            last_name: Some("Du\r\nBcc: x\u{2028}y".into()),
            ..RecipientContext::bare()
        };
        let json = context.json(&[]);
        assert!(json["contact"]["first_name"].is_null());
        assert_eq!(json["contact"]["last_name"], "Du  Bcc: x y");
    }

    #[test]
    fn debug_shows_no_personal_data() {
        assert_eq!(format!("{:?}", RecipientContext::bare()), "RecipientContext { .. }");
    }
}
