//! Development tasks: `cargo xtask test`, `cargo xtask demo`, `cargo xtask bench`.
//!
//! They work on a machine with nothing but Rust: what is missing is installed when that is possible without asking, and
//! named otherwise. A task is one file and one line in [`TASKS`].

mod test;

mod demo;

mod bench;

mod cdnow;
mod debian;
mod dkimpy;
mod steps;
mod wheel;

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How a task ends: an error is printed as it is.
type Outcome = Result<(), Box<dyn Error>>;

/// A task of the command line.
struct Task {
    name: &'static str,
    arguments: &'static str,
    purpose: &'static str,
    run: fn(&[String]) -> Outcome,
}

const TASKS: &[Task] = &[
    Task {
        name: "test",
        arguments: "[filter]",
        purpose: "format, lints, all tests on private servers, documentation; with a filter only those tests",
        run: test::run,
    },
    Task {
        name: "demo",
        arguments: "[--once] [arguments of `rappel demo`]",
        purpose: "builds the product and runs its demo on a private PostgreSQL",
        run: demo::run,
    },
    Task {
        name: "bench",
        arguments: "NAME [arguments of the bench]",
        purpose: "a bench of ops/load in a release build: both sides and their ratio as JSON",
        run: bench::run,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let task = arguments.first().and_then(|name| TASKS.iter().find(|task| task.name == name));
    let Some(task) = task else {
        eprintln!("{}", usage());
        return ExitCode::from(2);
    };
    match (task.run)(&arguments[1..]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cargo xtask {}: {error}", task.name);
            ExitCode::FAILURE
        }
    }
}

fn usage() -> String {
    let lines: Vec<String> = TASKS
        .iter()
        .map(|task| format!("  cargo xtask {} {}\n      {}", task.name, task.arguments, task.purpose))
        .collect();
    format!("What should be done?\n{}", lines.join("\n"))
}

/// The root of the workspace.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_the_workspace() {
        let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[workspace]"));
    }

    #[test]
    fn usage_names_every_task() {
        let usage = usage();
        for task in TASKS {
            assert!(usage.contains(&format!("cargo xtask {} ", task.name)), "{usage}");
        }
    }
}
