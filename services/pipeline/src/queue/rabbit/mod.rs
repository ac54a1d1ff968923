//! The port of an installation with RabbitMQ (3.10 and later).
//!
//! One connection for each publisher and each consumer, each with one channel, and no recovery by the client library:
//! it leaves confirms hanging and acknowledges on the wrong channel (delivery §2.5). On any error the connection is
//! dropped with everything that it buffers, and a new one declares the topology again, so a broker that lost its data
//! is whole again when the first publisher or consumer is back.
//!
//! There is no task in the background. Whoever publishes or waits for a delivery drives the rebuilding, which is why
//! it ends when they do.

mod backoff;
mod consumer;
mod cord;
mod declare;
mod error;
mod line;
mod publisher;

use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;

use lapin::uri::AMQPUri;
use model::ambient::Entropy;
use queues::topology::{QueueId, Topology};
use tokio_util::sync::CancellationToken;

use super::{Consumer, Port, Publisher};
use backoff::Backoff;
use consumer::RabbitConsumer;
use line::Line;
use publisher::RabbitPublisher;

pub use error::OpenError;

/// How long is waited for what.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For a connection with its channel and the declared topology.
    pub connect: Duration,
    /// For the answers to a window of publishes, and for a broker that asks publishers to wait.
    pub confirm: Duration,
    /// For an acknowledgement to leave, and for a connection to close politely.
    pub settle: Duration,
    /// The first pause after a failed connection; it doubles with each further one.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            confirm: Duration::from_secs(10),
            settle: Duration::from_secs(2),
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(5),
        }
    }
}

/// A RabbitMQ broker that was there when the process started.
pub struct Rabbit(Arc<Broker>);

/// What every connection is made from.
struct Broker {
    uri: AMQPUri,
    topology: Topology,
    limits: Limits,
    entropy: Arc<dyn Entropy>,
}

/// Seconds between two signs of life. A frozen broker is noticed after about two of them; the default of 60 would
/// take minutes.
const HEARTBEAT: u16 = 10;

impl Rabbit {
    /// Connects once and declares the topology, so that a process without its broker ends at the start.
    ///
    /// # Errors
    /// [`OpenError`], at the latest after [`Limits::connect`]; its sentence names what to look at and no credentials.
    pub async fn open(
        url: &str,
        topology: Topology,
        limits: Limits,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, OpenError> {
        let mut uri: AMQPUri = url.parse().map_err(|_| OpenError::Address)?;
        uri.query.heartbeat = Some(HEARTBEAT);
        let broker = Arc::new(Broker { uri, topology, limits, entropy });
        Line::open(&broker, "start").await?.close(limits.settle).await;
        Ok(Self(broker))
    }
}

impl Broker {
    /// Where the broker is, without credentials.
    fn place(&self) -> String {
        format!("{}:{} (virtual host {})", self.uri.authority.host, self.uri.authority.port, self.uri.vhost)
    }

    fn backoff(self: &Arc<Self>) -> Backoff {
        Backoff::new(self.limits.first_pause, self.limits.longest_pause, Arc::clone(&self.entropy))
    }
}

impl Port for Rabbit {
    fn publisher(&self, cancel: CancellationToken) -> Box<dyn Publisher> {
        Box::new(RabbitPublisher::new(Arc::clone(&self.0), cancel))
    }

    fn consumer(&self, queue: QueueId, prefetch: NonZeroU16, cancel: CancellationToken) -> Box<dyn Consumer> {
        Box::new(RabbitConsumer::new(Arc::clone(&self.0), queue, prefetch, cancel))
    }
}
