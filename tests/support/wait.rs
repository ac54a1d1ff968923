//! Waiting for a condition, never for time.

use std::time::{Duration, Instant};

/// Between two looks. Short beside everything that is waited for, long beside one look.
const GLANCE: Duration = Duration::from_millis(25);
/// Longer than anything takes on a busy machine with two cores; a test that gets here has failed.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// Waits until `holds`, or fails the test saying what did not come.
#[track_caller]
pub fn until(what: &str, holds: impl FnMut() -> bool) {
    assert!(comes_within(PATIENCE, holds), "after {} s still not: {what}", PATIENCE.as_secs());
}

/// Whether the condition comes in time.
pub fn comes_within(longest: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + longest;
    loop {
        if holds() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        std::thread::park_timeout(GLANCE);
    }
}
