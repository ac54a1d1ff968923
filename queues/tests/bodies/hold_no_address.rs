//! AN-20: no body type can hold an address.

use std::collections::BTreeMap;

use model::vocabulary::{Channel, Lane};
use queues::messages::{Body, BodyRefused, DispatchChunk, HitBatch};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::sample;
use crate::walk::{Leaf, leaves};

/// What a person could be recognised by, or reached at.
const PERSONAL: &[&str] = &[
    "ada@example.org",
    "ada%40example.org",
    "+33612345678",
    "33612345678",
    "Ada Lovelace",
    "12 rue de Rivoli, 75001 Paris",
    "192.0.2.17",
    "2001:db8::17",
    "",
];

fn sample_text(path: &str) -> &'static str {
    match path {
        "spool" => "00000000-0000-4000-8000-000000000000",
        _ => "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee2345672345",
    }
}

/// The leaves that are no integers, after a walk through the whole type.
fn not_integers<T: DeserializeOwned>() -> BTreeMap<String, Leaf> {
    leaves::<T>(&sample_text).unwrap().into_iter().filter(|(_, leaf)| *leaf != Leaf::Integer).collect()
}

fn words<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Leaf {
    Leaf::OneOf(all.iter().map(|one| word(*one)).collect())
}

#[test]
fn a_chunk_holds_integers_and_words_of_the_vocabulary() {
    let expected = BTreeMap::from([
        ("channel".to_owned(), words(Channel::ALL, Channel::word)),
        ("lane".to_owned(), words(Lane::ALL, Lane::word)),
    ]);
    assert_eq!(not_integers::<DispatchChunk>(), expected);
}

#[test]
fn a_batch_of_hits_holds_integers_one_uuid_and_tokens() {
    let expected =
        BTreeMap::from([("spool".to_owned(), Leaf::Text), ("hits[].token".to_owned(), Leaf::Text)]);
    assert_eq!(not_integers::<HitBatch>(), expected);
}

#[test]
fn the_walk_sees_a_text_a_map_and_a_free_value() {
    #[derive(Deserialize)]
    struct Note {
        #[expect(dead_code, reason = "only its type is looked at")]
        note: Vec<Option<String>>,
    }
    #[derive(Deserialize)]
    struct Anything {
        #[expect(dead_code, reason = "only its type is looked at")]
        extra: Value,
    }
    assert_eq!(not_integers::<Note>(), BTreeMap::from([("note[]".to_owned(), Leaf::Text)]));
    assert!(leaves::<Anything>(&sample_text).unwrap_err().to_string().contains("extra"));
    assert!(leaves::<BTreeMap<String, u8>>(&sample_text).is_err());
}

#[test]
fn every_leaf_refuses_what_names_a_person() {
    refuses_everywhere::<DispatchChunk>(&serde_json::to_value(sample::chunk()).unwrap());
    refuses_everywhere::<HitBatch>(&serde_json::to_value(sample::batch()).unwrap());
}

/// Puts each personal value at each leaf, and beside the fields of each object.
fn refuses_everywhere<B: Body>(body: &Value) {
    let mut places = Vec::new();
    pointers(body, String::new(), &mut places);
    assert!(places.len() > 3, "the sample is walked");
    for place in places {
        for personal in PERSONAL {
            let mut other = body.clone();
            let at = other.pointer_mut(&place).unwrap();
            match at.as_object_mut() {
                Some(object) => drop(object.insert("note".to_owned(), (*personal).into())),
                None => *at = (*personal).into(),
            }
            let found = B::parse(other.to_string().as_bytes());
            assert!(
                matches!(found, Err(BodyRefused::Malformed { .. })),
                "{} takes {personal:?} at {place:?}",
                B::KIND
            );
        }
    }
}

fn pointers(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, child) in object {
                pointers(child, format!("{at}/{name}"), places);
            }
        }
        Value::Array(items) => {
            if let Some(first) = items.first() {
                pointers(first, format!("{at}/0"), places);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    places.push(at);
}
