//! Pairs of measurements, and what is said of them.

use serde::Serialize;

/// The two sides of a bench, round by round.
#[derive(Debug, Default, Serialize)]
pub struct Pairs {
    /// The product's figure of each round.
    pub ours: Vec<f64>,
    /// The bare counterpart's figure of the same round.
    pub bare: Vec<f64>,
}

/// What the ratio of ours to bare must keep.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// For what should be small: time.
    AtMost(f64),
    /// For what should be large: rates.
    AtLeast(f64),
}

impl Bound {
    fn holds(self, ratio: f64) -> bool {
        match self {
            Self::AtMost(most) => ratio <= most,
            Self::AtLeast(least) => ratio >= least,
        }
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtMost(most) => write!(f, "at most {most:.2}"),
            Self::AtLeast(least) => write!(f, "at least {least:.2}"),
        }
    }
}

/// What is printed of a bench.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Its name.
    pub bench: &'static str,
    /// What a figure is, and of how much.
    pub unit: String,
    /// The most or the least that the ratio may be.
    pub bound: Bound,
    /// The median of the rounds' ratios.
    pub ratio: f64,
    /// The smallest and the largest of them.
    pub spread: (f64, f64),
    /// The figures.
    #[serde(flatten)]
    pub pairs: Pairs,
}

impl Pairs {
    /// Adds one round.
    pub fn push(&mut self, ours: f64, bare: f64) {
        self.ours.push(ours);
        self.bare.push(bare);
    }

    /// Sums up.
    #[must_use]
    pub fn report(self, bench: &'static str, unit: String, bound: Bound) -> Report {
        let mut ratios: Vec<f64> = self.ours.iter().zip(&self.bare).map(|(ours, bare)| ours / bare).collect();
        ratios.sort_by(f64::total_cmp);
        let spread = (ratios[0], ratios[ratios.len() - 1]);
        Report { bench, unit, bound, ratio: ratios[ratios.len() / 2], spread, pairs: self }
    }
}

impl Report {
    /// Prints the report as one JSON object.
    ///
    /// # Errors
    /// The median missed the bound.
    pub fn conclude(&self) -> anyhow::Result<()> {
        println!("{}", serde_json::to_string_pretty(self)?);
        self.keep_bound()
    }

    /// Whether the figures are good enough.
    ///
    /// # Errors
    /// The median missed the bound.
    pub fn keep_bound(&self) -> anyhow::Result<()> {
        let Self { bench, bound, ratio, .. } = self;
        anyhow::ensure!(
            bound.holds(*ratio),
            "{bench} misses its bound: the ratio is {ratio:.2}, not {bound}"
        );
        Ok(())
    }
}
