use std::collections::{BTreeMap, BTreeSet};

use model::ids::InstitutionId;
use sea_query::PostgresQueryBuilder;
use serde_json::Value;

use super::*;
use crate::explain::explain;
use crate::leaves::Leaf;
use crate::sql;
use crate::tree::{Content, GroupKind, Node, Query};
use crate::truth::Truth;
use crate::{CheckedQuery, check, evaluate, matching_contacts};

const QUERIES: usize = 3_000;

fn leaves(node: &Node) -> Vec<&Leaf> {
    match &node.content {
        Content::Leaf(leaf) => vec![leaf],
        Content::Group(_, members) => members.iter().flat_map(leaves).collect(),
    }
}

/// `leaf field operator`, from the JSON of a leaf.
fn signature(leaf: &Leaf) -> String {
    let json = serde_json::to_value(leaf).expect("JSON");
    let operator: Vec<&str> = json
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .filter(|key| !FIELDS.contains(key))
        .collect();
    let operator = match (operator.as_slice(), &json["answer"]) {
        ([operator], Value::Null) => (*operator).to_owned(),
        (_, answer) => answer.to_string(),
    };
    let subject = json.get("field").or_else(|| json.get("code")).and_then(Value::as_str).unwrap_or_default();
    format!("{} {subject} {operator}", leaf.name())
}

#[test]
fn the_generators_know_every_leaf() {
    let generated: Vec<&str> = LEAVES.iter().map(|(name, _)| *name).collect();
    assert_eq!(generated, Leaf::NAMES, "add the leaf to testing::queries::LEAVES");
}

#[test]
fn every_operator_occurs_with_every_answer_that_it_can_give() {
    let mut generator = Generator::new(1);
    let population = generator.population(150);
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for _ in 0..QUERIES {
        let drawn = generator.query();
        for leaf in leaves(&drawn.query.root) {
            let alone = Query { root: Node { off: false, content: Content::Leaf(leaf.clone()) } };
            let Ok(checked) = check(&alone, &generator.world().catalogue) else { continue };
            let answers = seen.entry(signature(leaf)).or_default();
            for facts in &population {
                answers.insert(format!("{:?}", evaluate(&checked, facts, generator.world().today)));
            }
        }
    }
    let never_unknown = |signature: &str| {
        [
            "authorisation",
            "activity",
            "order_line",
            "identity kind",
            "identity role",
            "identity source",
            "identity external_id",
            "bucket",
            "message",
        ]
        .iter()
        .any(|leaf| signature.starts_with(leaf))
            && !signature.ends_with("first")
            && !signature.ends_with("last")
            || signature.ends_with("is_missing")
            || signature.ends_with("is_present")
    };
    for (signature, answers) in &seen {
        let one_sided = ["source is_", "external_id is_"].iter().any(|part| signature.contains(part));
        let wanted: &[&str] =
            if never_unknown(signature) { &["False", "True"] } else { &["False", "True", "Unknown"] };
        let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
        assert!(one_sided || answers == wanted, "{signature}: {answers:?}");
    }
    assert_eq!(seen.len(), expected_signatures(), "an operator never occurs: {:#?}", seen.keys());
}

/// Operators by type, times fields of that type.
fn expected_signatures() -> usize {
    let (text, code, date, age, birthday, number, presence) = (6, 4, 6, 5, 4, 9, 2);
    let identity = 9 * text + 2 * code + 2 * date + age + birthday + 2 + 2;
    let criterion = text + number + date + (1 + presence) + (2 + presence) + (3 + presence);
    let (authorisation, recency, activity, order_line, message, bucket) = (4, date, 6, 2, 2, 1);
    let (indicator, postal_area, distance, membership, score) = (number + date + text, 2, number, 2, 6);
    let of_facts = authorisation + recency + activity + order_line + message + bucket;
    identity + criterion + of_facts + indicator + postal_area + distance + membership + score
}

#[test]
fn enough_queries_split_the_population() {
    let mut generator = Generator::new(2);
    let population = generator.population(200);
    let today = generator.world().today;
    let splits = |drawn: &Drawn| {
        let selected =
            population.iter().filter(|facts| evaluate(&drawn.checked, facts, today) == Truth::True).count();
        selected > 0 && selected < population.len()
    };
    let blind = (0..1_000).filter(|_| splits(&generator.query())).count();
    let chosen = (0..300).filter(|_| splits(&generator.splitting_query(&population))).count();
    println!("of 1000 blind queries {blind} split 200 contacts, of 300 chosen ones {chosen}");
    assert!(blind >= 500, "{blind} of 1000");
    assert!(chosen >= 285, "{chosen} of 300");
}

