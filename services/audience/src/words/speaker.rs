//! Numbers, plurals, lists and names in one language.

use std::str::FromStr as _;
use std::sync::LazyLock;

use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_decimal::options::DecimalFormatterOptions;
use icu_locale_core::{Locale, locale};
use icu_plurals::{PluralCategory, PluralRules};

use super::catalogue::Messages;
use super::message::{Message, fill};
use super::{Language, Names};

static MESSAGES: LazyLock<[Messages; 4]> = LazyLock::new(|| Language::ALL.map(Messages::of));

fn messages(language: Language) -> &'static Messages {
    match (&*MESSAGES, language) {
        ([messages, ..], Language::English)
        | ([_, messages, ..], Language::French)
        | ([_, _, messages, _], Language::Italian)
        | ([.., messages], Language::German) => messages,
    }
}

const fn locale(language: Language) -> Locale {
    match language {
        Language::English => locale!("en"),
        Language::French => locale!("fr"),
        Language::Italian => locale!("it"),
        Language::German => locale!("de"),
    }
}

#[expect(clippy::expect_used, reason = "CLDR has the four languages, compiled in; a test speaks each")]
fn plurals(language: Language) -> PluralRules {
    PluralRules::try_new_cardinal((&locale(language)).into()).expect("plural rules")
}

#[expect(clippy::expect_used, reason = "CLDR has the four languages, compiled in; a test speaks each")]
fn numbers(language: Language) -> DecimalFormatter {
    let options = DecimalFormatterOptions::default();
    DecimalFormatter::try_new((&locale(language)).into(), options).expect("forms of numbers")
}

/// The plural categories that numbers have in this language.
#[cfg(test)]
pub(super) fn categories(language: Language) -> std::collections::BTreeSet<&'static str> {
    plurals(language).categories().map(category).collect()
}

const fn category(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::One => "one",
        PluralCategory::Many => "many",
        // None of the four languages has the other ones.
        PluralCategory::Zero | PluralCategory::Two | PluralCategory::Few | PluralCategory::Other => "other",
    }
}

/// Somebody who says a target in one language, to people who know things by these names.
pub(super) struct Speaker<'a> {
    messages: &'static Messages,
    plurals: PluralRules,
    numbers: DecimalFormatter,
    pub(super) names: &'a Names,
}

impl<'a> Speaker<'a> {
    pub(super) fn new(language: Language, names: &'a Names) -> Self {
        let messages = messages(language);
        Self { messages, plurals: plurals(language), numbers: numbers(language), names }
    }

    pub(super) const fn messages(&self) -> &'static Messages {
        self.messages
    }

    pub(super) fn say(&self, message: &Message, slots: &[(&str, &str)]) -> String {
        fill(message.variant(&[], None), slots)
    }

    /// In the variant for these contexts, as far as the language tells them apart.
    pub(super) fn say_in(&self, message: &Message, contexts: &[&str], slots: &[(&str, &str)]) -> String {
        fill(message.variant(contexts, None), slots)
    }

    /// In the plural form for `count`, which fills the slot of that name.
    pub(super) fn say_counted(
        &self,
        message: &Message,
        contexts: &[&str],
        count: u32,
        slots: &[(&str, &str)],
    ) -> String {
        let plural = category(self.plurals.category_for(count));
        let number = self.number(f64::from(count));
        let slots: Vec<_> = slots.iter().copied().chain([("count", number.as_str())]).collect();
        fill(message.variant(contexts, Some(plural)), &slots)
    }

    /// With as many decimals as it has.
    pub(super) fn number(&self, number: f64) -> String {
        let written = number.to_string();
        Decimal::from_str(&written).map_or(written, |number| self.numbers.format(&number).to_string())
    }

    /// Two decimals, or none for a round sum.
    pub(super) fn amount(&self, amount: f64) -> String {
        if amount.fract() == 0.0 {
            return self.number(amount);
        }
        let written = format!("{amount:.2}");
        Decimal::from_str(&written).map_or(written, |amount| self.numbers.format(&amount).to_string())
    }

    pub(super) fn percent(&self, percent: f64) -> String {
        self.say(&self.messages().form.percent, &[("number", &self.number(percent))])
    }

    pub(super) fn quote(&self, text: &str) -> String {
        self.say(&self.messages().form.quote, &[("text", text)])
    }

    /// “a”, “b” or “c”.
    pub(super) fn one_of(&self, items: &[String]) -> String {
        self.listed(items, &self.messages().form.or)
    }

    /// “a”, “b” and “c”.
    pub(super) fn all_of(&self, items: &[String]) -> String {
        self.listed(items, &self.messages().form.and)
    }

    fn listed(&self, items: &[String], last_two: &Message) -> String {
        match items {
            [] => String::new(),
            [only] => only.clone(),
            [before @ .., last] => {
                let list = self.enumerated(before);
                self.say(last_two, &[("list", &list), ("last", last)])
            }
        }
    }

    /// “a”, “b”, “c”.
    pub(super) fn enumerated(&self, items: &[String]) -> String {
        self.joined(items, &self.messages().form.comma)
    }

    /// What stands in brackets behind the facts that are meant: items that may have commas of their own.
    pub(super) fn filters(&self, items: &[String]) -> String {
        self.joined(items, &self.messages().form.semicolon)
    }

    fn joined(&self, items: &[String], two: &Message) -> String {
        let mut items = items.iter();
        let first = items.next().cloned().unwrap_or_default();
        items.fold(first, |list, next| self.say(two, &[("list", &list), ("next", next)]))
    }

    pub(super) fn quoted(&self, texts: &[String]) -> Vec<String> {
        texts.iter().map(|text| self.quote(text)).collect()
    }
}
