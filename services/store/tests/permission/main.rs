//! Permission is what the evidence says, in every order, and nobody can rewrite the evidence without being found out.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot store or read its own data has failed"
)]

mod expected;
mod scene;
mod chance;
mod act;
mod projection;
mod policy;
mod why;
mod refusals;
mod damage;
mod log;
mod seal;
mod forge;
mod tampering;
mod checkpoint;
