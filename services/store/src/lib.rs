//! PostgreSQL: the only crate with SQL, and the only judge of what is true.
//!
//! Cast: a [`Store`] is a pool under one role; [`Store::scoped`] runs work inside one institution's silo as a [`Tx`] that
//! knows the two clocks; every other module is one aggregate and takes a `Tx`.
//!
//! Guarantees: a transaction runs in a task of its own that is never aborted, so a caller who goes away can neither poison a
//! pooled connection nor half-apply anything. Deliberately absent: `begin()` for callers, SQL text built from input (one
//! exception: compiled targets), a default clock.

mod error;
mod tx;
mod failpoint;
pub mod migrate;
pub mod institution;
pub mod policy;
pub mod statistics;
pub mod evidence;
pub mod gate;
pub mod refusal;
pub mod seal;
pub mod recency;
pub mod import;
pub mod catalogue;
pub mod target;
pub mod score;
pub mod facts;
mod compiled;
pub mod cap;
pub mod audience;
pub mod launch;
pub mod why;
pub mod control;
pub mod dispatch;
pub mod claim;
pub mod result;
pub mod worker;
pub mod lease;
pub mod link;
pub mod hit;
pub mod verdict;
pub mod dead_letter;
#[cfg(feature = "testing")]
pub mod testing;

pub use error::{Result, StoreError};
pub use tx::{Connect, Finished, Role, Store, Tx};
