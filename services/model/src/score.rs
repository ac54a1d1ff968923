//! Scores of what somebody buys: recency, frequency and monetary value, from 1 to 5 (RFM).
//!
//! Among the contacts of an institution that bought something within [`WINDOW_MONTHS`] (sales that stand, for the purchaser) and that
//! do not refuse profiling:
//!
//! * recency ranks the day of the last sale, the latest highest;
//! * frequency ranks the number of sales;
//! * monetary ranks what they came to.
//!
//! A score says in which fifth of the ranking somebody stands: 5 is the upper fifth, 1 the lowest. Equal values have
//! equal scores, those of the lowest place among them. Whoever bought nothing in the window has no scores.

use serde::{Deserialize, Serialize};

/// How far back sales are looked at.
pub const WINDOW_MONTHS: u32 = 36;

/// The lowest and the highest score.
pub const RANGE: std::ops::RangeInclusive<i16> = 1..=FIFTHS;

const FIFTHS: i16 = 5;

/// The three scores of one contact, each in [`RANGE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scores {
    /// Of the day of the last sale.
    pub recency: i16,
    /// Of the number of sales.
    pub frequency: i16,
    /// Of what they came to.
    pub monetary: i16,
}

/// The score of a value that is greater than `below` of `all` values. `store/src/score/compute.sql` states the same over rows.
///
/// `below` is less than `all`.
#[must_use]
pub fn score(below: u64, all: u64) -> i16 {
    let fifth = u64::from(FIFTHS.unsigned_abs()) * below / all.max(1);
    i16::try_from(fifth).map_or(FIFTHS, |fifth| (fifth + 1).min(FIFTHS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_different_values_make_five_pairs() {
        let scores: Vec<i16> = (0..10).map(|below| score(below, 10)).collect();
        assert_eq!(scores, [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    }

    #[test]
    fn few_values_reach_only_some_fifths_and_one_alone_is_the_lowest() {
        assert_eq!((0..3).map(|below| score(below, 3)).collect::<Vec<_>>(), [1, 2, 4]);
        assert_eq!(score(0, 1), 1);
    }

    #[test]
    fn scores_stay_in_their_range_and_never_fall() {
        for all in 1..200 {
            let scores: Vec<i16> = (0..all).map(|below| score(below, all)).collect();
            assert!(scores.is_sorted() && scores.iter().all(|score| RANGE.contains(score)), "of {all}");
        }
    }
}
