//! The machine's clock and randomness: the only place of the product that reads either.

use chrono::{DateTime, Utc};
use model::ambient::{Clock, Entropy};

/// The clock of this machine.
#[derive(Clone, Copy, Debug)]
pub struct MachineClock;

impl Clock for MachineClock {
    #[expect(clippy::disallowed_methods, reason = "the one clock that all others are given")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// The operating system's random numbers.
#[derive(Clone, Copy, Debug)]
pub struct MachineEntropy;

impl Entropy for MachineEntropy {
    #[expect(clippy::disallowed_methods, reason = "the one source that all others are given")]
    #[expect(clippy::expect_used, reason = "a machine without randomness cannot make a single token: stop")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random numbers");
    }
}
