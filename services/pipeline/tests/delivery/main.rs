//! Dispatcher and worker together: real database, real SMTP dialogue with a scripted server, in-process queue.
//!
//! After every scenario the invariants of the life cycle are checked (delivery 4.2).

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod house;
mod outcomes;
mod last_moment;
mod lanes;
mod losses;
mod stopping;
mod recovery;
