use std::collections::{BTreeMap, BTreeSet};

use model::vocabulary::{ActivityKind, ContactKind, ContactRole, HolderRole, LineState};
use serde_json::{Map, Value};

use super::catalogue::{Messages, file};
use super::message::split;
use super::speaker::categories;
use super::*;
use crate::catalogue::{OrganisationRef, ProductRef};
use crate::testing::Generator;

const QUERIES: usize = 4_000;

/// Every message of a catalogue, by its key without the variant, then by variant.
fn messages(language: Language) -> BTreeMap<String, BTreeMap<String, String>> {
    fn collect(at: &str, value: &Value, into: &mut BTreeMap<String, BTreeMap<String, String>>) {
        for (key, value) in value.as_object().into_iter().flatten() {
            if let Value::String(text) = value {
                let (base, variant) = split(key);
                into.entry(format!("{at}{base}")).or_default().insert(variant.to_owned(), text.clone());
            } else {
                collect(&format!("{at}{key}."), value, into);
            }
        }
    }
    let mut messages = BTreeMap::new();
    collect("", &serde_json::from_str(file(language)).unwrap(), &mut messages);
    messages
}

fn slots(text: &str) -> BTreeSet<&str> {
    let inside = text.split("{{").skip(1).filter_map(|rest| rest.split("}}").next());
    inside.map(|slot| slot.split(", ").next().unwrap_or(slot)).collect()
}

/// The plural category at the end of a variant, if it has one.
fn plural(variant: &str) -> Option<&str> {
    variant.rsplit('_').next().filter(|last| message::PLURALS.contains(last))
}

#[test]
fn every_catalogue_is_complete_and_has_nothing_else() {
    for language in Language::ALL {
        Messages::read(file(language)).unwrap_or_else(|error| panic!("{}: {error}", language.tag()));
        let mut more: Map<String, Value> = serde_json::from_str(file(language)).unwrap();
        more.insert("nobody_uses_this".to_owned(), "x".into());
        Messages::read(&Value::Object(more).to_string()).expect_err("a message too many");
        let mut fewer: Map<String, Value> = serde_json::from_str(file(language)).unwrap();
        fewer.remove("birthday");
        Messages::read(&Value::Object(fewer).to_string()).expect_err("a message too few");
    }
}

#[test]
fn the_catalogues_have_the_same_messages_with_the_same_slots() {
    let english = messages(Language::English);
    for language in Language::ALL {
        let these = messages(language);
        assert!(these.keys().eq(english.keys()), "{}", language.tag());
        for (key, variants) in &these {
            let wanted: BTreeSet<&str> = english[key].values().flat_map(|text| slots(text)).collect();
            for (variant, text) in variants {
                let mut found = slots(text);
                // “In the last month” needs no number.
                if plural(variant) == Some("one") && wanted.contains("count") {
                    found.insert("count");
                }
                assert_eq!(found, wanted, "{} {key} {variant}", language.tag());
            }
        }
    }
}

/// CLDR: French and Italian have a third category, for round millions.
#[test]
fn a_message_that_counts_has_the_plurals_of_its_language() {
    for language in Language::ALL {
        for (key, variants) in messages(language) {
            let mut by_context: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
            for variant in variants.keys() {
                let Some(plural) = plural(variant) else { continue };
                by_context.entry(variant.trim_end_matches(plural)).or_default().insert(plural);
            }
            for (context, found) in by_context {
                assert_eq!(found, categories(language), "{} {key} {context}", language.tag());
            }
        }
    }
}

#[test]
fn each_language_has_its_own_signs() {
    for language in Language::ALL {
        for (key, variants) in messages(language) {
            for text in variants.values() {
                let place = format!("{} {key}: {text}", language.tag());
                assert!(!text.contains(['\'', '"']), "typewriter signs in {place}");
                assert!(!text.contains("  ") && text.trim() == text, "spaces in {place}");
                if language == Language::French {
                    for sign in [':', ';', '!', '?', '»', '%'] {
                        let spaced = text.match_indices(sign).all(|(at, _)| text[..at].ends_with('\u{202f}'));
                        assert!(spaced, "a sign without its space in {place}");
                    }
                    let opened = text
                        .match_indices('«')
                        .all(|(at, sign)| text[at + sign.len()..].starts_with('\u{202f}'));
                    assert!(opened, "{place}");
                }
            }
        }
    }
}

