//! The targets that marketers word (`tests/data/targets.md`) on the file of a made-up theatre: the compiled target, the evaluator in
//! memory and SQL that was written by hand from the sentence select the same contacts.
#![expect(clippy::unwrap_used, reason = "a test that cannot store or read its own data has failed")]

mod stage;

use std::collections::BTreeSet;

use audience::leaves::Leaf;
use audience::testing::{WordedTarget, worded_targets};
use serde_json::Value;

use stage::Stage;

/// Leaves that no marketer has asked for yet. It may only shrink: a new leaf comes with a sentence.
const WITHOUT_A_SENTENCE: &[&str] = &[];

#[tokio::test(flavor = "multi_thread")]
async fn each_target_selects_whom_its_sentence_means() {
    let mut stage = Stage::set().await;
    let mut differing = Vec::new();
    for target in worded_targets() {
        let checked =
            stage.check(&target.query).await.unwrap_or_else(|why| panic!("{}: {why}", target.title));
        let compiled = stage.selected(&checked).await;
        let by_hand = stage.by_hand(target.sql).await;
        let evaluated = stage.evaluated(&checked);
        println!("{:>5} {}", by_hand.len(), target.title);
        assert!(!by_hand.is_empty(), "{}: nobody is selected, and nothing is compared", target.title);
        assert!(by_hand.len() < stage.contacts(), "{}: everybody is selected", target.title);
        if compiled != by_hand || evaluated != by_hand {
            differing.push(difference(&target, [&compiled, &evaluated, &by_hand]));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// How many each side selects, and some on whom they do not agree.
fn difference(target: &WordedTarget, [compiled, evaluated, by_hand]: [&Vec<i64>; 3]) -> String {
    let sides = [compiled, evaluated, by_hand].map(|side| side.iter().copied().collect::<BTreeSet<i64>>());
    let agreed = &(&sides[0] & &sides[1]) & &sides[2];
    let anyone = &(&sides[0] | &sides[1]) | &sides[2];
    let disputed: Vec<&i64> = anyone.difference(&agreed).take(5).collect();
    let [compiled, evaluated, by_hand] = [compiled, evaluated, by_hand].map(Vec::len);
    format!(
        "{}: compiled {compiled}, evaluated {evaluated}, by hand {by_hand}; not agreed on {disputed:?}",
        target.title
    )
}

#[test]
fn every_leaf_is_asked_for_by_somebody() {
    let mut asked = BTreeSet::new();
    for target in worded_targets() {
        collect(&serde_json::to_value(&target.query).unwrap(), &mut asked);
    }
    let silent: Vec<_> = Leaf::NAMES.iter().filter(|name| !asked.contains(**name)).collect();
    assert!(silent.iter().all(|name| WITHOUT_A_SENTENCE.contains(name)), "no sentence asks for {silent:?}");
    assert_eq!(silent.len(), WITHOUT_A_SENTENCE.len(), "a sentence asks for what is listed as missing");
}

fn collect(node: &Value, leaves: &mut BTreeSet<String>) {
    match node {
        Value::Object(fields) => {
            leaves.extend(fields.get("leaf").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| collect(value, leaves));
        }
        Value::Array(members) => members.iter().for_each(|member| collect(member, leaves)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
