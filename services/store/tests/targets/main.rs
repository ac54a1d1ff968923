//! Targets on a real database: compiled SQL selects whom the reference evaluator selects, and no operator of it costs the
//! silo its indexes.
#![expect(clippy::unwrap_used, reason = "a test that cannot store or read its own data has failed")]

mod stored;
mod shape;
mod coverage;
mod missing;
mod agreement;
mod operators;
mod distance;
mod saved;
mod scores;
