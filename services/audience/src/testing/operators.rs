//! Random operators with their operands, by type of value.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use super::world::{self, World, day, one_of, relative};

/// An operator and its operand.
pub(super) type Operators = BoxedStrategy<(&'static str, Value)>;

pub(super) fn presence() -> Operators {
    select(vec!["is_missing", "is_present"]).prop_map(|operator| (operator, true.into())).boxed()
}

pub(super) fn text_operators(pool: &'static [&'static str]) -> Operators {
    let whole = (select(vec!["equals", "not_equals"]), one_of(pool))
        .prop_map(|(operator, text)| (operator, text.into()));
    let part = (one_of(pool), any::<prop::sample::Index>(), 1_usize..4, any::<bool>()).prop_map(
        |(text, at, length, shout)| {
            let characters: Vec<char> = text.chars().collect();
            let part: String = characters.iter().skip(at.index(characters.len())).take(length).collect();
            ("contains", if shout { part.to_uppercase() } else { part }.into())
        },
    );
    let prefix = (one_of(pool), 1_usize..4, any::<bool>()).prop_map(|(text, length, shout)| {
        let prefix: String = text.chars().take(length).collect();
        ("starts_with", if shout { prefix.to_uppercase() } else { prefix }.into())
    });
    prop_oneof![4 => whole, 2 => part, 2 => prefix, 1 => presence()].boxed()
}

pub(super) fn code_operators(pool: &'static [&'static str]) -> Operators {
    let value = (select(vec!["equals", "not_equals"]), one_of(pool))
        .prop_map(|(operator, code)| (operator, code.into()));
    prop_oneof![3 => value, 1 => presence()].boxed()
}

fn written_day(world: &World) -> BoxedStrategy<Value> {
    let literal = day(world.today).prop_map(|day| day.format("%Y%m%d").to_string().into());
    prop_oneof![literal, relative().prop_map(|relative| json!(relative))].boxed()
}

pub(super) fn date_operators(world: &World) -> Operators {
    let day = || written_day(world);
    let one = (select(vec!["before", "before", "after", "after", "on"]), day());
    let between =
        (day(), day()).prop_map(|(from, until)| ("between", json!({ "from": from, "until": until })));
    prop_oneof![4 => one, 2 => between, 1 => presence()].boxed()
}

pub(super) fn age_operators() -> Operators {
    let age = || select(world::AGES);
    let one = (select(vec!["at_least", "at_most"]), age()).prop_map(|(operator, age)| (operator, age.into()));
    let between = (age(), age())
        .prop_map(|(one, other)| ("between", json!({ "from": one.min(other), "until": one.max(other) })));
    prop_oneof![3 => one, 1 => between, 1 => presence()].boxed()
}

pub(super) fn birthday_operators() -> Operators {
    let days = || vec![0_u32, 1, 7, 31, 90, 300];
    let ahead = (select(days()), select(days())).prop_map(|(one, other)| {
        (
            "between",
            json!({ "from": { "days_ahead": one.min(other) }, "until": { "days_ahead": one.max(other) } }),
        )
    });
    let literal = || select(vec!["0101", "0229", "0301", "0331", "0515", "0930", "1231"]);
    let of_the_year =
        (literal(), literal()).prop_map(|(from, until)| ("between", json!({ "from": from, "until": until })));
    let on = select(vec![json!("0331"), json!({ "days_ago": 0 }), json!({ "days_ahead": 1 })])
        .prop_map(|day| ("on", day));
    prop_oneof![2 => ahead, 2 => of_the_year, 1 => on, 1 => presence()].boxed()
}

pub(super) fn number_operators() -> Operators {
    let comparisons = vec!["equals", "not_equals", "less_than", "at_most", "more_than", "at_least"];
    let number = || select(world::NUMBERS);
    let one = (select(comparisons), number()).prop_map(|(operator, number)| (operator, number.into()));
    let between = (number(), number())
        .prop_map(|(one, other)| ("between", json!({ "from": one.min(other), "until": one.max(other) })));
    prop_oneof![6 => one, 1 => between, 2 => presence()].boxed()
}

pub(super) fn choice_operators(operators: Vec<&'static str>) -> Operators {
    let codes = subsequence(world::GENRES, 1..=2);
    let value = (select(operators), codes).prop_map(|(operator, codes)| (operator, codes.into()));
    prop_oneof![4 => value, 1 => presence()].boxed()
}

pub(super) fn window(world: &World) -> BoxedStrategy<Value> {
    let day = || written_day(world);
    prop_oneof![
        day().prop_map(|from| json!({ "from": from })),
        day().prop_map(|until| json!({ "until": until })),
        (day(), day()).prop_map(|(from, until)| json!({ "from": from, "until": until })),
    ]
    .boxed()
}

/// In the currency, as people write it.
#[expect(clippy::cast_precision_loss, reason = "small amounts")]
fn amount() -> impl Strategy<Value = f64> {
    select(world::AMOUNTS).prop_map(|hundredths| hundredths as f64 / 100.0)
}

pub(super) fn amounts() -> impl Strategy<Value = Value> {
    prop_oneof![
        amount().prop_map(|from| json!({ "from": from })),
        amount().prop_map(|until| json!({ "until": until })),
        (amount(), amount())
            .prop_map(|(one, other)| json!({ "from": one.min(other), "until": one.max(other) })),
    ]
}

pub(super) fn amount_operators() -> Operators {
    let comparison = select(vec!["equals", "less_than", "at_most", "more_than", "at_least"]);
    let one = (comparison, amount()).prop_map(|(operator, amount)| (operator, amount.into()));
    let between = (amount(), amount())
        .prop_map(|(one, other)| ("between", json!({ "from": one.min(other), "until": one.max(other) })));
    prop_oneof![4 => one, 1 => between].boxed()
}
