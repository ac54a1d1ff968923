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

/// What is printed of a bench.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Its name.
    pub bench: &'static str,
    /// What a figure is, and of how much.
    pub unit: String,
    /// The most (or least) that the ratio may be.
    pub bound: f64,
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
    pub fn report(self, bench: &'static str, unit: String, bound: f64) -> Report {
        let mut ratios: Vec<f64> = self.ours.iter().zip(&self.bare).map(|(ours, bare)| ours / bare).collect();
        ratios.sort_by(f64::total_cmp);
        let spread = (ratios[0], ratios[ratios.len() - 1]);
        Report { bench, unit, bound, ratio: ratios[ratios.len() / 2], spread, pairs: self }
    }
}
