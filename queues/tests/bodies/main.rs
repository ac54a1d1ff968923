//! The bodies that cross the broker, seen from outside.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod are_read_strictly;
mod hold_no_address;
mod sample;
mod walk;
