//! Runs commands one after the other and tells at the end how long each took.

use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::{Outcome, root};

/// The steps done so far.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(String, Duration)>,
}

impl Steps {
    /// Runs a step, and after the first failure prints the summary.
    pub(crate) fn run(&mut self, name: &str, step: impl FnOnce() -> Outcome) -> Outcome {
        println!("== {name}");
        let started = Instant::now();
        let outcome = step();
        self.done.push((name.to_owned(), started.elapsed()));
        if outcome.is_err() {
            println!("{}", self.summary("failed"));
        }
        outcome
    }

    /// Prints the summary of a run without failures.
    pub(crate) fn finish(&self) {
        println!("{}", self.summary("passed"));
    }

    fn summary(&self, last: &str) -> String {
        let end = self.done.len();
        let lines: Vec<String> = (1..)
            .zip(&self.done)
            .map(|(number, (name, took))| {
                let result = if number == end { last } else { "passed" };
                format!("{:8.1} s  {result}  {name}", took.as_secs_f64())
            })
            .collect();
        let total: Duration = self.done.iter().map(|(_, took)| *took).sum();
        format!("== summary\n{}\n{:8.1} s  in all", lines.join("\n"), total.as_secs_f64())
    }
}

/// The cargo that runs us, at the root of the workspace.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Runs a command with our own input and output.
pub(crate) fn succeed(command: &mut Command) -> Outcome {
    let words = words(command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{words}` ended with {status}").into()),
        Err(error) => Err(format!("`{words}` cannot be run: {error}").into()),
    }
}

/// A command as it would be typed.
pub(crate) fn words(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_command_is_named_with_its_end() {
        let error = succeed(Command::new("sh").args(["-c", "exit 3"])).unwrap_err().to_string();
        assert!(error.contains("`sh -c exit 3`") && error.contains('3'), "{error}");
        assert!(succeed(&mut Command::new("/nonexistent/program")).is_err());
    }

    #[test]
    fn the_summary_tells_every_step_and_which_one_failed() {
        let mut steps = Steps::default();
        steps.run("one", || Ok(())).unwrap();
        steps.run("two", || Err("no".into())).unwrap_err();
        let summary = steps.summary("failed");
        let lines: Vec<_> = summary.lines().collect();
        assert!(lines[1].ends_with("passed  one") && lines[2].ends_with("failed  two"), "{summary}");
    }
}
