//! One message of a catalogue, in every variant that its language has, and how its slots are filled.
//!
//! The form is that of i18next, so that the web console reads the same files: `{{slot}}`, and behind the last underscore
//! of a key the context (`before_event`) and the plural category (`months_one`, CLDR). A variant that a language does not
//! need is not there, and the one without the context stands for it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// The plural categories of the four languages.
pub(super) const PLURALS: &[&str] = &["one", "many", "other"];

/// About something that happened, not about a date on file; a day whose number begins with a vowel; the first of a month.
pub(super) const CONTEXTS: &[&str] = &["event", "elided", "first"];

/// A message by variant: `""`, or a context, a plural category, or both, as in `event_one`.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Message {
    variants: BTreeMap<String, String>,
}

impl Message {
    /// The variant for these contexts and this plural category: the one that has most of the contexts, the first before the second.
    pub(super) fn variant(&self, contexts: &[&str], plural: Option<&str>) -> &str {
        let name = |contexts: &[&str]| {
            let parts: Vec<&str> = contexts.iter().copied().chain(plural).collect();
            parts.join("_")
        };
        let mut wanted = vec![name(contexts)];
        wanted.extend(contexts.iter().map(|context| name(&[context])));
        wanted.push(name(&[]));
        let found = wanted.iter().find_map(|name| self.variants.get(name));
        found.map_or("", String::as_str)
    }
}

/// `text` with every `{{name}}` replaced by its slot, and `{{name, capital}}` by the slot with a capital.
pub(super) fn fill(text: &str, slots: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (slot, behind) = after.split_once("}}").unwrap_or((after, ""));
        let (name, form) = slot.split_once(", ").unwrap_or((slot, ""));
        let value = slots.iter().find(|(given, _)| *given == name).map_or("", |(_, value)| value);
        filled.push_str(before);
        filled.push_str(&if form == "capital" { capital(value) } else { value.to_owned() });
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

/// The text with a capital at its beginning.
pub(super) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// Puts the variants of each message together under its key.
pub(super) fn folded(catalogue: Value) -> Value {
    let Value::Object(entries) = catalogue else { return catalogue };
    let mut folded = Map::new();
    for (key, value) in entries {
        if let Value::String(text) = value {
            let (key, variant) = split(&key);
            let message = folded.entry(key).or_insert_with(|| Value::Object(Map::new()));
            message[variant] = text.into();
        } else {
            folded.insert(key, self::folded(value));
        }
    }
    Value::Object(folded)
}

/// A key and the variant at its end.
pub(super) fn split(key: &str) -> (&str, &str) {
    let mut base = key;
    while let Some((before, last)) = base.rsplit_once('_')
        && (PLURALS.contains(&last) || CONTEXTS.contains(&last))
    {
        base = before;
    }
    (base, key[base.len()..].trim_start_matches('_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_ends_in_its_context_and_plural() {
        for (key, parts) in [
            ("months_event_one", ("months", "event_one")),
            ("at_least", ("at_least", "")),
            ("day_elided", ("day", "elided")),
            ("other", ("other", "")),
        ] {
            assert_eq!(split(key), parts);
        }
    }

    #[test]
    fn the_variant_that_says_most_is_taken() {
        let Value::Object(entries) =
            folded(json!({"a_other": "x", "a_event_other": "was", "a_elided": "l’"}))
        else {
            panic!("an object");
        };
        let message: Message = serde_json::from_value(entries["a"].clone()).unwrap();
        assert_eq!(message.variant(&["event", "elided"], Some("other")), "was");
        assert_eq!(message.variant(&["elided"], Some("other")), "x");
        assert_eq!(message.variant(&["event", "elided"], None), "l’");
    }

    #[test]
    fn what_is_in_a_slot_is_not_read_again() {
        let slots = [("a", "{{b}}"), ("b", "élan")];
        assert_eq!(fill("{{a}} und {{b, capital}}!", &slots), "{{b}} und Élan!");
    }
}
