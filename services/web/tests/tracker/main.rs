//! The tracker over real connections: what a message leads to, with and without its database.

#![expect(clippy::unwrap_used, reason = "a test whose stage does not stand has failed")]

mod http;
mod limits;
mod outage;
mod redirects;
mod refusals;
mod scanner;
mod stage;