/// The words of the JSON that no reader should see: those with an underscore.
fn raw_words() -> Vec<&'static str> {
    let lists = [
        ActivityKind::ALL.iter().map(|kind| kind.word()).collect::<Vec<_>>(),
        ContactKind::ALL.iter().map(|kind| kind.word()).collect(),
        ContactRole::ALL.iter().map(|role| role.word()).collect(),
        HolderRole::ALL.iter().map(|role| role.word()).collect(),
        LineState::ALL.iter().map(|state| state.word()).collect(),
    ];
    lists.concat().into_iter().filter(|word| word.contains('_')).collect()
}

#[test]
fn every_tree_can_be_said_in_every_language() {
    let mut generator = Generator::new(8);
    let raw = raw_words();
    assert!(raw.contains(&"cultural_contact"));
    for _ in 0..QUERIES {
        let query = generator.query().query;
        for language in Language::ALL {
            let words = words(&query, language, &Names::default());
            for line in &words.lines {
                assert!(!line.text.is_empty() && !line.text.contains(['{', '}']), "{} of {query}", line.text);
                // An empty slot leaves two spaces, or one at the end or before a bracket.
                for hole in ["  ", "()", "( ", "“”", "«»", "„“", "«\u{202f}\u{202f}»"] {
                    assert!(!line.text.contains(hole), "{} of {query}", line.text);
                }
                assert!(line.text.trim() == line.text, "{} of {query}", line.text);
                assert!(raw.iter().all(|word| !line.text.contains(word)), "{} of {query}", line.text);
                assert!(line.text.chars().next().is_some_and(|first| !first.is_lowercase()), "{}", line.text);
            }
        }
    }
}

fn said(json: &str, language: Language) -> String {
    words(&Query::from_json(json).unwrap(), language, &Names::default()).to_string()
}

#[test]
fn each_line_knows_its_node() {
    let json = r#"{"all": [{"leaf": "recency", "is_missing": true}, {"any": [{"leaf": "recency", "is_present": true, "off": true}]}]}"#;
    let words = words(&Query::from_json(json).unwrap(), Language::English, &Names::default());
    let lines: Vec<_> = words.lines.iter().map(|line| (line.at.as_str(), line.depth, line.off)).collect();
    assert_eq!(
        lines,
        [("", 0, false), ("/all/0", 1, false), ("/all/1", 1, false), ("/all/1/any/0", 2, true)]
    );
}

