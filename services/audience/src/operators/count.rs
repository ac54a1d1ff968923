//! How often something happened. Never unknown: what is not on file has not happened.

use serde::{Deserialize, Serialize};

use super::span::{End, Says, Scale, Span};

/// The greatest number that can be compared with.
pub const MAX_COUNT: u32 = 1_000_000;

/// A number of facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountOp {
    /// `=`
    Equals(u32),
    /// `<`
    LessThan(u32),
    /// `≤`
    AtMost(u32),
    /// `>`
    MoreThan(u32),
    /// `≥`
    AtLeast(u32),
    /// Both ends included.
    Between(Counts),
}

/// A span of counts, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// The least.
    pub from: u32,
    /// The greatest.
    pub until: u32,
}

/// The counts that pass, in the shape that decides how they are compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CountTest {
    /// At most so many; none is among them.
    Few { most: u32 },
    /// At least so many (one or more), without an upper end.
    Many { least: u32 },
    /// From one or more up to so many.
    Some { least: u32, most: u32 },
}

impl CountTest {
    /// It happened.
    pub(crate) const HAS: Self = Self::Many { least: 1 };
    /// It never happened.
    pub(crate) const HAS_NOT: Self = Self::Few { most: 0 };

    pub(crate) const fn accepts(self, count: usize) -> bool {
        let count = count as u64;
        match self {
            Self::Few { most } => count <= most as u64,
            Self::Many { least } => count >= least as u64,
            Self::Some { least, most } => count >= least as u64 && count <= most as u64,
        }
    }
}

impl CountTest {
    /// The counts that pass, for the search for contradictions.
    pub(crate) fn span(self) -> Span {
        let end = |count: u32| Some(End { scale: Scale::Number, position: count.into(), included: true });
        match self {
            Self::Few { most } => Span { from: None, until: end(most) },
            Self::Many { least } => Span { from: end(least), until: None },
            Self::Some { least, most } => Span { from: end(least), until: end(most) },
        }
    }

    /// What is so of a count that does not pass. Counts are whole: what is not 1 or more is 0 or less.
    pub(crate) fn denies(self) -> Says {
        match self {
            Self::Few { most } => Says::Within(Self::Many { least: most + 1 }.span()),
            Self::Many { least } => Says::Within(Self::Few { most: least.saturating_sub(1) }.span()),
            Self::Some { .. } => Says::Present,
        }
    }
}

impl CountOp {
    pub(crate) fn check(&self) -> Result<CountTest, String> {
        let (least, most) = match *self {
            Self::LessThan(0) => return Err("nothing happens less than 0 times; use `has_not`".to_owned()),
            Self::Equals(count) => (count, Some(count)),
            Self::LessThan(count) => (0, Some(count - 1)),
            Self::AtMost(count) => (0, Some(count)),
            Self::MoreThan(count) => (count.saturating_add(1), None),
            Self::AtLeast(count) => (count, None),
            Self::Between(Counts { from, until }) => (from, Some(until)),
        };
        if least.max(most.unwrap_or(0)) > MAX_COUNT {
            return Err(format!("a count goes up to {MAX_COUNT}"));
        }
        match (least, most) {
            (0, None) => {
                Err("at least 0 is true for everybody; remove the leaf, or ask for at least 1".to_owned())
            }
            (least, Some(most)) if least > most => {
                Err("`between` ends before it begins; exchange `from` and `until`".to_owned())
            }
            (0, Some(most)) => Ok(CountTest::Few { most }),
            (least, None) => Ok(CountTest::Many { least }),
            (least, Some(most)) => Ok(CountTest::Some { least, most }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operator_accepts_its_counts() {
        for (op, accepted) in [
            (CountOp::Equals(0), &[0][..]),
            (CountOp::Equals(2), &[2]),
            (CountOp::LessThan(2), &[0, 1]),
            (CountOp::AtMost(2), &[0, 1, 2]),
            (CountOp::MoreThan(2), &[3, 4]),
            (CountOp::AtLeast(2), &[2, 3, 4]),
            (CountOp::Between(Counts { from: 0, until: 1 }), &[0, 1]),
            (CountOp::Between(Counts { from: 1, until: 3 }), &[1, 2, 3]),
        ] {
            let test = op.check().expect("a valid operator");
            let passed: Vec<usize> = (0..=4).filter(|count| test.accepts(*count)).collect();
            assert_eq!(passed, accepted, "{op:?}");
        }
    }

    #[test]
    fn what_is_always_or_never_true_is_refused() {
        for op in [
            CountOp::LessThan(0),
            CountOp::AtLeast(0),
            CountOp::Between(Counts { from: 3, until: 2 }),
            CountOp::MoreThan(u32::MAX),
        ] {
            op.check().expect_err("always or never true");
        }
    }
}
