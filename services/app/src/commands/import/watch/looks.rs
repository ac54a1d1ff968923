//! Whether a file is still being written, as far as looking from outside can tell.
//!
//! A file that was renamed into the folder is whole at once, but looks like one that is just being written. So a file is ready when
//! a look finds it as an earlier one left it: same size, same time of change, same file behind the name; and when at least the
//! pause lies between the two. Time comes as an argument, from whichever clock never goes back.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// What changes when a file is written or replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Its size.
    pub octets: u64,
    /// When it was last written, where the file system tells.
    pub modified: Option<SystemTime>,
    /// The file behind the name.
    pub inode: u64,
}

/// What earlier looks found.
#[derive(Debug)]
pub struct Looks {
    pause: Duration,
    /// The stamp of each file, and when it was first seen with it.
    seen: BTreeMap<String, (Stamp, Duration)>,
}

impl Looks {
    /// Nothing seen yet.
    pub const fn new(pause: Duration) -> Self {
        Self { pause, seen: BTreeMap::new() }
    }

    /// Which of the files have not changed for the length of the pause. What is gone is forgotten.
    pub fn ready(&mut self, now: Duration, found: &[(String, Stamp)]) -> Vec<bool> {
        let before = std::mem::take(&mut self.seen);
        let mut ready = Vec::with_capacity(found.len());
        for (name, stamp) in found {
            let since = match before.get(name) {
                Some((same, since)) if same == stamp => *since,
                Some(_) | None => now,
            };
            ready.push(now.saturating_sub(since) >= self.pause);
            self.seen.insert(name.clone(), (*stamp, since));
        }
        ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_secs(5);

    fn file(octets: u64, written: u64, inode: u64) -> [(String, Stamp); 1] {
        let modified = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(written));
        [("a.csv".to_owned(), Stamp { octets, modified, inode })]
    }

    /// Looks at one file at several times, and tells each time whether it was ready.
    fn looked(looks: &[(u64, [(String, Stamp); 1])]) -> Vec<bool> {
        let mut seen = Looks::new(PAUSE);
        looks.iter().map(|(at, found)| seen.ready(Duration::from_secs(*at), found)[0]).collect()
    }

    #[test]
    fn a_file_is_ready_once_it_has_not_changed_for_the_pause() {
        let still = file(10, 100, 1);
        assert_eq!(
            looked(&[(0, still.clone()), (4, still.clone()), (5, still.clone()), (60, still)]),
            [false, false, true, true]
        );
    }

    #[test]
    fn whatever_changes_starts_the_pause_anew() {
        let (start, grown, touched, replaced) =
            (file(10, 100, 1), file(20, 105, 1), file(20, 109, 1), file(20, 109, 2));
        assert_eq!(
            looked(&[
                (0, start),
                (5, grown),
                (10, touched),
                (15, replaced.clone()),
                (19, replaced.clone()),
                (20, replaced)
            ]),
            [false, false, false, false, false, true]
        );
    }

    #[test]
    fn a_file_that_went_and_came_back_is_a_new_one() {
        let mut looks = Looks::new(PAUSE);
        let still = file(10, 100, 1);
        assert_eq!(looks.ready(Duration::ZERO, &still), [false]);
        assert_eq!(looks.ready(PAUSE, &[]), [false; 0]);
        assert_eq!(looks.ready(2 * PAUSE, &still), [false]);
    }

    #[test]
    fn without_a_pause_everything_is_ready_at_once() {
        assert_eq!(Looks::new(Duration::ZERO).ready(Duration::ZERO, &file(1, 1, 1)), [true]);
    }
}
