//! Why one contact is in a target or is not: the answer of each leaf, and the value that gave it.

use chrono::NaiveDate;
use serde::Serialize;

use crate::check::CheckedQuery;
use crate::facts::ContactFacts;
use crate::truth::Truth;

/// The value that a leaf saw. Personal data: for the person who asked, never for a log.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// Nothing on file.
    Missing,
    /// A text or a code.
    Text(String),
    /// A number.
    Number(f64),
    /// A day.
    Date(NaiveDate),
    /// Yes or no.
    YesNo(bool),
    /// A set of codes.
    Codes(Vec<String>),
    /// Facts that meet the leaf's filters.
    Facts {
        /// How many.
        count: usize,
        /// The latest day among them.
        last: Option<NaiveDate>,
    },
    /// The leaves of another target.
    Target(Vec<LeafExplanation>),
}

impl Seen {
    pub(crate) fn of<T>(value: Option<T>, seen: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Missing, seen)
    }
}

/// What a leaf answers for one contact.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Judgement {
    pub(crate) truth: Truth,
    pub(crate) seen: Seen,
}

/// The answer of a query for one contact, leaf by leaf.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The answer; only [`Truth::True`] is selected.
    pub truth: Truth,
    /// Every leaf that is switched on, in the order of the query.
    pub leaves: Vec<LeafExplanation>,
}

/// The answer of one leaf.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeafExplanation {
    /// Where it stands, as a JSON pointer.
    pub at: String,
    /// Which leaf it is.
    pub leaf: &'static str,
    /// Its answer.
    pub truth: Truth,
    /// The value that gave the answer.
    pub seen: Seen,
    /// Whether another answer of this leaf alone would move the contact into the target or out of it.
    pub decides: bool,
}

/// Explains the answer of `query` for one contact on `today`, the day in the institution's zone.
#[must_use]
pub fn explain(query: &CheckedQuery, facts: &ContactFacts, today: NaiveDate) -> Explanation {
    let judgements: Vec<Judgement> =
        query.leaves().iter().map(|leaf| leaf.test.judge(facts, today)).collect();
    let truth = query.fold(|leaf| judgements[leaf].truth);
    let decides = |this: usize| {
        [Truth::True, Truth::False].into_iter().any(|other| {
            let changed = query.fold(|leaf| if leaf == this { other } else { judgements[leaf].truth });
            (changed == Truth::True) != (truth == Truth::True)
        })
    };
    let leaves = query.leaves().iter().zip(&judgements).enumerate().map(|(index, (leaf, judgement))| {
        LeafExplanation {
            at: leaf.at.clone(),
            leaf: leaf.leaf.name(),
            truth: judgement.truth,
            seen: judgement.seen.clone(),
            decides: decides(index),
        }
    });
    Explanation { truth, leaves: leaves.collect() }
}
