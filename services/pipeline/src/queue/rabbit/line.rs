//! One connection with one channel and the topology declared.

use std::io;
use std::time::Duration;

use lapin::runtime::default_runtime;
use lapin::tcp::TLSConfig;
use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{AsyncTcpStream, Channel, Connection, ConnectionProperties};
use tokio::net::lookup_host;
use tokio::time::timeout;

use super::Broker;
use super::cord::{Cord, Knot};
use super::declare::declare;
use super::error::{Doing, OpenError};

/// Dropping a line ends it at once, with everything that is buffered. [`Line::close`] lets acknowledgements leave.
pub(super) struct Line {
    pub(super) channel: Channel,
    pub(super) connection: Connection,
    /// Last, so that the library hears of the drop before the socket is gone.
    cord: Cord,
}

impl Line {
    /// Connects, opens the channel and declares, all within the limit.
    pub(super) async fn open(broker: &Broker, user: &str) -> Result<Self, OpenError> {
        let limit = broker.limits.connect;
        let place = broker.place();
        let (cord, knot) = Cord::new();
        let attempt = async {
            let fail = |error| OpenError::from_lapin(&error, &Doing { place: &place, declaring: None });
            let connection = connect(broker, user, knot).await.map_err(fail)?;
            let channel = connection.create_channel().await.map_err(fail)?;
            declare(&channel, &broker.topology, &place).await?;
            Ok((connection, channel))
        };
        match timeout(limit, attempt).await {
            Ok(Ok((connection, channel))) => Ok(Self { channel, connection, cord }),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(OpenError::Silent { place, seconds: limit.as_secs() }),
        }
    }

    /// Whether it is worth using.
    pub(super) fn alive(&self) -> bool {
        self.connection.status().connected() && self.channel.status().connected()
    }

    /// Closes channel and connection in that order, which lets everything that was written on the channel arrive.
    /// After the limit the line just ends.
    pub(super) async fn close(self, limit: Duration) {
        let polite = async {
            self.channel.close(GOODBYE, "bye".into()).await?;
            self.connection.close(GOODBYE, "bye".into()).await
        };
        match timeout(limit, polite).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(reason = %error, "the broker was gone before we could close"),
            Err(_) => tracing::debug!("the broker did not answer our closing"),
        }
        drop(self.cord);
    }

    /// As [`Self::close`], for owners that cannot wait. Outside of the runtime the line just ends.
    pub(super) fn close_later(self, limit: Duration) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(self.close(limit));
        }
    }
}

const GOODBYE: u16 = 200;

async fn connect(broker: &Broker, user: &str, knot: Knot) -> lapin::Result<Connection> {
    let options = ConnectionProperties::default().with_connection_name(format!("rappel {user}").into());
    let limit = broker.limits.connect;
    let runtime = default_runtime()?;
    // Written in place, because the client library's type for a runtime has no name that we could write.
    Connection::connector(
        broker.uri.clone(),
        runtime,
        async move |uri: AMQPUri, runtime| {
            let host = uri.authority.host.as_str();
            let plain = async {
                let addresses: Vec<_> = lookup_host((host, uri.authority.port)).await?.collect();
                AsyncTcpStream::connect(&runtime, addresses).await
            };
            let plain =
                timeout(limit, plain).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
            if let AsyncTcpStream::Plain(stream) = &plain {
                knot.tie(stream.get_ref())?;
            }
            match uri.scheme {
                AMQPScheme::AMQP => Ok(plain),
                AMQPScheme::AMQPS => Ok(plain.into_tls(host, TLSConfig::default()).await?),
            }
        },
        options,
    )
    .await
}