#[test]
fn numbers_and_their_nouns_agree() {
    let bought = |count: u32| {
        format!(r#"{{"leaf": "activity", "kinds": ["sale"], "count": {{"at_least": {count}}}}}"#)
    };
    for (count, language, end) in [
        (1, Language::English, "at least 1 purchase"),
        (12_430, Language::English, "at least 12,430 purchases"),
        (0, Language::French, "au moins 0 achat"),
        (2, Language::French, "au moins 2 achats"),
        (12_430, Language::French, "au moins 12\u{202f}430 achats"),
        (1_000_000, Language::French, "au moins 1\u{202f}000\u{202f}000 d’achats"),
        (1_000_000, Language::Italian, "almeno 1.000.000 di acquisti"),
        (12_430, Language::German, "mindestens 12.430 Käufe"),
    ] {
        let said = said(&bought(count), language);
        assert!(said.to_lowercase().ends_with(&end.to_lowercase()), "{said}");
    }
    let household = r#"{"leaf": "criterion", "code": "household", "at_least": 2.5}"#;
    assert!(
        said(household, Language::German).contains("mindestens 2,5"),
        "{}",
        said(household, Language::German)
    );
}

#[test]
fn days_are_written_as_each_language_writes_them() {
    let before = |day: &str| format!(r#"{{"leaf": "recency", "before": {day}}}"#);
    for (day, language, end) in [
        (r#"{"months_ago": 24}"#, Language::English, "the last activity was more than 24 months ago"),
        (r#"{"months_ago": 24}"#, Language::French, "la dernière activité remonte à plus de 24 mois"),
        (r#"{"months_ago": 24}"#, Language::Italian, "l’ultima attività risale a più di 24 mesi fa"),
        (r#"{"months_ago": 1}"#, Language::German, "Die letzte Aktivität liegt mehr als 1 Monat zurück"),
        (r#""20000101""#, Language::French, "la dernière activité a eu lieu avant le 1er janvier 2000"),
        (r#""20000101""#, Language::Italian, "l’ultima attività risale a prima del 1º gennaio 2000"),
        (r#""20000808""#, Language::Italian, "l’ultima attività risale a prima dell’8 agosto 2000"),
        (r#""20000311""#, Language::German, "Die letzte Aktivität liegt vor dem 11. März 2000"),
        (r#"{"days_ago": 0}"#, Language::French, "la dernière activité se situe avant aujourd’hui"),
    ] {
        let said = said(&before(day), language);
        assert!(said.ends_with(end), "{said}");
    }
}

#[test]
fn things_are_called_by_their_names() {
    let organisation =
        |source: &str| OrganisationRef { source: source.to_owned(), external_id: "opera".to_owned() };
    let product = ProductRef { source: "ticketing".to_owned(), external_id: "P7".to_owned() };
    let names = Names {
        criteria: BTreeMap::from([("genre".to_owned(), "Favourite genre".to_owned())]),
        organisations: BTreeMap::from([
            (organisation("ticketing"), "Opera House".to_owned()),
            (organisation("shop"), "Opera Shop".to_owned()),
        ]),
        products: BTreeMap::from([(product, "La Traviata".to_owned())]),
        campaigns: BTreeMap::from([("spring".to_owned(), "Spring letter".to_owned())]),
        indicators: BTreeMap::from([("lifetime".to_owned(), "Lifetime value".to_owned())]),
        targets: BTreeMap::from([("faithful".to_owned(), "The faithful".to_owned())]),
    };
    for (json, name) in [
        (
            r#"{"leaf": "criterion", "code": "genre", "any_of": ["a", "b", "c"]}"#,
            "“Favourite genre” includes “a”, “b” or “c”",
        ),
        (r#"{"leaf": "criterion", "code": "x", "all_of": ["a", "b"]}"#, "“x” includes “a” and “b”"),
        (r#"{"leaf": "activity", "organisation": "shop/opera", "has": true}"#, "organisation: “Opera Shop”"),
        // Whichever is meant, it is not guessed.
        (r#"{"leaf": "activity", "organisation": "opera", "has": true}"#, "organisation: “opera”"),
        (
            r#"{"leaf": "activity", "product": {"source": "ticketing", "external_id": "P7"}, "has": true}"#,
            "product: “La Traviata”",
        ),
        (
            r#"{"leaf": "activity", "product": {"source": "ticketing", "external_id": "P8"}, "has": true}"#,
            "product: “P8”",
        ),
        (
            r#"{"leaf": "message", "outcome": "clicked", "campaign": "spring", "has": true}"#,
            "campaign: “Spring letter”",
        ),
        (
            r#"{"leaf": "indicator", "code": "lifetime", "organisation": "shop/opera", "at_least": 200}"#,
            "“Lifetime value” (organisation: “Opera Shop”) is at least 200",
        ),
        (r#"{"leaf": "membership", "not_in": "faithful"}"#, "is not in the target “The faithful”"),
        (
            r#"{"leaf": "recency", "organisation": "shop/opera", "before": {"months_ago": 6}}"#,
            "the last activity with “Opera Shop” was more than 6 months ago",
        ),
        (
            r#"{"leaf": "distance", "from": {"country": "FR", "postal_code": "69001"}, "at_most": 30}"#,
            "the distance from 69001 (FR) is at most 30\u{a0}km",
        ),
    ] {
        let said = words(&Query::from_json(json).unwrap(), Language::English, &names).to_string();
        assert!(said.contains(name), "{said}");
    }
}

/// The check refuses it, unless it is switched off; people still want to read what stands there.
#[test]
fn an_operator_that_does_not_exist_is_called_unreadable() {
    let json = r#"{"leaf": "criterion", "code": "genre", "like": "opera"}"#;
    assert!(said(json, Language::English).ends_with("a condition on “genre” that cannot be read"));
}
