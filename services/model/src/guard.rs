//! The guard on a launch: what is about to reach many people, or other people than somebody looked at, needs the number typed by
//! the person who launches.
//!
//! It is asked about the frozen audience, inside the transaction of the launch: between a look and a launch the file goes on
//! changing, and what counts is who would be written to.

use serde::Serialize;

/// A launch that reaches more than this share of the file, in percent, is confirmed by its number.
pub const LARGE_SHARE_PERCENT: i64 = 20;

/// So is one that differs from the number that was reviewed by more than this, in percent of that number.
pub const DRIFT_PERCENT: i64 = 10;

/// The frozen audience, and what people said about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Everybody who would be written to.
    pub planned: i64,
    /// Everybody in the file.
    pub file: i64,
    /// How many somebody saw, when the campaign was reviewed.
    pub reviewed: Option<i64>,
    /// The number that the person who launches typed.
    pub confirmed: Option<i64>,
}

/// Why a launch waits for a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Concern {
    /// It reaches a large share of the file.
    LargeShare,
    /// It reaches many more, or many fewer, than were reviewed.
    Drift,
    /// The number that was typed is not the number of those who would be written to.
    OtherNumber,
}

impl Figures {
    /// What keeps the launch waiting; nothing: it may run.
    #[must_use]
    pub fn concerns(self) -> Vec<Concern> {
        let Self { planned, file, reviewed, confirmed } = self;
        match confirmed {
            Some(number) if number == planned => return Vec::new(),
            Some(_) => return vec![Concern::OtherNumber],
            None => {}
        }
        let large = exceeds(planned, LARGE_SHARE_PERCENT, file);
        let drifts =
            reviewed.is_some_and(|seen| exceeds(planned.abs_diff(seen).cast_signed(), DRIFT_PERCENT, seen));
        [large.then_some(Concern::LargeShare), drifts.then_some(Concern::Drift)]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// `part` is more than `percent` of `whole`, without rounding.
fn exceeds(part: i64, percent: i64, whole: i64) -> bool {
    i128::from(part) * 100 > i128::from(whole) * i128::from(percent)
}

/// One sentence with every figure, and what to type.
impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { planned, file, reviewed, confirmed } = *self;
        write!(f, "{planned} of the {file} contacts in the file would be written to")?;
        for concern in self.concerns() {
            match concern {
                Concern::LargeShare => write!(f, ", more than {LARGE_SHARE_PERCENT} % of it")?,
                Concern::Drift => {
                    let seen = reviewed.unwrap_or_default();
                    write!(
                        f,
                        ", which differs by more than {DRIFT_PERCENT} % from the {seen} that were reviewed"
                    )?;
                }
                Concern::OtherNumber => {
                    write!(f, ", and the number that was typed is {}", confirmed.unwrap_or_default())?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Concern::{Drift, LargeShare, OtherNumber};
    use super::*;

    #[test]
    fn a_number_is_asked_for_on_the_far_side_of_each_threshold() {
        for (planned, file, reviewed, confirmed, expected) in [
            (20, 100, None, None, vec![]),
            (21, 100, None, None, vec![LargeShare]),
            (1, 4, None, None, vec![LargeShare]),
            (200, 1000, Some(200), None, vec![]),
            (110, 1000, Some(100), None, vec![]),
            (111, 1000, Some(100), None, vec![Drift]),
            (90, 1000, Some(100), None, vec![]),
            (89, 1000, Some(100), None, vec![Drift]),
            (1, 1000, Some(0), None, vec![Drift]),
            (0, 1000, Some(0), None, vec![]),
            (300, 1000, Some(100), None, vec![LargeShare, Drift]),
            (300, 1000, Some(100), Some(300), vec![]),
            // A number that was typed is compared, whether or not it was asked for.
            (10, 1000, None, Some(11), vec![OtherNumber]),
            (300, 1000, Some(100), Some(100), vec![OtherNumber]),
            (i64::MAX, i64::MAX, Some(i64::MAX), None, vec![LargeShare]),
        ] {
            let figures = Figures { planned, file, reviewed, confirmed };
            assert_eq!(figures.concerns(), expected, "{figures:?}");
        }
    }

    #[test]
    fn the_sentence_has_every_figure() {
        let figures = Figures { planned: 300, file: 1000, reviewed: Some(100), confirmed: None };
        assert_eq!(
            figures.to_string(),
            "300 of the 1000 contacts in the file would be written to, more than 20 % of it, which differs by more than 10 % \
             from the 100 that were reviewed"
        );
        let typed = Figures { confirmed: Some(30), ..figures };
        assert!(typed.to_string().ends_with("the number that was typed is 30"), "{typed}");
    }
}
