//! What may be said after `cargo xtask bench targets`.

use anyhow::Context as _;

/// How the bench is run. Only the defaults give the figures that are kept.
#[derive(Debug)]
pub struct Options {
    /// `--contacts N`: the size of the file; there are ten times as many activities.
    pub contacts: i64,
    /// `--rounds N`: pairs that are measured for each shape.
    pub rounds: usize,
    /// `--explain`: prints the plans of both sides, with the times and buffers of their nodes.
    pub explain: bool,
    /// `--only NAME`: one shape alone.
    pub only: Option<String>,
}

impl Options {
    /// Reads the arguments.
    ///
    /// # Errors
    /// The argument that is not known, or has no value.
    pub fn read(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut options = Self { contacts: 1_000_000, rounds: 7, explain: false, only: None };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().with_context(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--contacts" => options.contacts = value()?.parse().context("--contacts")?,
                "--rounds" => options.rounds = value()?.parse().context("--rounds")?,
                "--only" => options.only = Some(value()?),
                "--explain" => options.explain = true,
                _ => anyhow::bail!(
                    "there is no {argument}; there are --contacts N, --rounds N, --only NAME, --explain"
                ),
            }
        }
        anyhow::ensure!(options.rounds > 0, "--rounds: at least one");
        Ok(options)
    }
}
