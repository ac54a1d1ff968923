//! Operators on text. All are unknown when the value is missing, but for `is_missing` and `is_present`.

use std::borrow::Cow;

use chrono::NaiveDate;
use model::address::EmailAddress;
use model::text::normalise_text;
use sea_query::{Expr, ExprTrait};
use serde::{Deserialize, Serialize};

use super::asked::{Asked, ValueTest};
use super::span::Says;
use crate::json::Stated;
use crate::sql;

/// Characters of a literal, at most.
pub const MAX_TEXT: usize = 200;

/// What is asked of a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextOp {
    /// The whole text is this one.
    Equals(String),
    /// There is a text, and it is another one.
    NotEquals(String),
    /// The text begins with this.
    StartsWith(String),
    /// This stands somewhere in the text. The one operator that no index serves.
    Contains(String),
    /// There is no text.
    IsMissing(Stated),
    /// There is a text.
    IsPresent(Stated),
}

/// How a text is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextForm {
    /// By `model::text::normalise_text`: case and composition do not count. The column holds that form.
    Normalised,
    /// Character by character.
    Exact,
    /// Character by character, as a language tag: `fr`, or `fr-BE`.
    Language,
    /// As an email address (EM-11): a whole address by its key, a part of one normalised. Column and value hold the key.
    Email,
}

impl TextForm {
    /// The value in the form that is compared.
    fn value(self, value: &str) -> Cow<'_, str> {
        match self {
            Self::Normalised => Cow::Owned(normalise_text(value)),
            Self::Exact | Self::Language | Self::Email => Cow::Borrowed(value),
        }
    }

    fn whole(self, literal: &str) -> Result<String, String> {
        match self {
            Self::Normalised | Self::Exact => self.part(literal),
            Self::Language if is_language_tag(literal) => Ok(literal.to_owned()),
            Self::Language => Err("a language is written like `fr`, or `fr-BE` with its region".to_owned()),
            Self::Email => EmailAddress::parse(literal)
                .map(|address| address.key().as_str().to_owned())
                .map_err(|error| error.to_string()),
        }
    }

    fn part(self, literal: &str) -> Result<String, String> {
        check_literal(literal)?;
        Ok(match self {
            Self::Normalised | Self::Email => normalise_text(literal),
            Self::Exact | Self::Language => literal.to_owned(),
        })
    }
}

/// The spelling in which language tags are stored (BCP 47: language in lower case, region in upper case).
fn is_language_tag(text: &str) -> bool {
    let (language, region) =
        text.split_once('-').map_or((text, None), |(language, region)| (language, Some(region)));
    let lower = language.bytes().all(|byte| byte.is_ascii_lowercase());
    let upper =
        region.is_none_or(|region| region.len() == 2 && region.bytes().all(|byte| byte.is_ascii_uppercase()));
    (2..=3).contains(&language.len()) && lower && upper
}

/// Refuses what no stored text can equal or what everything contains.
pub(crate) fn check_literal(literal: &str) -> Result<(), String> {
    if literal.trim().is_empty() {
        return Err("the text is empty; write at least one character, or use `is_missing`".to_owned());
    }
    if literal.chars().count() > MAX_TEXT {
        return Err(format!("the text is longer than {MAX_TEXT} characters; shorten it"));
    }
    if literal.chars().any(char::is_control) {
        return Err("the text has a control character such as a tab or a line break; remove it".to_owned());
    }
    Ok(())
}

/// A [`TextOp`] whose literal is in the form that is compared.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TextTest {
    form: TextForm,
    wanted: Wanted,
}

#[derive(Clone, Debug, PartialEq)]
enum Wanted {
    Equals(String),
    NotEquals(String),
    /// The prefix, and the first text in byte order that is behind every text with it.
    StartsWith(String, Option<String>),
    Contains(String),
}

impl TextOp {
    pub(crate) fn check(&self, form: TextForm) -> Result<Asked<TextTest>, String> {
        let value = |wanted| Asked::Value(TextTest { form, wanted });
        Ok(match self {
            Self::IsMissing(Stated) => Asked::Missing,
            Self::IsPresent(Stated) => Asked::Present,
            Self::Equals(text) => value(Wanted::Equals(form.whole(text)?)),
            Self::NotEquals(text) => value(Wanted::NotEquals(form.whole(text)?)),
            Self::Contains(text) => value(Wanted::Contains(form.part(text)?)),
            Self::StartsWith(text) => {
                let prefix = form.part(text)?;
                let behind = behind_prefix(&prefix);
                value(Wanted::StartsWith(prefix, behind))
            }
        })
    }
}

impl TextTest {
    /// A text that is this one, character by character.
    pub(crate) fn exactly(code: &str) -> Self {
        Self { form: TextForm::Exact, wanted: Wanted::Equals(code.to_owned()) }
    }

    /// A text that is another one, character by character.
    pub(crate) fn other_than(code: &str) -> Self {
        Self { form: TextForm::Exact, wanted: Wanted::NotEquals(code.to_owned()) }
    }
}

