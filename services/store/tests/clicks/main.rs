//! Hits, verdicts and refusals by link: what comes back from a message that was sent.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its own rows has failed")]

mod hits;
mod refusals;
mod stage;
mod verdicts;
