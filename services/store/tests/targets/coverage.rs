//! Which leaves, operators and missing values a series of random queries has reached.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use audience::testing::FIELDS;
use audience::{Explanation, GroupKind, LeafExplanation, Query, Seen};
use serde_json::Value;

const TEXT: &[&str] = &["equals", "not_equals", "starts_with", "contains", "is_missing", "is_present"];
const CODE: &[&str] = &["equals", "not_equals", "is_missing", "is_present"];
const DATE: &[&str] = &["before", "after", "on", "between", "is_missing", "is_present"];
const NUMBER: &[&str] = &[
    "equals",
    "not_equals",
    "less_than",
    "at_most",
    "more_than",
    "at_least",
    "between",
    "is_missing",
    "is_present",
];
const ANSWER: &[&str] = &["yes", "no", "unset", "expired"];

/// What the language offers: the kind of leaf, what it is about, its operators, and whether that can be missing.
const LANGUAGE: &[(&str, &[&str], &[&str], bool)] = &[
    (
        "identity",
        &["first_name", "last_name", "email", "mobile", "postal_code", "city", "language"],
        TEXT,
        true,
    ),
    ("identity", &["source", "external_id"], TEXT, false),
    ("identity", &["gender", "country"], CODE, true),
    ("identity", &["birth_date", "created_on"], DATE, true),
    ("identity", &["age"], &["at_least", "at_most", "between", "is_missing", "is_present"], true),
    ("identity", &["birthday"], &["on", "between", "is_missing", "is_present"], true),
    ("identity", &["kind"], &["equals", "not_equals"], false),
    ("identity", &["role"], &["has", "has_not"], false),
    ("criterion", &["profession"], TEXT, true),
    ("criterion", &["household"], NUMBER, true),
    ("criterion", &["member_since"], DATE, true),
    ("criterion", &["accessible"], &["is", "is_missing", "is_present"], true),
    ("criterion", &["favourite"], &["any_of", "none_of", "is_missing", "is_present"], true),
    ("criterion", &["interests"], &["any_of", "all_of", "none_of", "is_missing", "is_present"], true),
    (
        "authorisation",
        &[
            "general",
            "email",
            "sms",
            "phone",
            "post",
            "open_tracking",
            "click_tracking",
            "profiling",
            "transmission",
        ],
        ANSWER,
        true,
    ),
    ("recency", &[""], DATE, true),
    ("activity", &[""], &["has", "has_not", "count", "first", "last"], true),
    ("activity", &[""], &["sum"], false),
    ("order_line", &[""], &["has", "has_not"], true),
    ("message", &[""], &["has", "has_not"], true),
    ("bucket", &[""], &["percent"], false),
    ("indicator", &["lifetime"], NUMBER, true),
    ("indicator", &["next_visit"], DATE, true),
    ("indicator", &["segment"], TEXT, true),
    ("postal_area", &[""], &["any_of", "none_of"], true),
    ("distance", &[""], NUMBER, true),
    ("membership", &[""], &["in", "not_in"], false),
    (
        "score",
        &["recency", "frequency", "monetary"],
        &["equals", "at_least", "at_most", "between", "is_missing", "is_present"],
        true,
    ),
];

/// Leaf, subject and operator.
type Signature = (String, String, String);

fn language() -> impl Iterator<Item = (Signature, bool)> {
    LANGUAGE.iter().flat_map(|(leaf, subjects, operators, may_be_missing)| {
        subjects.iter().flat_map(move |subject| {
            operators.iter().map(move |operator| {
                (((*leaf).to_owned(), (*subject).to_owned(), (*operator).to_owned()), *may_be_missing)
            })
        })
    })
}

/// How often something was asked, and how often of a contact without the value.
#[derive(Clone, Copy, Default)]
struct Met {
    leaves: usize,
    missing: usize,
}

/// What was reached so far.
#[derive(Default)]
pub struct Coverage {
    met: BTreeMap<Signature, Met>,
    filters: BTreeSet<(String, String)>,
    groups: BTreeSet<&'static str>,
    switched_off: usize,
}

