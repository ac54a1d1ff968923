//! `cargo xtask test`: everything that must hold before a change is shared.

use servers::ServerError;
use servers::postgres::PostgresBinaries;
use servers::rabbitmq::RabbitBinaries;

use crate::steps::{Steps, cargo, succeed};
use crate::{Outcome, debian, dkimpy};

/// Cargo features that only tests are built with.
const TEST_FEATURES: &[&str] = &["rappel/failpoints"];
/// Everything must be right; documentation for those who work here may name what is private.
const RUSTDOC_FLAGS: &str = "--deny warnings --allow rustdoc::private_intra_doc_links";

pub(crate) fn run(arguments: &[String]) -> Outcome {
    let mut steps = Steps::default();
    steps.run("PostgreSQL and RabbitMQ", find_or_install)?;
    let mut python = None;
    steps.run("Python with dkimpy", || {
        python = dkimpy::find_or_make()?;
        Ok(())
    })?;
    let tests = |filter: &[String]| {
        let mut test = cargo();
        test.args(["test", "--workspace"]).args(features()).arg("--").args(filter);
        succeed(test.envs(python.as_ref().map(|python| (dkimpy::VARIABLE, python))))
    };
    if !arguments.is_empty() {
        steps.run("tests", || tests(arguments))?;
        steps.finish();
        return Ok(());
    }
    steps.run("format", || succeed(cargo().args(["fmt", "--all", "--check"])))?;
    steps.run("lints", || {
        let lint = ["clippy", "--workspace", "--all-targets", "--quiet"];
        succeed(cargo().args(lint).args(features()).args(["--", "--deny", "warnings"]))
    })?;
    steps.run("tests", || tests(&[]))?;
    steps.run("documentation", || {
        let doc = ["doc", "--workspace", "--no-deps", "--document-private-items", "--quiet"];
        succeed(cargo().args(doc).env("RUSTDOCFLAGS", RUSTDOC_FLAGS))
    })?;
    steps.finish();
    Ok(())
}

fn features() -> Vec<String> {
    match TEST_FEATURES {
        [] => vec![],
        features => vec!["--features".into(), features.join(",")],
    }
}

/// The tests start their own servers and need the programs only.
fn find_or_install() -> Outcome {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    if !debian::can_install() {
        let advice: Vec<String> = missing.iter().map(|(_, error)| error.to_string()).collect();
        return Err(advice.join("\n").into());
    }
    let packages: Vec<&str> = missing.iter().map(|(package, _)| *package).collect();
    debian::install(&packages)?;
    match self::missing().into_iter().next() {
        None => Ok(()),
        Some((_, error)) => Err(error.into()),
    }
}

/// What cannot be found, with the Debian package that brings it.
fn missing() -> Vec<(&'static str, ServerError)> {
    let postgres = PostgresBinaries::find().err().map(|error| ("postgresql", error));
    let rabbit = RabbitBinaries::find().err().map(|error| ("rabbitmq-server", error));
    postgres.into_iter().chain(rabbit).collect()
}
