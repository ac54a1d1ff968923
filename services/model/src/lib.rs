//! The rules of Rappel as pure functions and plain types.
//!
//! Nothing here reads a clock, a file or a socket: the time, chance and facts that a rule needs are its arguments.
//! The modules stand in the order in which a newcomer should read them; the words are those of `ARCHITECTURE.md`.

pub mod ids;
pub mod vocabulary;
pub mod ambient;
pub mod keys;
pub mod text;
pub mod address;
pub mod place;
pub mod token;
pub mod reply;
pub mod verdict;
pub mod answer;
pub mod permission;
pub mod cap;
pub mod holdout;
pub mod guard;
pub mod recency;
pub mod score;
pub mod pack;
pub mod policy;
pub mod seal;
pub mod checkpoint;
