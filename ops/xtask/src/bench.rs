//! `cargo xtask bench NAME`: one bench of `ops/load`, in a release build; prints both sides and their ratio as JSON.

use crate::Outcome;
use crate::steps::{cargo, succeed};

pub(crate) fn run(arguments: &[String]) -> Outcome {
    // The product beside the bench, as it is installed. In a build of its own: what a bench asks of a crate is not in it.
    succeed(cargo().args(["build", "--release", "--quiet", "--package", "rappel"]))?;
    succeed(cargo().args(["run", "--release", "--quiet", "--package", "load", "--"]).args(arguments))
}
