//! The holdout: a stable share of the file that a series of campaigns does not reach, so that its effect can be measured
//! against people who were left alone.
//!
//! Every contact stands in one of [`BUCKETS`] buckets, by chance and for good. The name of the series puts the buckets in an
//! order of its own, and the first of them are held out. So the same people are held out whenever the series runs, two series
//! hold out different people, and a share that grows keeps those whom it held out before.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// How many buckets there are: `contact.bucket` counts from 0.
pub const BUCKETS: u16 = 10_000;

/// A share of the file, and the series that it is held out of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holdout {
    /// Hundredths of the file, 1 to [`Holdout::LARGEST`].
    pub percent: u8,
    /// Names the series: campaigns with the same name hold out the same people.
    pub name: String,
}

impl Holdout {
    /// The largest share, in percent: beyond it the campaign is the exception, not the holdout.
    pub const LARGEST: u8 = 50;

    /// What is wrong with it, if anything: a sentence that says what would be right.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        if !(1..=Self::LARGEST).contains(&self.percent) {
            return Some(format!("percent: write a whole number from 1 to {}", Self::LARGEST));
        }
        self.name
            .trim()
            .is_empty()
            .then(|| "name: write the name of the series, such as season-2000".to_owned())
    }

    /// The buckets whose contacts are held out, in ascending order.
    #[must_use]
    pub fn buckets(&self) -> Vec<u16> {
        let mut ranked: Vec<([u8; 32], u16)> =
            (0..BUCKETS).map(|bucket| (self.rank(bucket), bucket)).collect();
        ranked.sort_unstable();
        let share = usize::from(BUCKETS) * usize::from(self.percent.min(100)) / 100;
        let mut held_out: Vec<u16> = ranked.into_iter().take(share).map(|(_, bucket)| bucket).collect();
        held_out.sort_unstable();
        held_out
    }

    fn rank(&self, bucket: u16) -> [u8; 32] {
        // The number stands last and has a fixed length, so that no two names read alike.
        Sha256::new_with_prefix(self.name.as_bytes()).chain_update(bucket.to_be_bytes()).finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn held_out(percent: u8, name: &str) -> BTreeSet<u16> {
        Holdout { percent, name: name.to_owned() }.buckets().into_iter().collect()
    }

    #[test]
    fn the_share_is_exact_and_the_same_every_time() {
        for percent in [1, 5, 10, 50] {
            let buckets = held_out(percent, "season");
            assert_eq!(buckets.len(), usize::from(percent) * 100);
            assert!(buckets.iter().all(|bucket| *bucket < BUCKETS));
            assert_eq!(buckets, held_out(percent, "season"));
        }
        // Written down (computed apart from this code): whoever was held out of a series stays so over releases.
        let first: Vec<u16> = held_out(1, "season").into_iter().take(5).collect();
        assert_eq!(first, [50, 61, 202, 374, 430]);
    }

    #[test]
    fn a_share_that_grows_keeps_whom_it_held_out() {
        let (small, large) = (held_out(5, "season"), held_out(20, "season"));
        assert!(small.is_subset(&large));
    }

    /// Ten percent of ten percent are one: a hundred buckets, give or take four standard deviations.
    #[test]
    fn two_series_hold_out_different_people() {
        let names = ["season", "season-2", "newsletter", "noël", "a"];
        for (place, one) in names.iter().enumerate() {
            for other in &names[place + 1..] {
                let both = held_out(10, one).intersection(&held_out(10, other)).count();
                assert!((60..=140).contains(&both), "{one} and {other} share {both}");
            }
        }
    }

    #[test]
    fn a_holdout_of_nobody_most_or_no_series_is_refused() {
        for (percent, name, word) in [(0, "season", "percent"), (51, "season", "percent"), (5, " ", "name")] {
            let fault = Holdout { percent, name: name.to_owned() }.fault();
            assert!(fault.is_some_and(|fault| fault.starts_with(word)), "{percent} {name}");
        }
        assert_eq!(Holdout { percent: 50, name: "season".to_owned() }.fault(), None);
    }
}
