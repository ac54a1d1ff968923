//! The machine's clock, read in this one place, and chance that can be repeated.

use chrono::{DateTime, Utc};

/// The clock of this machine.
#[expect(
    clippy::disallowed_methods,
    reason = "the tests stand outside the product, and look at the clock on the wall"
)]
pub fn machine_now() -> DateTime<Utc> {
    Utc::now()
}

/// Numbers that look random and are the same for the same seed (SplitMix64).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The seed of this run: `RAPPEL_SEED`, else 1. Printed, so that a failure can be repeated.
    pub fn of_this_run() -> Self {
        let seed = std::env::var("RAPPEL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
        eprintln!("RAPPEL_SEED={seed}");
        Self::new(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `from` up to and without `to`.
    pub fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.next() % (to - from)
    }

    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for index in (1..things.len()).rev() {
            let other = usize::try_from(self.between(0, index as u64 + 1)).unwrap();
            things.swap(index, other);
        }
    }
}
