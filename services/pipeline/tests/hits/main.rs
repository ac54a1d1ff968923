//! Hits from a spool to PostgreSQL, through the queue of one process: stored once, whatever the queue loses or repeats.

#![expect(clippy::unwrap_used, reason = "a test whose stage does not stand has failed")]

mod forwarding;
mod judging;
mod stage;
mod taking;
