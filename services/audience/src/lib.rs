//! The query language of targets: who is meant, as a typed tree.
//!
//! A marketer's query is a [`Query`], read strictly from JSON ([`tree`] shows its form). [`check()`] resolves its names
//! against a [`Catalogue`] and refuses what no contact can meet; the result is a [`CheckedQuery`], which can be
//! [evaluated](evaluate()) and [explained](explain()) for one contact in memory, and [compiled](condition) to one
//! parameterised SQL condition for all of them. The evaluator says what a query means ([`truth`]); the
//! compiler is held to it by a property test on random queries and data (cargo feature `testing`).
//!
//! It guarantees that nothing is silently dropped or widened: whatever is unknown, invalid or obviously impossible is a
//! [`QueryError`] at its node. It deliberately does no I/O, reads no clock (today is an argument), writes no value into
//! SQL text, and decides no permission: who may be contacted is `model::permission`'s question.

mod error;
pub mod truth;
pub mod tree;
pub mod leaves;
pub mod operators;
mod catalogue;
mod check;
mod contradiction;
mod facts;
mod evaluate;
mod explain;
mod compile;
mod missing;
pub mod sql;
mod json;
pub mod words;
pub mod schema;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use catalogue::{
    Catalogue, CriterionDefinition, CriterionId, IndicatorDefinition, IndicatorId, OrganisationRef, PlaceRef,
    ProductRef, SavedTarget,
};
pub use check::{CheckedQuery, MAX_DEPTH, MAX_LEAVES, check};
pub use compile::{both, condition, denial, matching_contacts, ruled_out_contacts, these_contacts};
pub use error::QueryError;
pub use evaluate::evaluate;
pub use explain::{Explanation, LeafExplanation, Seen, explain};
pub use facts::{
    ActivityFact, AnswerFact, AnswerScope, ContactFacts, CriterionFact, IdentityFacts, IndicatorFact,
    MessageFact, OrderLineFact,
};
pub use json::{RawOperator, Stated};
pub use missing::{Unknowns, unknowns};
pub use sql::Scope;
pub use tree::{Content, GroupKind, Mentions, Node, Query};
pub use truth::Truth;
pub use words::{Language, Names, Words, words};
