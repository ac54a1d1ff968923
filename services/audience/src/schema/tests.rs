use std::path::{Path, PathBuf};

use jsonschema::Validator;
use model::vocabulary::ActivityKind;
use serde_json::{Value, json};

use super::listed::listed;
use super::*;
use crate::leaves::Leaf;
use crate::operators::{ChoiceOp, NumberOp, TextOp};
use crate::testing::{FIELDS, Generator};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn validator() -> Validator {
    jsonschema::draft202012::new(&schema()).expect("a schema")
}

#[test]
fn the_published_file_is_what_the_code_makes() {
    let path = folder().join("../../docs/target.schema.json");
    if std::env::var_os("GOLDEN").is_some() {
        std::fs::write(&path, text()).unwrap();
    }
    let published: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(published, schema(), "run with GOLDEN=write, and review");
    assert!(jsonschema::draft202012::meta::is_valid(&published));
}

#[test]
fn it_has_every_leaf_and_field() {
    let leaves: Vec<&str> = leaves::all().iter().map(|(name, _)| *name).collect();
    assert_eq!(leaves, Leaf::NAMES);
    let text = text();
    for field in FIELDS {
        assert!(text.contains(&format!("\"{field}\"")), "{field}");
    }
}

#[test]
fn a_type_says_what_it_reads() {
    assert_eq!(listed::<TextOp>()[..2], ["equals", "not_equals"]);
    assert_eq!(listed::<NumberOp>().len(), 9);
    assert_eq!(listed::<ChoiceOp>().len(), 5);
    let kinds: Vec<&str> = ActivityKind::ALL.iter().map(|kind| kind.word()).collect();
    assert_eq!(listed::<ActivityKind>(), kinds);
    assert!(listed::<String>().is_empty());
}

#[test]
fn golden_trees_are_valid() {
    let validator = validator();
    let mut looked_at = 0;
    for entry in std::fs::read_dir(folder().join("tests/golden")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let tree = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            validator.validate(&tree).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            looked_at += 1;
        }
    }
    assert!(looked_at >= 10, "{looked_at}");
}

#[test]
fn random_trees_are_valid_and_one_key_too_many_is_not() {
    let validator = validator();
    let mut generator = Generator::new(9);
    for _ in 0..3_000 {
        let query = generator.query().query;
        let mut tree = serde_json::to_value(&query).unwrap();
        assert!(validator.is_valid(&tree), "{query}");
        tree["more"] = json!(1);
        assert!(!validator.is_valid(&tree), "{tree}");
    }
}

#[test]
fn what_cannot_be_read_is_not_valid() {
    let validator = validator();
    for tree in [
        json!({}),
        json!([]),
        json!({ "all": {} }),
        json!({ "all": [], "any": [] }),
        json!({ "some": [] }),
        json!({ "leaf": "nothing" }),
        json!({ "leaf": "recency" }),
        json!({ "leaf": "recency", "before": "2000-01-01" }),
        json!({ "leaf": "recency", "before": "20001301" }),
        json!({ "leaf": "recency", "before": { "months_ago": 1, "days_ago": 1 } }),
        json!({ "leaf": "recency", "before": { "weeks_ago": 1 } }),
        json!({ "leaf": "recency", "before": "20000101", "after": "20000101" }),
        json!({ "leaf": "recency", "is_missing": false }),
        json!({ "leaf": "identity", "equals": "Lyon" }),
        json!({ "leaf": "identity", "field": "shoe_size", "equals": "44" }),
        json!({ "leaf": "identity", "field": "city", "at_least": 3 }),
        json!({ "leaf": "identity", "field": "city", "equals": "" }),
        json!({ "leaf": "identity", "field": "kind", "equals": "robot" }),
        json!({ "leaf": "identity", "field": "age", "at_least": 18.5 }),
        json!({ "leaf": "criterion", "any_of": ["opera"] }),
        json!({ "leaf": "criterion", "code": "genre", "any_of": [] }),
        json!({ "leaf": "authorisation", "question": "email" }),
        json!({ "leaf": "authorisation", "question": "telepathy", "answer": "yes" }),
        json!({ "leaf": "activity", "kinds": ["sale"], "count": { "at_least": -1 } }),
        json!({ "leaf": "activity", "kinds": [], "has": true }),
        json!({ "leaf": "activity", "last": { "is_missing": true } }),
        json!({ "leaf": "activity", "window": {}, "has": true }),
        json!({ "leaf": "order_line", "as": "either", "has": true }),
        json!({ "leaf": "message", "outcome": "opened", "has": true }),
        json!({ "leaf": "bucket", "percent": { "from": 0 } }),
    ] {
        assert!(!validator.is_valid(&tree), "{tree}");
        let read = crate::Query::from_value(tree.clone());
        let refused = read.is_err()
            || read.is_ok_and(|query| crate::check(&query, &Generator::new(1).world().catalogue).is_err());
        assert!(refused, "{tree}");
    }
}
