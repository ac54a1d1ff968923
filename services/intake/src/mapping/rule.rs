//! How the cells of one foreign column become what our own reader reads.

use std::borrow::Cow;
use std::collections::BTreeMap;

use model::text::normalise_text;

use super::check::MappingFlaw;
use super::date_format::DateFormat;
use super::file::{Otherwise, RuleForm};
use super::number_format::NumberFormat;
use crate::Flaw;
use crate::schema::shown;
use crate::value::LIST_SEPARATOR;

/// How cells are rewritten. Only the spelling changes; what a value means is read afterwards, as from any file.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// By the form for comparison.
    values: BTreeMap<String, String>,
    /// The cells that are translated, as the mapping writes them.
    translated: String,
    spelling: Spelling,
    list_separator: Option<char>,
}

/// What about cells that are not translated one by one.
#[derive(Clone, Debug)]
enum Spelling {
    AsItStands,
    None,
    Date(DateFormat),
    Number(NumberFormat),
}

impl Rule {
    pub(super) fn new(form: &RuleForm, place: &str) -> Result<Self, MappingFlaw> {
        let flaw = |key: &str, reason: &str| MappingFlaw::new(format!("{place}/{key}"), reason);
        let number = form.decimal.is_some() || form.thousands.is_some();
        if number && form.date.is_some() {
            return Err(flaw("date", "a column is a date or a number; keep one of date and decimal"));
        }
        if form.list_separator.is_some() && (number || form.date.is_some()) {
            return Err(flaw("list_separator", "lists are of words; leave out date and decimal"));
        }
        if form.list_separator.is_some_and(char::is_alphanumeric) {
            return Err(flaw("list_separator", "a letter or digit separates nothing; choose a mark"));
        }
        let spelling = match (&form.date, &form.values) {
            (Some(date), _) => {
                Spelling::Date(DateFormat::parse(date).map_err(|reason| flaw("date", reason))?)
            }
            (None, _) if number => Spelling::Number(
                NumberFormat::new(form.decimal, form.thousands).map_err(|reason| flaw("decimal", reason))?,
            ),
            (None, Some(_)) if form.others == Otherwise::Reject => Spelling::None,
            (None, _) => Spelling::AsItStands,
        };
        let mut values = BTreeMap::new();
        let given = form.values.as_ref().map(|values| &values.0);
        for (cell, value) in given.into_iter().flatten() {
            if values.insert(normalise_text(cell.trim()), value.trim().to_owned()).is_some() {
                let reason = format!("'{}' stands twice, in other capitals; keep one", shown(cell));
                return Err(flaw("values", &reason));
            }
        }
        let translated =
            given.into_iter().flatten().map(|(cell, _)| cell.as_str()).collect::<Vec<_>>().join(", ");
        Ok(Self { values, translated, spelling, list_separator: form.list_separator })
    }

    /// What the mapping itself puts into fields.
    pub(super) fn results(&self) -> impl Iterator<Item = &str> {
        self.values.values().map(String::as_str)
    }

    /// A trimmed cell as our own files would have it.
    pub(super) fn rewrite<'a>(&'a self, cell: &'a str) -> Result<Cow<'a, str>, Flaw> {
        match self.list_separator {
            Some(separator) if !cell.is_empty() => self.list(cell, separator).map(Cow::Owned),
            Some(_) | None => self.one(cell),
        }
    }

    fn list(&self, cell: &str, separator: char) -> Result<String, Flaw> {
        let mut list = String::with_capacity(cell.len());
        for part in cell.split(separator).map(str::trim) {
            if separator != LIST_SEPARATOR && part.contains(LIST_SEPARATOR) {
                return Err(Flaw::new(
                    format!("a part of the list contains {LIST_SEPARATOR}"),
                    "choose words without it: it separates the parts in our own files",
                ));
            }
            let part = self.one(part)?;
            if part.is_empty() && !self.values.is_empty() {
                continue; // a part that the mapping translates into nothing
            }
            if !list.is_empty() {
                list.push(LIST_SEPARATOR);
            }
            list.push_str(&part);
        }
        Ok(list)
    }