impl Coverage {
    /// Adds one query, as it answered for some contacts.
    pub fn add(&mut self, query: &Query, explanations: &[Explanation]) {
        let json = serde_json::to_value(query).unwrap();
        self.add_groups(&json);
        for (index, leaf) in explanations[0].leaves.iter().enumerate() {
            let written = json.pointer(&leaf.at).unwrap().as_object().unwrap();
            let word = |key: &str| written.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let subject = [word("field"), word("code"), word("question"), word("of")].concat();
            let operator = match written.get("answer") {
                Some(answer) => answer.as_str().unwrap().to_owned(),
                None => written.keys().find(|key| !FIELDS.contains(&key.as_str())).unwrap().clone(),
            };
            self.filters.extend(written.keys().map(|key| (leaf.leaf.to_owned(), key.clone())));
            let met = self.met.entry((leaf.leaf.to_owned(), subject, operator)).or_default();
            met.leaves += 1;
            met.missing += explanations.iter().filter(|one| saw_nothing(&one.leaves[index])).count();
        }
    }

    fn add_groups(&mut self, node: &Value) {
        self.switched_off += usize::from(node["off"] == true);
        for kind in GroupKind::ALL {
            if let Some(members) = node[kind.word()].as_array() {
                self.groups.insert(kind.word());
                members.iter().for_each(|member| self.add_groups(member));
            }
        }
    }

    /// Fails when a leaf with values that can be missing never met a missing one, or an operator of it never did.
    pub fn assert_missing_values(&self) {
        for (signature, may_be_missing) in language() {
            let met = self.met.get(&signature).copied().unwrap_or_default();
            assert_eq!(met.missing > 0, may_be_missing, "{signature:?} without a value");
        }
    }

    /// Fails when a part of the language never occurred.
    pub fn assert_every_operator(&self) {
        let expected: BTreeSet<Signature> = language().map(|(signature, _)| signature).collect();
        let never: Vec<_> = expected.iter().filter(|signature| !self.met.contains_key(*signature)).collect();
        assert!(never.is_empty(), "never occurred: {never:?}");
        let unknown: Vec<_> = self.met.keys().filter(|signature| !expected.contains(*signature)).collect();
        assert!(unknown.is_empty(), "not in the table of this test: {unknown:?}");
        for (leaf, filters) in [
            ("activity", &["kinds", "organisation", "product", "categories", "as", "amount", "window"][..]),
            ("order_line", &["states", "organisation", "product", "categories", "as", "ordered", "event"]),
            ("authorisation", &["organisation", "topic", "given", "wording"]),
            ("message", &["outcome", "campaign", "window"]),
            ("recency", &["organisation"]),
            ("indicator", &["organisation"]),
        ] {
            for filter in filters {
                let pair = (leaf.to_owned(), (*filter).to_owned());
                assert!(self.filters.contains(&pair), "{leaf} was never filtered by {filter}");
            }
        }
        assert_eq!(self.groups.len(), GroupKind::ALL.len(), "{:?}", self.groups);
        assert!(self.switched_off > 0, "no node was ever switched off");
    }
}

/// Nothing on file about what the leaf asks for; for facts, none that pass its filters.
fn saw_nothing(leaf: &LeafExplanation) -> bool {
    match &leaf.seen {
        Seen::Missing => true,
        Seen::Text(text) => leaf.leaf == "authorisation" && text == "unset",
        Seen::Facts { count, .. } => *count == 0,
        Seen::Codes(codes) => codes.is_empty() && leaf.leaf == "criterion",
        Seen::Number(_) | Seen::Date(_) | Seen::YesNo(_) | Seen::Target(_) => false,
    }
}

/// `leaf × operator`, over all that it is about: how many leaves, and how many answers without a value.
impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows: BTreeMap<(&str, &str), Met> = BTreeMap::new();
        for ((leaf, _, operator), met) in &self.met {
            let row = rows.entry((leaf, operator)).or_default();
            row.leaves += met.leaves;
            row.missing += met.missing;
        }
        writeln!(f, "{:<14} {:<12} {:>7} {:>9}", "leaf", "operator", "leaves", "missing")?;
        for ((leaf, operator), Met { leaves, missing }) in rows {
            writeln!(f, "{leaf:<14} {operator:<12} {leaves:>7} {missing:>9}")?;
        }
        write!(f, "groups {:?}, {} nodes switched off", self.groups, self.switched_off)
    }
}
