//! `rappel`: one binary, its roles and commands as subcommands.
//!
//! This crate wires and decides nothing: settings, keys, telemetry and lifecycle here, every rule in the crates below.

mod ambient;
mod cli;
mod commands;
mod demo;
mod keys;
mod lifecycle;
mod roles;
mod settings;
mod telemetry;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One clear sentence: the chain of causes on one line.
            eprintln!("rappel: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: cli::Cli) -> anyhow::Result<()> {
    // Several crates speak TLS; they share this one provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    #[cfg(feature = "failpoints")]
    let _scenario = fail::FailScenario::setup();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(cli.command.run(cli.settings))
}
