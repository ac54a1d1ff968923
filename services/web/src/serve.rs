//! Connections for a router: counted, with a limit on the time to send a request's head, and finished when it stops.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::client::Peer;

/// Open connections, at most; more wait in the listener's queue.
const CONNECTIONS: usize = 4096;
/// To send the head of a request; also how long an idle connection is kept.
const HEAD: Duration = Duration::from_secs(10);
/// Octets of a head, at most.
const MAX_HEAD: usize = 16 * 1024;
/// For open requests when it stops.
const FAREWELL: Duration = Duration::from_secs(10);

/// Answers connections until it is cancelled, and then those requests that are open.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let (slots, open) = (Arc::new(Semaphore::new(CONNECTIONS)), TaskTracker::new());
    while let Some((slot, accepted)) = stop.run_until_cancelled(next(&listener, &slots)).await {
        let Some(slot) = slot else { break };
        match accepted {
            Ok((stream, peer)) => {
                let connection = connection(stream, Peer(peer.ip()), router.clone(), stop.clone());
                open.spawn(async move {
                    connection.await;
                    drop(slot);
                });
            }
            Err(error) => {
                // Out of file handles, most likely: those of open connections come back.
                tracing::warn!(%error, "tracker.connection_not_accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    open.close();
    if tokio::time::timeout(FAREWELL, open.wait()).await.is_err() {
        tracing::warn!(connections = open.len(), "tracker.requests_cut_off");
    }
}

type Accepted = std::io::Result<(TcpStream, std::net::SocketAddr)>;

async fn next(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> (Option<tokio::sync::OwnedSemaphorePermit>, Accepted) {
    let slot = Arc::clone(slots).acquire_owned().await.ok();
    (slot, listener.accept().await)
}

async fn connection(stream: TcpStream, peer: Peer, router: Router, stop: CancellationToken) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        let answer = router.call(request);
        async move { Ok::<Response, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(MAX_HEAD);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    // What goes wrong on a connection is its client's affair.
    let ended = stop.run_until_cancelled(connection.as_mut()).await;
    if ended.is_none() {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}
