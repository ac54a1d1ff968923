//! Random queries and contacts, for tests that compare two ways of answering (cargo feature `testing`).
//!
//! Everything lives in one small [`World`]: few names, few days, many missing values, so that random queries have
//! something to tell apart. [`Generator`] draws from it by a seed; the strategies behind it serve proptest directly.
//! Queries are drawn as JSON and read back, so that reading is exercised too.
//!
//! Beside them stand the [targets](worded_targets) that people word.

mod world;
mod contacts;
mod operators;
mod queries;
mod generator;
mod worded;
#[cfg(test)]
mod tests;

pub use self::contacts::contact;
pub use self::generator::{Drawn, Generator};
pub use self::queries::{FIELDS, LEAVES, LeafStrategy, query};
pub use self::worded::{LANGUAGES, WordedTarget, worded_targets};
pub use self::world::{World, WorldProduct};
