//! Logs: one line an event, on standard error. Fields are ids and counts; `docs/LOGGING.md` is their dictionary.

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;

use crate::settings::{LogFormat, LogSettings};

/// The client library calls it an error when the socket ends under it, also when we closed the connection a moment before and it
/// has not looked again: nobody is to be called for that. What is lost in earnest the queue port says itself, with its reason.
/// `filter` can name these two to hear them.
const CLOSING: &str = "lapin::io_loop=off,lapin::channels=off";

/// Starts logging. Whatever `filter` says, two sources stay silent: PostgreSQL's notices, since the pool's roll-back hook makes
/// one for every return of a connection, and the template engine, which logs the values that it renders.
///
/// # Errors
/// When `filter` is none.
pub fn start(settings: &LogSettings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(format!("{CLOSING},{}", settings.filter))
        .with_context(|| {
            format!("log.filter: {} is none; write one like info,pipeline=debug", settings.filter)
        })?
        .add_directive(off("sqlx::postgres::notice"))
        .add_directive(off("handlebars"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start, as in a demo inside a test, keeps the first subscriber.
    let _ = match settings.format {
        LogFormat::Json => log.json().try_init(),
        LogFormat::Text => log.try_init(),
    };
    Ok(())
}

fn off(target: &str) -> Directive {
    format!("{target}=off").parse().unwrap_or_else(|_| tracing::Level::ERROR.into())
}
