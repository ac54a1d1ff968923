//! The reference evaluator: what a query means, told in memory.
//!
//! It is written without regard to speed or to SQL; a property test holds the compiler to it on random queries and data.

use chrono::NaiveDate;

use crate::check::CheckedQuery;
use crate::facts::ContactFacts;
use crate::truth::Truth;

/// The answer of `query` for one contact on `today`, the day in the institution's zone. Only [`Truth::True`] is selected.
#[must_use]
pub fn evaluate(query: &CheckedQuery, facts: &ContactFacts, today: NaiveDate) -> Truth {
    query.fold(|leaf| query.leaves()[leaf].test.judge(facts, today).truth)
}