#[test]
fn the_same_seed_draws_the_same() {
    let draw = |seed| {
        let mut generator = Generator::new(seed);
        (generator.population(3), (0..20).map(|_| generator.query().query).collect::<Vec<_>>())
    };
    assert_eq!(draw(7), draw(7));
    assert_ne!(draw(7), draw(8));
}

#[test]
fn a_query_is_read_as_it_is_written() {
    let mut generator = Generator::new(3);
    for _ in 0..QUERIES {
        let query = generator.query().query;
        assert_eq!(Query::from_json(&query.to_string()), Ok(query));
    }
}

#[test]
fn a_node_that_is_switched_off_changes_nothing() {
    let mut generator = Generator::new(4);
    let scope = generator.world().scope(InstitutionId(1));
    let sql = |drawn: &CheckedQuery| matching_contacts(drawn, scope).to_string(PostgresQueryBuilder);
    for _ in 0..300 {
        let (inner, mut other) = (generator.query(), generator.query().query.root);
        other.off = true;
        let root = Node {
            off: false,
            content: Content::Group(GroupKind::All, vec![other, inner.query.root.clone()]),
        };
        let Ok(with_off) = check(&Query { root }, &generator.world().catalogue) else { continue };
        let alone = Query {
            root: Node {
                off: false,
                content: Content::Group(GroupKind::All, vec![inner.query.root.clone()]),
            },
        };
        let alone = check(&alone, &generator.world().catalogue).expect("valid without the node too");
        assert_eq!(sql(&with_off), sql(&alone));
    }
}

#[test]
fn an_explanation_agrees_with_the_evaluator_and_a_deciding_leaf_decides() {
    let mut generator = Generator::new(5);
    let population = generator.population(20);
    let today = generator.world().today;
    let mut deciding = 0;
    for _ in 0..500 {
        let drawn = generator.query();
        for facts in &population {
            let explanation = explain(&drawn.checked, facts, today);
            assert_eq!(explanation.truth, evaluate(&drawn.checked, facts, today));
            for (index, leaf) in explanation.leaves.iter().enumerate() {
                let selected_if = |answer| {
                    drawn
                        .checked
                        .fold(|other| if other == index { answer } else { explanation.leaves[other].truth })
                        == Truth::True
                };
                let moves = [Truth::True, Truth::False]
                    .map(selected_if)
                    .contains(&(explanation.truth != Truth::True));
                assert_eq!(leaf.decides, moves, "{} of {}", leaf.at, drawn.query);
                deciding += usize::from(leaf.decides);
            }
        }
    }
    assert!(deciding > 1_000, "{deciding} deciding leaves");
}

/// What is left of a statement without names, parameters, the words of the grammar and the `1` that an `EXISTS` selects.
fn operators_in(sql: &str) -> BTreeSet<String> {
    const GRAMMAR: &[&str] = &[
        "SELECT", "DISTINCT", "FROM", "AS", "WHERE", "AND", "OR", "NOT", "EXISTS", "IS", "NULL", "ANY",
        "ALL", "COLLATE", "INNER", "JOIN", "ON", "GROUP", "BY", "HAVING", "1", "COUNT", "SUM", "MIN", "MAX",
        "CAST", "float8",
    ];
    let mut plain = String::new();
    let mut in_name = false;
    for character in sql.chars() {
        match character {
            '"' => in_name = !in_name,
            _ if in_name => {}
            '(' | ')' | ',' | '.' => plain.push(' '),
            _ => plain.push(character),
        }
    }
    let words = plain.split_whitespace().filter(|word| !word.starts_with('$') && *word != "*");
    words.filter(|word| !GRAMMAR.contains(word)).map(str::to_owned).collect()
}

#[test]
fn only_listed_operators_are_emitted_and_every_value_is_bound() {
    let mut generator = Generator::new(6);
    let scope = generator.world().scope(InstitutionId(1));
    let mut emitted = BTreeSet::new();
    for _ in 0..QUERIES {
        let statement = matching_contacts(&generator.query().checked, scope);
        let (text, _) = statement.build(PostgresQueryBuilder);
        assert!(!text.contains('\''), "a literal in {text}");
        emitted.extend(operators_in(&text));
    }
    let listed: BTreeSet<String> = sql::OPERATORS
        .iter()
        .map(|(operator, _)| *operator)
        .chain(sql::SCANS.iter().copied())
        .map(str::to_owned)
        .collect();
    assert_eq!(
        emitted, listed,
        "every operator that is emitted must be listed in sql::OPERATORS, and the reverse"
    );
}
