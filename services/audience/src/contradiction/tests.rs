use std::collections::BTreeMap;

use crate::check::{CheckedQuery, check};
use crate::evaluate::evaluate;
use crate::leaves::Leaf;
use crate::testing::Generator;
use crate::tree::{Content, GroupKind, Node, Query};
use crate::truth::Truth;

fn node(content: Content) -> Node {
    Node { off: false, content }
}

fn leaves(node: &Node) -> Vec<&Leaf> {
    match &node.content {
        Content::Leaf(leaf) => vec![leaf],
        Content::Group(_, members) => members.iter().flat_map(leaves).collect(),
    }
}

/// A group of two, the second of them denied or not.
fn pair(kind: GroupKind, one: &Leaf, other: &Leaf, denied: bool) -> Query {
    let leaf = |leaf: &Leaf| node(Content::Leaf(leaf.clone()));
    let second = if denied { node(Content::Group(GroupKind::None, vec![leaf(other)])) } else { leaf(other) };
    Query { root: node(Content::Group(kind, vec![leaf(one), second])) }
}

/// The leaves of random queries, each alone, by what they are about.
fn by_subject(generator: &mut Generator) -> BTreeMap<String, Vec<(Leaf, CheckedQuery)>> {
    let mut subjects: BTreeMap<String, Vec<(Leaf, CheckedQuery)>> = BTreeMap::new();
    for _ in 0..1_500 {
        let query = generator.query().query;
        for leaf in leaves(&query.root) {
            let alone = Query { root: node(Content::Leaf(leaf.clone())) };
            let Ok(checked) = check(&alone, &generator.world().catalogue) else { continue };
            let Some((subject, _)) = checked.leaves()[0].test.says() else { continue };
            let known = subjects.entry(subject).or_default();
            if known.len() < 12 && known.iter().all(|(other, _)| other != leaf) {
                known.push((leaf.clone(), checked));
            }
        }
    }
    subjects
}

#[test]
fn a_reported_pair_is_met_by_nobody_or_by_everybody_whose_values_are_known() {
    let mut generator = Generator::new(10);
    let population = generator.population(80);
    let (catalogue, today) = (generator.world().catalogue.clone(), generator.world().today);
    let (mut reported, mut silent) = (BTreeMap::new(), 0);
    for (one, other) in by_subject(&mut generator).values().flat_map(|known| {
        known
            .iter()
            .enumerate()
            .flat_map(move |(index, one)| known[index..].iter().map(move |other| (one, other)))
    }) {
        for (kind, denied) in GroupKind::ALL.into_iter().flat_map(|kind| [(kind, false), (kind, true)]) {
            let query = pair(kind, &one.0, &other.0, denied);
            let Err(errors) = check(&query, &catalogue) else {
                silent += 1;
                continue;
            };
            let [error] = errors.as_slice() else { panic!("{errors:?}") };
            *reported.entry((kind.word(), denied)).or_insert(0) += 1;
            let tells_nothing = matches!(kind, GroupKind::Any | GroupKind::NotAll);
            assert_eq!(error.message.starts_with("says nothing"), tells_nothing, "{error}");
            for facts in &population {
                let answer = |(_, checked): &(Leaf, CheckedQuery)| evaluate(checked, facts, today);
                let second = if denied { !answer(other) } else { answer(other) };
                let mut both = [answer(one), second].into_iter();
                let truth = match kind {
                    GroupKind::All => Truth::all(&mut both),
                    GroupKind::Any => Truth::any(&mut both),
                    GroupKind::None => !Truth::any(&mut both),
                    GroupKind::NotAll => !Truth::all(&mut both),
                };
                let impossible = if tells_nothing { Truth::False } else { Truth::True };
                assert_ne!(truth, impossible, "{error} in {query} for {facts:?}");
            }
        }
    }
    println!("{reported:?}, {silent} silent");
    assert!(reported.len() == 8 && reported.values().all(|found| *found > 30), "{reported:?}");
    assert!(silent > 1_000, "{silent}");
}

#[test]
fn what_every_contact_with_the_value_meets_is_refused() {
    let leaf = |fields: &str| format!("{{\"leaf\": {fields}}}");
    let world = Generator::new(1).world().clone();
    for (one, other) in [
        (r#""recency", "before": "20000101""#, r#""recency", "after": "19990101""#),
        (r#""recency", "before": {"months_ago": 12}"#, r#""recency", "after": {"months_ago": 24}"#),
        (r#""recency", "is_missing": true"#, r#""recency", "is_present": true"#),
        (
            r#""identity", "field": "city", "equals": "Lyon""#,
            r#""identity", "field": "city", "not_equals": "LYON""#,
        ),
        (
            r#""identity", "field": "city", "not_equals": "Lyon""#,
            r#""identity", "field": "city", "not_equals": "Paris""#,
        ),
        (
            r#""identity", "field": "kind", "equals": "relay""#,
            r#""identity", "field": "kind", "not_equals": "relay""#,
        ),
        (
            r#""identity", "field": "role", "has": "guide""#,
            r#""identity", "field": "role", "has_not": "guide""#,
        ),
        (r#""identity", "field": "age", "at_most": 30"#, r#""identity", "field": "age", "at_least": 30"#),
        (
            r#""criterion", "code": "accessible", "is": "yes""#,
            r#""criterion", "code": "accessible", "is": "no""#,
        ),
        (
            r#""criterion", "code": "household", "at_most": 2"#,
            r#""criterion", "code": "household", "more_than": 2"#,
        ),
        (r#""activity", "count": {"at_most": 2}"#, r#""activity", "count": {"at_least": 2}"#),
        (r#""activity", "sum": {"less_than": 10}"#, r#""activity", "sum": {"more_than": 9.99}"#),
        (r#""activity", "has": true"#, r#""activity", "has_not": true"#),
        (
            r#""bucket", "percent": {"from": 0, "until": 60}"#,
            r#""bucket", "percent": {"from": 50, "until": 100}"#,
        ),
    ] {
        let json = format!(r#"{{"all": [{{"any": [{}, {}]}}]}}"#, leaf(one), leaf(other));
        let errors = check(&Query::from_json(&json).unwrap(), &world.catalogue).expect_err(&json);
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(errors[0].at, "/all/0/any/1");
        assert!(errors[0].message.starts_with("says nothing beside /all/0/any/0: "), "{}", errors[0]);
    }
}

#[test]
fn what_leaves_some_out_is_not_refused() {
    let leaf = |fields: &str| format!("{{\"leaf\": {fields}}}");
    let world = Generator::new(1).world().clone();
    for (one, other) in [
        // The contacts without a city are the point.
        (
            r#""identity", "field": "city", "not_equals": "Lyon""#,
            r#""identity", "field": "city", "is_missing": true"#,
        ),
        // The day itself meets neither.
        (r#""recency", "before": "20000101""#, r#""recency", "after": "20000101""#),
        (r#""recency", "before": "20000101""#, r#""recency", "after": {"months_ago": 240}"#),
        (r#""identity", "field": "age", "at_most": 29"#, r#""identity", "field": "age", "at_least": 31"#),
        (
            r#""authorisation", "question": "email", "answer": "yes""#,
            r#""authorisation", "question": "email", "answer": "no""#,
        ),
        (
            r#""activity", "kinds": ["sale"], "has": true"#,
            r#""activity", "kinds": ["click"], "has_not": true"#,
        ),
    ] {
        let json = format!(r#"{{"any": [{}, {}]}}"#, leaf(one), leaf(other));
        check(&Query::from_json(&json).unwrap(), &world.catalogue).expect(&json);
    }
}
