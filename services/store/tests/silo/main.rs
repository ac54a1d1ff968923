//! Two institutions in one database: what keeps them apart, and what keeps a transaction whole.
#![expect(clippy::unwrap_used, reason = "a test that cannot read or write its own data has failed")]

mod catalogue;
mod rows;
mod policies;
mod neighbours;
mod dispatcher;
mod entering;
mod cancelled;
