//! Random queries, as the JSON that people would write.

use model::vocabulary::{ActivityKind, Asked, ContactKind, ContactRole, HolderRole, LineState};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use super::operators::{
    age_operators, amount_operators, amounts, birthday_operators, choice_operators, code_operators,
    date_operators, number_operators, presence, text_operators, window,
};
use super::world::{self, World};
use crate::check::{CheckedQuery, check};
use crate::tree::{GroupKind, Query};

/// Makes the fields of one kind of leaf, but for `leaf` itself.
pub type LeafStrategy = fn(&World) -> BoxedStrategy<Value>;

/// The name and the strategy of every leaf; a test holds the list against the language.
pub const LEAVES: &[(&str, LeafStrategy)] = &[
    ("identity", identity),
    ("criterion", criterion),
    ("authorisation", authorisation),
    ("recency", recency),
    ("activity", activity),
    ("order_line", order_line),
    ("message", message),
    ("bucket", bucket),
];

/// The keys that say what a leaf is about; its operator is none of them.
pub const FIELDS: &[&str] = &[
    "leaf",
    "off",
    "field",
    "code",
    "question",
    "organisation",
    "topic",
    "kinds",
    "categories",
    "amount",
    "ordered",
    "given",
    "wording",
    "outcome",
    "campaign",
    "product",
    "as",
    "window",
    "states",
    "event",
];

/// A query that passes the check, with nodes switched off here and there.
pub fn query(world: &World) -> impl Strategy<Value = (Query, CheckedQuery)> + use<> {
    let catalogue = world.catalogue.clone();
    let leaves = LEAVES.iter().map(|(name, strategy)| {
        let leaf = strategy(world).prop_map(|mut fields| {
            fields["leaf"] = (*name).into();
            fields
        });
        // The leaf that many operators share its place in the draw by weight.
        (if *name == "identity" { 2 } else { 1 }, leaf.boxed())
    });
    let node = proptest::strategy::Union::new_weighted(leaves.collect()).prop_recursive(4, 12, 3, group);
    node.prop_filter_map("leaves that contradict each other", move |value| {
        let query = Query::from_value(value).ok()?;
        let checked = check(&query, &catalogue).ok()?;
        Some((query, checked))
    })
}

fn group(node: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    let member = (node, prop::bool::weighted(0.05)).prop_map(|(mut node, off)| {
        if off {
            node["off"] = true.into();
        }
        node
    });
    (select(GroupKind::ALL.as_slice()), vec(member, 1..=3))
        .prop_map(|(kind, members)| json!({ kind.word(): members }))
}

/// `{fields, operator: operand}`.
fn with(fields: Value, (operator, operand): (&'static str, Value)) -> Value {
    let mut fields: Map<String, Value> = serde_json::from_value(fields).unwrap_or_default();
    fields.insert(operator.to_owned(), operand);
    fields.into()
}

fn identity(world: &World) -> BoxedStrategy<Value> {
    let external_ids: &'static [&'static str] = &["K00001", "K0001", "K0000", "9"];
    let texts = [
        ("first_name", world::FIRST_NAMES),
        ("last_name", world::LAST_NAMES),
        ("email", world::EMAILS),
        ("mobile", world::MOBILES),
        ("postal_code", world::POSTAL_CODES),
        ("city", world::CITIES),
        ("language", world::LANGUAGES),
        ("source", world::SOURCES),
        ("external_id", external_ids),
    ];
    let codes = [("gender", world::GENDERS), ("country", world::COUNTRIES)];
    let kind = (select(vec!["equals", "not_equals"]), select(ContactKind::ALL))
        .prop_map(|(op, kind)| (op, json!(kind)));
    let role =
        (select(vec!["has", "has_not"]), select(ContactRole::ALL)).prop_map(|(op, role)| (op, json!(role)));
    let fields = texts
        .into_iter()
        .map(|(field, pool)| (field, text_operators(pool)))
        .chain(codes.into_iter().map(|(field, pool)| (field, code_operators(pool))))
        .chain(["birth_date", "created_on"].into_iter().map(|field| (field, date_operators(world))))
        .chain([("age", age_operators()), ("birthday", birthday_operators())])
        .chain([("kind", kind.boxed()), ("role", role.boxed())]);
    let leaves = fields.map(|(field, operators)| {
        operators.prop_map(move |operator| with(json!({ "field": field }), operator)).boxed()
    });
    proptest::strategy::Union::new(leaves).boxed()
}

fn criterion(world: &World) -> BoxedStrategy<Value> {
    let yes_no = select(vec!["yes", "no"]).prop_map(|word| ("is", word.into()));
    let criteria = [
        ("profession", text_operators(world::PROFESSIONS)),
        ("household", number_operators()),
        ("member_since", date_operators(world)),
        ("accessible", prop_oneof![3 => yes_no, 1 => presence()].boxed()),
        ("favourite", choice_operators(vec!["any_of", "none_of"])),
        ("interests", choice_operators(vec!["any_of", "all_of", "none_of"])),
    ];
    let leaves = criteria.map(|(code, operators)| {
        operators.prop_map(move |operator| with(json!({ "code": code }), operator)).boxed()
    });
    proptest::strategy::Union::new(leaves).boxed()
}

