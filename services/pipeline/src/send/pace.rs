//! How many claims a lane may hold at once: what its sessions finish in a second, at least one each.
//!
//! By Little's law the messages under way are the rate times the time that each takes; so when all claims that are
//! allowed take half a second, twice as many may be taken. The number grows only while it is what holds the lane back,
//! and at most doubles at a time, because an estimate from quiet minutes says nothing about busy ones.

use std::time::Duration;

/// How old a claim should be when its result is recorded.
const TARGET: Duration = Duration::from_secs(1);
/// No lane of one process is faster than this many a second.
const MOST: usize = 5_000;

#[derive(Debug)]
pub(super) struct Pace {
    limit: usize,
    ended: usize,
    ages: Duration,
    was_full: bool,
}

impl Default for Pace {
    fn default() -> Self {
        Self { limit: 1, ended: 0, ages: Duration::ZERO, was_full: false }
    }
}

impl Pace {
    /// Claims at once, with so many open sessions.
    pub(super) fn limit(&self, open: usize) -> usize {
        if open == 0 { 0 } else { self.limit.max(open) }
    }

    /// The lane would have taken more.
    pub(super) fn full(&mut self) {
        self.was_full = true;
    }

    /// A claim has ended, so long after it was asked for. The limit is looked at once per limit's worth of claims.
    pub(super) fn ended(&mut self, age: Duration, open: usize) {
        self.ended += 1;
        self.ages += age;
        let limit = self.limit(open).max(1);
        if self.ended < limit {
            return;
        }
        let mean = self.ages.as_secs_f64() / self.ended as f64;
        let fits = (limit as f64 * TARGET.as_secs_f64() / mean.max(0.001)) as usize;
        if fits < limit {
            self.limit = fits.max(limit / 2).max(1);
        } else if self.was_full {
            self.limit = fits.min(2 * limit).min(MOST);
        }
        (self.ended, self.ages, self.was_full) = (0, Duration::ZERO, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ends a limit's worth of claims of this age.
    fn round(pace: &mut Pace, open: usize, age: Duration) -> usize {
        for _ in 0..pace.limit(open) {
            pace.ended(age, open);
        }
        pace.limit(open)
    }

    #[test]
    fn at_least_one_for_each_session_and_nothing_without_one() {
        let mut pace = Pace::default();
        assert_eq!(pace.limit(0), 0);
        assert_eq!(pace.limit(8), 8);
        // Ten minutes each: still one each.
        assert_eq!(round(&mut pace, 8, Duration::from_secs(600)), 8);
    }

    #[test]
    fn it_finds_a_second_of_work_at_any_rate() {
        for per_second in [20.0, 300.0, 2_000.0] {
            let mut pace = Pace::default();
            for _ in 0..20 {
                pace.full();
                // Everything under way takes its turn: a claim waits for all before it.
                let age = Duration::from_secs_f64(pace.limit(8) as f64 / per_second);
                round(&mut pace, 8, age);
            }
            let limit = pace.limit(8) as f64;
            assert!((0.7 * per_second..=1.3 * per_second).contains(&limit), "{limit} at {per_second}/s");
        }
    }

    #[test]
    fn quiet_minutes_do_not_raise_it() {
        let mut pace = Pace::default();
        for _ in 0..10 {
            assert_eq!(round(&mut pace, 8, Duration::from_millis(30)), 8);
        }
    }

    #[test]
    fn a_server_that_slows_down_halves_it_each_time() {
        let mut pace = Pace::default();
        for _ in 0..20 {
            pace.full();
            round(&mut pace, 4, Duration::from_millis(100));
        }
        let before = pace.limit(4);
        assert_eq!(round(&mut pace, 4, Duration::from_secs(5)), before / 2);
        assert_eq!(round(&mut pace, 4, Duration::from_secs(5)), before / 4);
    }
}
