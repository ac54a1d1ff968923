//! The rules of permission and recency, held to the design: tables written out by hand, properties over every combination.
#![expect(clippy::unwrap_used, reason = "the days of these tables exist")]

mod cases;
mod packs;
mod policy;
mod evidence;
mod combination;
mod replay;
mod reasons;
mod masks;
mod refusals;
mod properties;
mod consent;
mod dates;
mod answers;
mod recency;
