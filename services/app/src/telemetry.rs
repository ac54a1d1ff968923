//! Logs: one line an event, on standard error. Fields are ids and counts; `docs/LOGGING.md` is their dictionary.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;

use crate::settings::{LogFormat, LogSettings};

/// Starts logging. Whatever `filter` says, two sources stay silent: PostgreSQL's notices, since the pool's roll-back hook makes
/// one for every return of a connection, and the template engine, which logs the values that it renders.
pub fn start(settings: &LogSettings) {
    let filter = EnvFilter::try_new(&settings.filter)
        .unwrap_or_else(|_| EnvFilter::new("info"))
        .add_directive(off("sqlx::postgres::notice"))
        .add_directive(off("handlebars"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start, as in a demo inside a test, keeps the first subscriber.
    let _ = match settings.format {
        LogFormat::Json => log.json().try_init(),
        LogFormat::Text => log.try_init(),
    };
}

fn off(target: &str) -> Directive {
    format!("{target}=off").parse().unwrap_or_else(|_| tracing::Level::ERROR.into())
}
