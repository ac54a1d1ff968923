//! `cargo xtask bench NAME`: one bench of `ops/load`, in a release build; prints both sides and their ratio as JSON.

use crate::Outcome;
use crate::steps::{cargo, succeed};

pub(crate) fn run(arguments: &[String]) -> Outcome {
    succeed(cargo().args(["run", "--release", "--quiet", "--package", "load", "--"]).args(arguments))
}
