//! From the ledger to the wire and back: dispatch, claim, result, leases, control, against a real database.
//!
//! Every test has a database of its own in which a trigger rejects transitions that the life cycle does not know (I9).

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;
mod dispatching;
mod claiming;
mod refusal_race;
mod caps;
mod results;
mod recovery;
mod control;
mod transitions;
mod tracking;
