//! Role `track`: tracked links, unsubscribe pages, one-click refusals, and the way of hits to the broker.

use std::sync::Arc;

use anyhow::Context as _;
use content::pages::Pages;
use model::token::TokenKeys;
use pipeline::hits::{Forwarder, ForwarderParts};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use web::{Tracker, TrackerParts, serve};

use super::House;

/// Listens, then starts answering and forwarding.
///
/// # Errors
/// When the port is taken, or a spool cannot be used.
pub async fn start(house: &House, tasks: &TaskTracker) -> anyhow::Result<()> {
    let listen = house.tracker.listen;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("tracker.listen: {listen} cannot be used"))?;
    let tracker = Tracker::open(TrackerParts {
        folder: house.state.join("tracker"),
        host: house.host.clone(),
        database: house.connect.clone(),
        store: Some(house.app.clone()),
        keys: TokenKeys::new(house.keys.token.clone()),
        pages: Pages::new()?,
        clock: Arc::clone(&house.clock),
        entropy: Arc::clone(&house.entropy),
        trusted_proxies: house.tracker.trusted_proxies.clone(),
    })?;
    // Known to the database before the first request: claims wait for acceptors that are registered.
    tracker.refresh().await;
    forward(house, &tracker, tasks);
    let (stop, answered) = (house.stop.clone(), CancellationToken::new());
    let (router, behind) = (tracker.router(), answered.clone());
    tasks.spawn(async move {
        serve(listener, router, stop).await;
        // The tracker signs off after its last answer.
        answered.cancel();
    });
    tasks.spawn(async move { tracker.run(behind).await });
    Ok(())
}

fn forward(house: &House, tracker: &Tracker, tasks: &TaskTracker) {
    let forwarder = Forwarder::new(ForwarderParts {
        spool: tracker.hit_spool(),
        publisher: house.port.publisher(house.stop.clone()),
        store: tracker.store_when_there(),
        clock: Arc::clone(&house.clock),
        entropy: Arc::clone(&house.entropy),
        republish_after: chrono::TimeDelta::seconds(i64::from(house.schedule.republish_after_s)),
    });
    let stop = house.stop.clone();
    tasks.spawn(async move {
        if let Err(error) = forwarder.run(stop).await {
            // Links and refusals go on: hits wait in the spool for whoever mends it.
            tracing::error!(%error, "tracker.forwarder_ended");
        }
    });
}
