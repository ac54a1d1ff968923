//! How long to wait before the next connection.

use std::sync::Arc;
use std::time::Duration;

use model::ambient::Entropy;
use tokio::time::Instant;

/// Pauses that double, each shortened by chance to between half and all of it, so that a hundred workers do not knock
/// at a restarted broker at once.
pub(super) struct Backoff {
    first: Duration,
    longest: Duration,
    entropy: Arc<dyn Entropy>,
    failures: u32,
    not_before: Option<Instant>,
}

impl Backoff {
    pub(super) fn new(first: Duration, longest: Duration, entropy: Arc<dyn Entropy>) -> Self {
        Self { first, longest, entropy, failures: 0, not_before: None }
    }

    /// Waits until a connection may be tried. Dropping the future loses nothing.
    pub(super) async fn passed(&self) {
        if let Some(instant) = self.not_before {
            tokio::time::sleep_until(instant).await;
        }
    }

    /// A connection could not be made, or ended.
    pub(super) fn failed(&mut self) {
        self.not_before = Some(Instant::now() + self.pause());
        self.failures = self.failures.saturating_add(1);
    }

    /// Work went through: the next pause is the first again.
    pub(super) fn worked(&mut self) {
        self.failures = 0;
    }

    fn pause(&self) -> Duration {
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(self.failures));
        let half = doubled.min(self.longest) / 2;
        let mut chance = [0; 2];
        self.entropy.fill(&mut chance);
        half + half.mul_f64(f64::from(u16::from_le_bytes(chance)) / f64::from(u16::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Always(u8);

    impl Entropy for Always {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    fn pauses(chance: u8, failures: usize) -> Vec<Duration> {
        let (first, longest) = (Duration::from_millis(100), Duration::from_secs(1));
        let mut backoff = Backoff::new(first, longest, Arc::new(Always(chance)));
        let one = |_| {
            let pause = backoff.pause();
            backoff.failed();
            pause
        };
        (0..failures).map(one).collect()
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let millis: Vec<_> = pauses(255, 6).iter().map(Duration::as_millis).collect();
        assert_eq!(millis, [100, 200, 400, 800, 1000, 1000]);
    }

    #[test]
    fn chance_takes_away_half_at_most() {
        let millis: Vec<_> = pauses(0, 6).iter().map(Duration::as_millis).collect();
        assert_eq!(millis, [50, 100, 200, 400, 500, 500]);
    }

    #[test]
    fn a_success_starts_over_and_many_failures_do_not_overflow() {
        let mut backoff =
            Backoff::new(Duration::from_millis(100), Duration::from_secs(1), Arc::new(Always(255)));
        (0..1000).for_each(|_| backoff.failed());
        assert_eq!(backoff.pause(), Duration::from_secs(1));
        backoff.worked();
        assert_eq!(backoff.pause(), Duration::from_millis(100));
    }
}
