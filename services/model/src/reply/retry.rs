//! When a deferred message is tried again.

use std::time::Duration;

/// The shortest wait after each failed attempt, in minutes; chance adds up to [`SPREAD`] of it.
///
/// | after attempt | waits |
/// |---|---|
/// | 1 | 5 min – 7 min 30 s (greylisting wants minutes) |
/// | 2 | 30 – 45 min |
/// | 3 | 1 h – 1 h 30 |
/// | 4 | 2 – 3 h |
/// | 5 | 4 – 6 h |
/// | 6 | 8 – 12 h |
/// | 7 | 10 – 15 h |
///
/// The last attempt, the eighth, comes 25 h 35 min to 38 h 22 min 30 s after the first (EM-63: marketing gives up
/// within 24 to 48 h).
const WAITS: [u64; 7] = [5, 30, 60, 120, 240, 480, 600];

/// Up to half of the wait is added by chance, so that what failed together does not come back together.
const SPREAD: f64 = 0.5;

/// After this many attempts a deferral is a failure.
pub const MAX_ATTEMPTS: u16 = 8;

/// How long to wait after the failed attempt number `attempt_no` (from 1); `None` when it was the last one.
///
/// `chance` is any random number; equal numbers give equal waits. An expiry of the message that comes first ends it
/// earlier, which is for the caller to compare.
#[must_use]
pub fn retry_after(attempt_no: u16, chance: u32) -> Option<Duration> {
    let index = usize::from(attempt_no).checked_sub(1)?;
    let shortest = Duration::from_secs(60 * WAITS.get(index)?);
    Some(shortest + shortest.mul_f64(SPREAD * f64::from(chance) / f64::from(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn total(chance: u32) -> Duration {
        (1..MAX_ATTEMPTS).map(|attempt| retry_after(attempt, chance).unwrap()).sum()
    }

    #[test]
    fn marketing_gives_up_within_24_to_48_hours() {
        let hour = Duration::from_secs(3600);
        assert_eq!(total(0), 25 * hour + 35 * hour / 60);
        assert_eq!(total(u32::MAX).as_secs(), 38 * 3600 + 22 * 60 + 30);
    }

    #[test]
    fn there_is_no_attempt_after_the_last_and_none_before_the_first() {
        assert!(retry_after(MAX_ATTEMPTS - 1, 0).is_some());
        assert_eq!(retry_after(MAX_ATTEMPTS, 0), None);
        assert_eq!(retry_after(u16::MAX, 0), None);
        assert_eq!(retry_after(0, 0), None);
    }

    proptest! {
        #[test]
        fn the_first_wait_is_minutes_and_the_others_half_an_hour(attempt in 1..MAX_ATTEMPTS, chance: u32) {
            let floor = if attempt == 1 { 5 } else { 30 };
            let wait = retry_after(attempt, chance).unwrap();
            prop_assert!(wait >= Duration::from_secs(60 * floor));
            prop_assert!(wait <= Duration::from_secs(60 * WAITS[usize::from(attempt) - 1]).mul_f64(1.0 + SPREAD));
        }

        #[test]
        fn chance_spreads(attempt in 1..MAX_ATTEMPTS, chance in 0..u32::MAX / 2) {
            prop_assert!(retry_after(attempt, chance) < retry_after(attempt, chance + u32::MAX / 2));
        }
    }
}