fn authorisation(world: &World) -> BoxedStrategy<Value> {
    let scopes = vec![
        json!({}),
        json!({}),
        json!({ "organisation": "lyric" }),
        json!({ "organisation": "odeon" }),
        json!({ "topic": "news" }),
        json!({ "organisation": "lyric", "topic": "jazz" }),
    ];
    let questions: Vec<&str> = Asked::all().map(Asked::word).collect();
    let question = select(questions);
    let answer = select(vec!["yes", "no", "unset", "expired"]);
    let wordings: Vec<&str> = world::WORDINGS.iter().map(|(code, _)| *code).collect();
    let given = (prop::option::weighted(0.2, window(world)), prop::option::weighted(0.2, select(wordings)));
    (select(scopes), question, answer, given)
        .prop_map(|(scope, question, answer, (given, wording))| {
            // What is unset was never given, and to no text.
            let is_given = answer != "unset";
            written(json!({
                "question": question, "answer": answer, "organisation": scope["organisation"], "topic": scope["topic"],
                "given": given.filter(|_| is_given), "wording": wording.filter(|_| is_given),
            }))
        })
        .boxed()
}

fn recency(world: &World) -> BoxedStrategy<Value> {
    date_operators(world).prop_map(|operator| with(json!({}), operator)).boxed()
}

/// The object without the fields that are null.
fn written(fields: Value) -> Value {
    let mut fields: Map<String, Value> = serde_json::from_value(fields).unwrap_or_default();
    fields.retain(|_, value| !value.is_null());
    fields.into()
}

fn products(world: &World) -> impl Strategy<Value = Value> + use<> {
    let products: Vec<Value> = world.products.iter().map(|product| json!(product.reference)).collect();
    select(products)
}

fn organisations() -> impl Strategy<Value = &'static str> {
    select(vec!["lyric", "odeon", "museum"])
}

fn categories() -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(world::CATEGORIES, 1..=2)
}

fn activity(world: &World) -> BoxedStrategy<Value> {
    let kinds = prop_oneof![
        2 => subsequence(vec![ActivityKind::Sale, ActivityKind::Reservation, ActivityKind::Click], 1..=2),
        1 => subsequence(ActivityKind::ALL, 1..=6),
    ];
    let comparison = select(vec!["equals", "less_than", "at_most", "more_than", "at_least"]);
    let count = prop_oneof![
        5 => (comparison, 1..=3_u32).prop_map(|(operator, count)| json!({ operator: count })),
        1 => (0..=2_u32, 2..=4_u32).prop_map(|(from, until)| json!({ "between": { "from": from, "until": until } })),
    ];
    let when = date_operators(world).prop_filter_map("presence is asked by has", |(operator, day)| {
        (!operator.starts_with("is_")).then(|| json!({ operator: day }))
    });
    let operators = prop_oneof![
        3 => select(vec!["has", "has_not"]).prop_map(|operator| (operator, true.into())),
        3 => count.prop_map(|count| ("count", count)),
        2 => amount_operators().prop_map(|(operator, amount)| ("sum", json!({ operator: amount }))),
        2 => (select(vec!["first", "last"]), when),
    ];
    let filters = (
        prop::option::of(kinds),
        prop::option::weighted(0.2, organisations()),
        prop::option::weighted(0.2, products(world)),
        prop::option::weighted(0.2, categories()),
        prop::option::weighted(0.2, select(HolderRole::ALL)),
        prop::option::weighted(0.2, amounts()),
        prop::option::weighted(0.4, window(world)),
    );
    (filters, operators)
        .prop_map(|((kinds, organisation, product, categories, role, amount, window), operator)| {
            let filters = json!({
                "kinds": kinds, "organisation": organisation, "product": product, "categories": categories, "as": role,
                "amount": amount, "window": window,
            });
            with(written(filters), operator)
        })
        .boxed()
}

fn order_line(world: &World) -> BoxedStrategy<Value> {
    let holder = select(vec!["purchaser", "cultural_contact", "either"]);
    let states = subsequence(LineState::ALL, 1..=5);
    let filters = (
        prop::option::weighted(0.2, organisations()),
        prop::option::weighted(0.2, products(world)),
        prop::option::weighted(0.2, categories()),
        prop::option::weighted(0.2, window(world)),
        prop::option::weighted(0.4, window(world)),
    );
    let operator = select(vec!["has", "has_not"]);
    (holder, states, filters, operator)
        .prop_map(|(holder, states, (organisation, product, categories, ordered, event), operator)| {
            let filters = json!({
                "as": holder, "states": states, "organisation": organisation, "product": product,
                "categories": categories, "ordered": ordered, "event": event,
            });
            with(written(filters), (operator, true.into()))
        })
        .boxed()
}

fn message(world: &World) -> BoxedStrategy<Value> {
    let outcome = select(vec!["received", "clicked", "bounced"]);
    let campaigns: Vec<&str> = world::CAMPAIGNS.iter().map(|(key, _)| *key).collect();
    let filters = (prop::option::of(select(campaigns)), prop::option::of(window(world)));
    let operator = select(vec!["has", "has_not"]);
    (outcome, filters, operator)
        .prop_map(|(outcome, (campaign, window), operator)| {
            let filters = json!({ "outcome": outcome, "campaign": campaign, "window": window });
            with(written(filters), (operator, true.into()))
        })
        .boxed()
}

fn bucket(_: &World) -> BoxedStrategy<Value> {
    let percent = || select(world::PERCENTS);
    (percent(), percent())
        .prop_map(|(one, other)| json!({ "percent": { "from": one.min(other), "until": one.max(other) } }))
        .boxed()
}
