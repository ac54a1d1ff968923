//! Definitions of custom attributes, and how their values are read.

use std::borrow::Cow;

use chrono::NaiveDate;
use model::text::normalise_text;
use model::vocabulary::CriterionType;
use serde::{Deserialize, Serialize};

use crate::column::columns;
use crate::{Column, Fields, Flaw, Kind, Record, Rejected, value};

columns! {
    Code required "code", "the name in column headers and targets, after criterion.", "favourite_genre";
    Name required "name", "the name on screen", "Favourite genre";
    Type required "type", "text, number, date, yes_no, one_of or several_of", "one_of";
    Choices optional "choices", "what may be chosen, separated by |; for one_of and several_of only", "opera|jazz|dance";
}

/// The definition of a custom attribute of contacts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    /// Its name in column headers and targets.
    pub code: String,
    /// Its name on screen.
    pub name: String,
    /// The type of its values.
    pub value_type: CriterionType,
    /// What may be chosen, in order; empty unless something is to be chosen.
    pub choices: Vec<String>,
}

/// A contact's value of a criterion.
#[derive(Clone, Debug, PartialEq)]
pub enum CriterionValue {
    /// Of a `text` criterion.
    Text(String),
    /// Of a `number` criterion.
    Number(f64),
    /// Of a `date` criterion.
    Date(NaiveDate),
    /// Of a `yes_no` criterion.
    YesNo(bool),
    /// Of a `one_of` or `several_of` criterion: the choices in the definition's spelling and order.
    Choices(Vec<String>),
}

impl Criterion {
    /// Reads a contact's value of this criterion from the text of its cell.
    ///
    /// # Errors
    /// When the text has another type, or is none of the choices.
    pub fn read(&self, text: &str) -> Result<CriterionValue, Flaw> {
        match self.value_type {
            CriterionType::Text => value::line(text).map(CriterionValue::Text),
            CriterionType::Number => value::decimal(text).map(CriterionValue::Number),
            CriterionType::Date => value::date(text).map(CriterionValue::Date),
            CriterionType::YesNo => value::yes_no(text).map(CriterionValue::YesNo),
            CriterionType::OneOf => self.choose(std::slice::from_ref(&text)),
            CriterionType::SeveralOf => {
                let parts: Vec<&str> = text.split(value::LIST_SEPARATOR).collect();
                self.choose(&parts)
            }
        }
    }

    fn choose(&self, parts: &[&str]) -> Result<CriterionValue, Flaw> {
        let chosen: Vec<String> = parts.iter().map(|part| normalise_text(part.trim())).collect();
        let known: Vec<String> = self.choices.iter().map(|choice| normalise_text(choice)).collect();
        if chosen.iter().all(|key| known.contains(key)) {
            let choices = self.choices.iter().zip(known).filter(|(_, key)| chosen.contains(key));
            return Ok(CriterionValue::Choices(choices.map(|(choice, _)| choice.clone()).collect()));
        }
        let remedy = format!("choose from {}", self.choices.join(" | "));
        Err(Flaw::new("it is none of the criterion's choices", remedy))
    }
}

impl Record for Criterion {
    const KIND: Kind = Kind::Criteria;
    const COLUMNS: &'static [Column] = COLUMNS;

    fn parse(fields: &mut Fields<'_>) -> Result<Self, Rejected> {
        let code = fields.required(Col::Code, value::code);
        let name = fields.required(Col::Name, value::line);
        let value_type = fields.required(Col::Type, value::word);
        let choices = fields.optional(Col::Choices, value::choices);
        let criterion =
            Self { code: code?, name: name?, value_type: value_type?, choices: choices?.unwrap_or_default() };
        let is_choice = match criterion.value_type {
            CriterionType::OneOf | CriterionType::SeveralOf => true,
            CriterionType::Text | CriterionType::Number | CriterionType::Date | CriterionType::YesNo => false,
        };
        if is_choice && criterion.choices.is_empty() {
            return Err(fields.contradicts(
                Col::Choices,
                "a criterion to choose needs choices",
                "write them separated by |, or give the criterion another type",
            ));
        }
        if !is_choice && !criterion.choices.is_empty() {
            return Err(fields.contradicts(
                Col::Choices,
                "a criterion of this type has no choices",
                "leave them empty, or make it one_of or several_of",
            ));
        }
        Ok(criterion)
    }

    fn key(&self) -> Option<(&'static str, Cow<'_, str>)> {
        Some(("code", self.code.as_str().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn criterion(value_type: CriterionType) -> Criterion {
        let choices = vec!["Théâtre".into(), "Opera".into(), "Jazz".into()];
        Criterion { code: "c".into(), name: "C".into(), value_type, choices }
    }

    #[test]
    fn values_have_the_type_of_their_criterion() {
        let read = |value_type, text| criterion(value_type).read(text);
        assert_eq!(read(CriterionType::Text, "a|b"), Ok(CriterionValue::Text("a|b".into())));
        assert_eq!(read(CriterionType::Number, "-2.5"), Ok(CriterionValue::Number(-2.5)));
        let day = NaiveDate::from_ymd_opt(2026, 1, 31).unwrap();
        assert_eq!(read(CriterionType::Date, "20260131"), Ok(CriterionValue::Date(day)));
        assert_eq!(read(CriterionType::YesNo, "no"), Ok(CriterionValue::YesNo(false)));
        let several = Ok(CriterionValue::Choices(vec!["Théâtre".into(), "Jazz".into()]));
        assert_eq!(read(CriterionType::SeveralOf, "jazz | THÉÂTRE"), several);
        assert_eq!(read(CriterionType::OneOf, "opera"), Ok(CriterionValue::Choices(vec!["Opera".into()])));
    }

    #[test]
    fn a_value_of_another_type_is_refused() {
        for (value_type, text) in [
            (CriterionType::Text, "a\nb"),
            (CriterionType::Number, "two"),
            (CriterionType::Date, "31.01.2026"),
            (CriterionType::YesNo, "perhaps"),
            (CriterionType::OneOf, "Opera|Jazz"),
            (CriterionType::SeveralOf, "Opera|"),
            (CriterionType::SeveralOf, "Opera|Circus"),
        ] {
            assert!(criterion(value_type).read(text).is_err(), "{value_type:?} {text}");
        }
    }
}
