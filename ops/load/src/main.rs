//! `cargo xtask bench NAME`: one bench, both sides and their ratio as one JSON object on standard output.
//!
//! Absolute times say nothing about another machine, so every figure is a ratio of two things measured in turn (ABAB…) in one
//! process on one server. The results that the documentation quotes are kept in `ops/load/results/`.

mod delivery;
mod freeze;
mod import;
mod pairs;
mod sink;
mod targets;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let outcome =
        tokio::runtime::Runtime::new().map_err(Into::into).and_then(|runtime| match name.as_str() {
            "delivery" => runtime.block_on(delivery::run()),
            // Not a bench: a process of one.
            "sink" => sink::serve(),
            "freeze" => runtime.block_on(freeze::run()),
            "import" => runtime.block_on(import::run()),
            "targets" => {
                targets::Options::read(arguments).and_then(|options| runtime.block_on(targets::run(&options)))
            }
            _ => Err(anyhow::anyhow!(
                "there is no bench {name:?}; there are: delivery, freeze, import, targets"
            )),
        });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error:#}");
            ExitCode::FAILURE
        }
    }
}
