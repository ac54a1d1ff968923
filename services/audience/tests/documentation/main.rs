//! `docs/targets.md` against the language: its examples are read and checked, and it names every word that may be written.

use std::collections::BTreeMap;

use audience::leaves::{CodeField, DateField, Leaf, TextField};
use audience::{
    Catalogue, CriterionDefinition, CriterionId, GroupKind, IndicatorDefinition, IndicatorId, Language,
    Names, OrganisationRef, PlaceRef, ProductRef, Query, SavedTarget, check, words,
};
use model::ids::{OccurrenceId, OrganisationId, ProductId, TargetId, WordingId};
use model::place::Coordinates;
use model::vocabulary::{ActivityKind, ContactKind, ContactRole, CriterionType, IndicatorType, LineState};

const PAGE: &str = include_str!("../../../../docs/targets.md");

/// The names that the examples use.
#[expect(clippy::unwrap_used, reason = "the query is part of this file")]
fn catalogue() -> Catalogue {
    let criterion = |id, value_type, choices: &[&str]| CriterionDefinition {
        id: CriterionId(id),
        value_type,
        choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
    };
    let hall = OrganisationRef { source: "ticketing".to_owned(), external_id: "HALL".to_owned() };
    let newsletter =
        OrganisationRef { source: "ticketing".to_owned(), external_id: "NEWSLETTER-2026-1".to_owned() };
    let product = ProductRef { source: "ticketing".to_owned(), external_id: "P7".to_owned() };
    let lifetime_value = IndicatorDefinition { id: IndicatorId(1), value_type: IndicatorType::Number };
    let lyon = PlaceRef { country: "FR".to_owned(), postal_code: "69001".to_owned() };
    let regulars = Query::from_json(r#"{"leaf": "recency", "after": {"months_ago": 12}}"#).unwrap();
    Catalogue {
        criteria: BTreeMap::from([
            ("genre".to_owned(), criterion(1, CriterionType::SeveralOf, &["opera", "dance"])),
            ("subscriber".to_owned(), criterion(2, CriterionType::YesNo, &[])),
        ]),
        organisations: BTreeMap::from([(hall, OrganisationId(1))]),
        products: BTreeMap::from([(product, ProductId(1))]),
        wordings: BTreeMap::from([(newsletter, WordingId(1))]),
        campaigns: BTreeMap::from([("season-2000".to_owned(), OccurrenceId(1))]),
        indicators: BTreeMap::from([("lifetime_value".to_owned(), lifetime_value)]),
        places: BTreeMap::from([(lyon, Coordinates { latitude: 45.77, longitude: 4.83 })]),
        targets: BTreeMap::from([
            ("regulars".to_owned(), SavedTarget::Dynamic(regulars)),
            ("press".to_owned(), SavedTarget::Static(TargetId(1))),
        ]),
        ..Catalogue::default()
    }
}

fn examples() -> impl Iterator<Item = &'static str> {
    PAGE.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next())
}

#[test]
fn every_example_can_be_launched() {
    let leaves: usize = examples()
        .map(|example| {
            let query = Query::from_json(example).unwrap_or_else(|error| panic!("{error}: {example}"));
            let checked = check(&query, &catalogue());
            assert!(checked.is_ok(), "{:?}: {example}", checked.err());
            example.matches("\"leaf\"").count()
        })
        .sum();
    assert!(leaves > Leaf::NAMES.len(), "{leaves} leaves are hardly examples");
    for name in Leaf::NAMES {
        assert!(
            examples().any(|example| example.contains(&format!("\"leaf\": \"{name}\""))),
            "no example of {name}"
        );
        assert!(PAGE.contains(&format!("### `{name}`")), "no section on {name}");
    }
}

/// The first example is shown in words too.
#[test]
fn the_words_that_it_shows_are_those_of_its_example() {
    let query = Query::from_json(examples().next().unwrap()).unwrap();
    let shown = PAGE.split("```text\n").nth(1).and_then(|rest| rest.split("\n```").next()).unwrap();
    assert_eq!(words(&query, Language::English, &Names::default()).to_string(), shown);
}

#[test]
fn every_word_of_a_closed_list_is_named() {
    let vocabulary = [
        ActivityKind::ALL.iter().map(|kind| kind.word()).collect::<Vec<_>>(),
        ContactKind::ALL.iter().map(|kind| kind.word()).collect(),
        ContactRole::ALL.iter().map(|role| role.word()).collect(),
        LineState::ALL.iter().map(|state| state.word()).collect(),
        model::vocabulary::Asked::all().map(model::vocabulary::Asked::word).collect(),
        GroupKind::ALL.iter().map(|kind| kind.word()).collect(),
    ];
    for word in vocabulary.into_iter().flatten() {
        assert!(PAGE.contains(&format!("`{word}`")), "{word} is not named");
    }
}

/// What the language says is known, when it is asked for something that is not.
#[test]
fn every_field_and_operator_is_named() {
    let unknown = |leaf: &str| {
        let query = Query::from_json(leaf)
            .and_then(|query| check(&query, &catalogue()).map_err(|errors| errors[0].clone()));
        query.expect_err(leaf).to_string()
    };
    let fields =
        [TextField::City.word(), CodeField::Gender.word(), DateField::BirthDate.word(), "age", "role"];
    let identity = fields.map(|field| format!(r#"{{"leaf": "identity", "field": "{field}", "x": 1}}"#));
    let others = [
        r#"{"leaf": "identity", "field": "x"}"#,
        r#"{"leaf": "recency", "x": 1}"#,
        r#"{"leaf": "activity", "x": 1}"#,
        r#"{"leaf": "activity", "count": {"x": 1}}"#,
        r#"{"leaf": "order_line", "as": "either", "states": ["sold"], "x": 1}"#,
        r#"{"leaf": "membership", "x": 1}"#,
        r#"{"leaf": "postal_area", "country": "FR", "x": 1}"#,
        r#"{"leaf": "indicator", "code": "lifetime_value", "x": 1}"#,
        r#"{"leaf": "distance", "from": {"country": "FR", "postal_code": "69001"}, "x": 1}"#,
        r#"{"leaf": "criterion", "code": "genre", "x": 1}"#,
        r#"{"leaf": "criterion", "code": "subscriber", "x": 1}"#,
        r#"{"leaf": "authorisation", "question": "x", "answer": "yes"}"#,
        r#"{"leaf": "authorisation", "question": "email", "answer": "x"}"#,
    ];
    for leaf in identity.iter().map(String::as_str).chain(others) {
        let message = unknown(leaf);
        let words: Vec<&str> = message.split('`').skip(1).step_by(2).filter(|word| *word != "x").collect();
        assert!(words.len() > 1, "{message}");
        for word in words
            .into_iter()
            .filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
        {
            assert!(PAGE.contains(&format!("`{word}`")), "{word} is not named, of: {message}");
        }
    }
}
