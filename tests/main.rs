//! End to end, over the real binary: one target, so that the product is linked once.
//!
//! `journeys` tell the promises of the product as its users see them, `failures` break what it stands on while it works,
//! and `support` is what both are told with. `coverage` holds what is true of the source itself, without starting anything.
//!
//! The modules say `cfg(test)`, which is always so here, because clippy then knows that their helpers may unwrap.

#[cfg(test)]
mod journeys;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod support;
#[cfg(test)]
mod coverage;
