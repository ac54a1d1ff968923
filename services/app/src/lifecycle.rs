//! Stopping: the first signal asks every task to finish its work, the second one ends the process.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A token that is cancelled by SIGTERM or SIGINT. A second signal ends the process at once: journals and leases cover it.
///
/// # Errors
/// When the operating system does not let signals be handled.
pub fn stop_token() -> anyhow::Result<CancellationToken> {
    let (mut term, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let token = CancellationToken::new();
    let stop = token.clone();
    tokio::spawn(async move {
        for second in [false, true] {
            tokio::select! {
                _ = term.recv() => {}
                _ = interrupt.recv() => {}
            }
            if second {
                std::process::exit(130);
            }
            tracing::info!("stopping: finishing what is open; a second signal ends at once");
            stop.cancel();
        }
    });
    Ok(token)
}
