//! Leaves about computed values, places and other targets.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use super::{organisations, with, written};
use crate::testing::operators::{Operators, date_operators, number_operators, presence, text_operators};
use crate::testing::world::{self, World};

pub(super) fn indicator(world: &World) -> BoxedStrategy<Value> {
    let indicators = [
        ("lifetime", number_operators()),
        ("next_visit", date_operators(world)),
        ("segment", text_operators(world::PROFESSIONS)),
    ];
    let leaves = indicators.map(|(code, operators)| {
        (prop::option::of(organisations()), operators)
            .prop_map(move |(organisation, operator)| {
                with(written(json!({ "code": code, "organisation": organisation })), operator)
            })
            .boxed()
    });
    proptest::strategy::Union::new(leaves).boxed()
}

pub(super) fn postal_area(_: &World) -> BoxedStrategy<Value> {
    let areas = subsequence(world::POSTAL_AREAS, 1..=2);
    (select(world::COUNTRIES), select(vec!["any_of", "none_of"]), areas)
        .prop_map(|(country, operator, areas)| with(json!({ "country": country }), (operator, areas.into())))
        .boxed()
}

pub(super) fn distance(world: &World) -> BoxedStrategy<Value> {
    let centres: Vec<Value> = world.catalogue.places.keys().map(|place| json!(place)).collect();
    let km = || select(world::KILOMETRES);
    let comparison = select(vec!["equals", "not_equals", "less_than", "at_most", "more_than", "at_least"]);
    let one = (comparison, km()).prop_map(|(operator, km)| (operator, km.into()));
    let between = (km(), km())
        .prop_map(|(one, other)| ("between", json!({ "from": one.min(other), "until": one.max(other) })));
    let operators: Operators = prop_oneof![5 => one, 2 => between, 1 => presence()].boxed();
    (select(centres), operators)
        .prop_map(|(centre, operator)| with(json!({ "from": centre }), operator))
        .boxed()
}

pub(super) fn membership(world: &World) -> BoxedStrategy<Value> {
    let targets: Vec<String> = world.catalogue.targets.keys().cloned().collect();
    (select(vec!["in", "not_in"]), select(targets))
        .prop_map(|(operator, code)| json!({ operator: code }))
        .boxed()
}

pub(super) fn score(_: &World) -> BoxedStrategy<Value> {
    let one = prop_oneof![
        (select(vec!["equals"]), 1..=5_i16),
        (select(vec!["at_least"]), 2..=5_i16),
        (select(vec!["at_most"]), 1..=4_i16),
    ]
    .prop_map(|(operator, score)| (operator, score.into()));
    let between =
        (1..=3_i16, 3..=4_i16).prop_map(|(from, until)| ("between", json!({ "from": from, "until": until })));
    let operators: Operators = prop_oneof![5 => one, 2 => between, 1 => presence()].boxed();
    (select(vec!["recency", "frequency", "monetary"]), operators)
        .prop_map(|(of, operator)| with(json!({ "of": of }), operator))
        .boxed()
}
