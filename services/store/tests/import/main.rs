//! Files become facts: every row accounted for, nothing applied twice, projections exact after each transaction.

#![expect(clippy::unwrap_used, reason = "in a test, what goes wrong is the result")]

mod support;
mod reports;
mod sources;
mod waiting;
mod contacts;
mod orders;
mod answers;
mod recency;
mod projection;
mod computed;
mod mapped;
mod watched;
mod any_order;