/// The least text in byte order (which for UTF-8 is the order of code points) that is greater than every text with this
/// prefix; `None` when there is none.
fn behind_prefix(prefix: &str) -> Option<String> {
    let mut head = prefix.to_owned();
    while let Some(last) = head.pop() {
        // The range skips the surrogates, which are no characters.
        if let Some(next) = (last..=char::MAX).nth(1) {
            head.push(next);
            return Some(head);
        }
    }
    None
}

impl ValueTest for TextTest {
    type Value = str;

    fn accepts(&self, value: &str, _: NaiveDate) -> bool {
        let value = self.form.value(value);
        match &self.wanted {
            Wanted::Equals(text) => value == text.as_str(),
            Wanted::NotEquals(text) => value != text.as_str(),
            Wanted::StartsWith(prefix, _) => value.starts_with(prefix),
            Wanted::Contains(part) => value.contains(part),
        }
    }

    fn holds(&self, column: Expr, _: NaiveDate) -> Expr {
        match &self.wanted {
            Wanted::Equals(text) => column.eq(text),
            Wanted::NotEquals(text) => column.ne(text),
            Wanted::StartsWith(prefix, behind) => {
                let ordered = sql::in_byte_order(column);
                let from = ordered.clone().gte(prefix);
                sql::all(std::iter::once(from).chain(behind.as_ref().map(|behind| ordered.lt(behind))))
            }
            Wanted::Contains(part) => sql::position(column, part).gt(0),
        }
    }

    fn fails(&self, column: Expr, _: NaiveDate) -> Expr {
        match &self.wanted {
            Wanted::Equals(text) => column.ne(text),
            Wanted::NotEquals(text) => column.eq(text),
            Wanted::StartsWith(prefix, behind) => {
                let ordered = sql::in_byte_order(column);
                let before = ordered.clone().lt(prefix);
                sql::any(std::iter::once(before).chain(behind.as_ref().map(|behind| ordered.gte(behind))))
            }
            Wanted::Contains(part) => sql::position(column, part).eq(0),
        }
    }

    fn says(&self) -> Says {
        match &self.wanted {
            Wanted::Equals(text) => Says::Exactly(text.clone()),
            Wanted::NotEquals(text) => Says::Other(text.clone()),
            Wanted::StartsWith(..) | Wanted::Contains(_) => Says::Present,
        }
    }

    fn denies(&self) -> Says {
        match &self.wanted {
            Wanted::Equals(text) => Says::Other(text.clone()),
            Wanted::NotEquals(text) => Says::Exactly(text.clone()),
            Wanted::StartsWith(..) | Wanted::Contains(_) => Says::Present,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(op: &TextOp, form: TextForm, value: &str) -> bool {
        match op.check(form).expect("a valid operator") {
            Asked::Value(test) => test.accepts(value, NaiveDate::MIN),
            Asked::Missing | Asked::Present => panic!("an operator with a literal was meant"),
        }
    }

    #[test]
    fn the_text_behind_a_prefix_is_the_next_one() {
        assert_eq!(behind_prefix("du").as_deref(), Some("dv"));
        assert_eq!(behind_prefix("d\u{d7ff}").as_deref(), Some("d\u{e000}"));
        assert_eq!(behind_prefix("d\u{10ffff}").as_deref(), Some("e"));
        assert_eq!(behind_prefix("\u{10ffff}"), None);
    }

    #[test]
    fn case_and_composition_do_not_count_where_the_form_is_normalised() {
        let op = TextOp::Equals("ELODIE\u{301}".to_owned());
        assert!(accepts(&op, TextForm::Normalised, "elodié"));
        assert!(!accepts(&op, TextForm::Exact, "elodié"));
        assert!(accepts(&TextOp::StartsWith("É".to_owned()), TextForm::Normalised, "e\u{301}lodie"));
        assert!(!accepts(&TextOp::StartsWith("E".to_owned()), TextForm::Normalised, "élodie"));
        assert!(accepts(&TextOp::Contains("LOD".to_owned()), TextForm::Normalised, "Élodie"));
        assert!(accepts(&TextOp::NotEquals("Zoé".to_owned()), TextForm::Normalised, "Zoe"));
    }

    #[test]
    fn a_whole_address_is_compared_by_its_key() {
        assert!(accepts(&TextOp::Equals("Ada@Example.ORG".to_owned()), TextForm::Email, "ada@example.org"));
        let error = TextOp::Equals("ada".to_owned()).check(TextForm::Email).expect_err("no address");
        assert!(error.contains("exactly one @"), "{error}");
    }

    #[test]
    fn literals_that_cannot_be_meant_are_refused() {
        for (text, why) in [
            ("", "empty"),
            ("  ", "empty"),
            ("a\u{0}b", "control"),
            ("a\tb", "control"),
            (&"x".repeat(201), "longer"),
        ] {
            let error = TextOp::Contains(text.to_owned()).check(TextForm::Normalised).expect_err(why);
            assert!(error.contains(why), "{error}");
        }
    }
}
