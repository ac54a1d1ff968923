//! `rappel`: one binary, its roles and commands as subcommands.
//!
//! This crate wires and decides nothing: settings, keys, telemetry and lifecycle here, every rule in the crates below.

mod ambient;
mod cli;
mod commands;
mod demo;
mod failpoint;
mod keys;
mod lifecycle;
mod roles;
mod say;
mod settings;
mod telemetry;

use std::process::ExitCode;

use clap::Parser as _;

/// Messages are made on one thread and sent from another; the system's allocator pays for that at every one of them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rappel: {}", sentence(&error));
            ExitCode::FAILURE
        }
    }
}

/// One clear sentence: the chain of causes on one line. Some libraries repeat the cause in their own words; it is said once.
fn sentence(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if said.is_empty() {
            said = cause;
        } else if !said.ends_with(&cause) {
            said = format!("{said}: {cause}");
        }
    }
    said
}

fn run(cli: cli::Cli) -> anyhow::Result<()> {
    // Several crates speak TLS; they share this one provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    #[cfg(feature = "failpoints")]
    let _scenario = fail::FailScenario::setup();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(cli.command.run(cli.settings))
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    #[test]
    fn a_cause_that_was_said_is_not_said_again() {
        let cause = anyhow::anyhow!("disk full").context("cannot write: disk full");
        let error = Err::<(), _>(cause).context("settings").unwrap_err();
        assert_eq!(super::sentence(&error), "settings: cannot write: disk full");
    }
}
