//! Whose turn it is: a small launch never waits for a large one to end.

use std::collections::BTreeMap;

use store::dispatch::{LaunchKey, Waiting};

/// Rows that each waiting launch has had lately.
#[derive(Debug, Default)]
pub(super) struct Turns {
    had: BTreeMap<LaunchKey, usize>,
}

impl Turns {
    /// Shares `free` rows among the launches that wait: whoever had least goes first, everybody gets an equal part, rounded
    /// up to whole chunks so that a body is worth its message. Launches that wait no more are forgotten.
    pub(super) fn share(&mut self, free: usize, waiting: &[Waiting], chunk: usize) -> Vec<(Waiting, usize)> {
        if waiting.is_empty() || free == 0 {
            return Vec::new();
        }
        let mut order: Vec<&Waiting> = waiting.iter().collect();
        order.sort_by_key(|waiting| self.had.get(&waiting.launch).copied().unwrap_or(0));
        let part = free.div_ceil(order.len()).next_multiple_of(chunk);
        let mut left = free;
        let mut shares = Vec::new();
        for waiting in order {
            let rows = part.min(left);
            if rows == 0 {
                break;
            }
            left -= rows;
            shares.push((*waiting, rows));
        }
        shares
    }

    /// Remembers what a launch took. A newcomer starts level with whoever had least, so that it does not shut the others out.
    pub(super) fn served(&mut self, launch: LaunchKey, rows: usize) {
        let least = self.had.values().copied().min().unwrap_or(0);
        *self.had.entry(launch).or_insert(least) += rows;
        // Only differences count: keep the numbers small, and forget whoever fell behind by taking nothing for long.
        if least > 1_000_000 {
            self.had.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use model::ids::{InstitutionId, OccurrenceId};
    use model::vocabulary::{Channel, Lane};

    use super::*;

    fn waiting(occurrence: i32) -> Waiting {
        let launch = LaunchKey { institution: InstitutionId(1), occurrence: OccurrenceId(occurrence) };
        Waiting { launch, channel: Channel::Email, lane: Lane::Bulk }
    }

    #[test]
    fn the_window_is_never_exceeded_and_never_left_idle() {
        for launches in 1..8 {
            for free in [0, 1, 99, 100, 101, 250, 20_000] {
                let all: Vec<Waiting> = (0..launches).map(waiting).collect();
                let given: usize = Turns::default().share(free, &all, 100).iter().map(|(_, rows)| rows).sum();
                assert_eq!(given, free, "{launches} launches, {free} free");
            }
        }
    }

    #[test]
    fn a_small_launch_is_served_beside_a_large_one() {
        let mut turns = Turns::default();
        turns.served(waiting(1).launch, 50_000);
        // A newcomer arrives while the large one has been served for long.
        let mut newcomer = 0;
        for _ in 0..10 {
            for (whose, rows) in turns.share(100, &[waiting(1), waiting(2)], 100) {
                newcomer += if whose == waiting(2) { rows } else { 0 };
                turns.served(whose.launch, rows);
            }
        }
        assert!(
            (400..=600).contains(&newcomer),
            "half of what was given, not nothing and not everything: {newcomer}"
        );
    }
}