    fn one<'a>(&'a self, cell: &'a str) -> Result<Cow<'a, str>, Flaw> {
        if !self.values.is_empty()
            && let Some(value) = self.values.get(&normalise_text(cell))
        {
            return Ok(Cow::Borrowed(value));
        }
        if cell.is_empty() {
            return Ok(Cow::Borrowed(""));
        }
        match &self.spelling {
            Spelling::AsItStands => Ok(Cow::Borrowed(cell)),
            Spelling::Date(format) => format.rewrite(cell).map(Cow::Owned),
            Spelling::Number(format) => format.rewrite(cell).map(Cow::Owned),
            Spelling::None => Err(Flaw::new(
                "the mapping does not translate it",
                format!("write one of: {}; or add the value to the mapping", self.translated),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::file::Unique;
    use super::*;

    fn form() -> RuleForm {
        RuleForm { to: "x".into(), ..RuleForm::default() }
    }

    fn values(pairs: &[(&str, &str)]) -> Option<Unique<String>> {
        Some(Unique(pairs.iter().map(|(cell, value)| ((*cell).into(), (*value).into())).collect()))
    }

    fn rewritten(form: &RuleForm, cell: &str) -> Result<String, String> {
        let rule = Rule::new(form, "columns/X").unwrap();
        rule.rewrite(cell).map(Cow::into_owned).map_err(|flaw| flaw.to_string())
    }

    #[test]
    fn values_are_translated_whatever_their_capitals_and_others_refused() {
        let answer = RuleForm { values: values(&[("O", "yes"), ("N", "no"), ("?", "")]), ..form() };
        for (cell, value) in [("O", "yes"), ("o", "yes"), ("N", "no"), ("?", ""), ("", "")] {
            assert_eq!(rewritten(&answer, cell), Ok(value.to_owned()), "{cell}");
        }
        let refused = rewritten(&answer, "Oui").unwrap_err();
        assert_eq!(
            refused,
            "the mapping does not translate it; write one of: ?, N, O; or add the value to the mapping"
        );
        let kept = RuleForm { others: Otherwise::Keep, ..answer };
        assert_eq!(rewritten(&kept, "Oui"), Ok("Oui".to_owned()));
        let empty = RuleForm { values: values(&[("", "no"), ("x", "yes")]), ..form() };
        assert_eq!(rewritten(&empty, ""), Ok("no".to_owned()));
    }

    #[test]
    fn a_date_or_a_number_may_have_words_beside_it() {
        let date = RuleForm {
            date: Some("DD/MM/YYYY".into()),
            values: values(&[("00/00/0000", ""), ("inconnue", "")]),
            ..form()
        };
        assert_eq!(rewritten(&date, "31/01/2026"), Ok("2026-01-31".to_owned()));
        assert_eq!(rewritten(&date, "00/00/0000"), Ok(String::new()));
        assert!(rewritten(&date, "2026-01-31").unwrap_err().contains("DD/MM/YYYY"));
        let number = RuleForm { decimal: Some(','), values: values(&[("-", "0")]), ..form() };
        assert_eq!(rewritten(&number, "12,50"), Ok("12.50".to_owned()));
        assert_eq!(rewritten(&number, "-"), Ok("0".to_owned()));
    }

    #[test]
    fn the_parts_of_a_list_are_translated_one_by_one() {
        let genres = RuleForm {
            list_separator: Some('/'),
            values: values(&[("Opéra", "opera"), ("Jazz", "jazz"), ("Autre", "")]),
            ..form()
        };
        assert_eq!(rewritten(&genres, "OPÉRA / jazz"), Ok("opera|jazz".to_owned()));
        assert_eq!(rewritten(&genres, "Autre/Jazz"), Ok("jazz".to_owned()));
        assert!(rewritten(&genres, "Opéra/Danse").unwrap_err().contains("does not translate"));
        let plain = RuleForm { list_separator: Some(','), ..form() };
        assert_eq!(rewritten(&plain, "a, b"), Ok("a|b".to_owned()));
        assert_eq!(rewritten(&plain, "a,,b"), Ok("a||b".to_owned()), "the reader refuses the empty part");
        assert!(rewritten(&plain, "a|b,c").unwrap_err().contains("contains |"));
    }

    #[test]
    fn a_rule_that_says_two_things_is_refused() {
        let flaw = |form: &RuleForm| Rule::new(form, "columns/X").unwrap_err().to_string();
        let both = RuleForm { date: Some("DD/MM/YYYY".into()), decimal: Some(','), ..form() };
        assert!(flaw(&both).starts_with("columns/X/date: "), "{}", flaw(&both));
        let list = RuleForm { list_separator: Some(','), decimal: Some('.'), ..form() };
        assert!(flaw(&list).contains("lists are of words"));
        assert!(flaw(&RuleForm { list_separator: Some('e'), ..form() }).contains("choose a mark"));
        assert!(flaw(&RuleForm { values: values(&[("O", "yes"), ("o", "no")]), ..form() }).contains("twice"));
    }
}
