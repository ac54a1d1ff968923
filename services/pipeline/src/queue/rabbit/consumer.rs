//! Consumes one queue and rebuilds the connection when the stream ends, fails or is cancelled by the broker.

use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use futures::stream::StreamExt;
use lapin::Acker;
use lapin::options::{
    BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicQosOptions, BasicRejectOptions,
};
use lapin::types::FieldTable;
use queues::topology::QueueId;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{Backoff, Broker, Line};
use crate::queue::consume::Settle;
use crate::queue::{Consumer, Delivery};

pub(super) struct RabbitConsumer {
    broker: Arc<Broker>,
    /// The name of the queue at the broker.
    queue: String,
    prefetch: NonZeroU16,
    cancel: CancellationToken,
    backoff: Backoff,
    open: Option<Open>,
}

/// A connection that deliveries come through.
struct Open {
    stream: lapin::Consumer,
    line: Line,
    /// Set when no more deliveries are wanted and the line is kept for those in hand.
    leaving: bool,
}

impl RabbitConsumer {
    pub(super) fn new(
        broker: Arc<Broker>,
        queue: QueueId,
        prefetch: NonZeroU16,
        cancel: CancellationToken,
    ) -> Self {
        let queue = broker.topology.name(broker.topology.queue(queue).name);
        let backoff = broker.backoff();
        Self { broker, queue, prefetch, cancel, backoff, open: None }
    }

    async fn receive(&mut self) -> Delivery {
        loop {
            let reason = match self.try_receive().await {
                Ok(delivery) => {
                    self.backoff.worked();
                    return self.hand_out(delivery);
                }
                Err(reason) => reason,
            };
            tracing::warn!(queue = self.queue, reason, "not consuming, connecting again");
            self.open = None;
            self.backoff.failed();
        }
    }

    async fn try_receive(&mut self) -> Result<lapin::message::Delivery, String> {
        let open = match self.open.take() {
            Some(open) => open,
            None => {
                self.backoff.passed().await;
                open(&self.broker, &self.queue, self.prefetch).await?
            }
        };
        match self.open.insert(open).stream.next().await {
            Some(Ok(delivery)) => Ok(delivery),
            Some(Err(error)) => Err(error.to_string()),
            None => Err("the broker cancelled the consumer".to_owned()),
        }
    }

    fn hand_out(&self, delivery: lapin::message::Delivery) -> Delivery {
        let name = delivery.properties.message_id().as_ref().and_then(|id| id.as_str().parse().ok());
        let settle = Slip { acker: delivery.acker, limit: self.broker.limits.settle };
        Delivery::new(delivery.data.into(), name, Box::new(settle))
    }

    /// Takes no more and gives back what was fetched and not handed out. The line stays, so that deliveries in hand
    /// can still be settled.
    async fn leave(&mut self) {
        let Some(open) = self.open.as_mut().filter(|open| !open.leaving) else { return };
        open.leaving = true;
        let given_back = async {
            open.line.channel.basic_cancel(open.stream.tag(), BasicCancelOptions::default()).await?;
            while let Some(fetched) = open.stream.next().await {
                fetched?.acker.reject(BasicRejectOptions { requeue: true }).await?;
            }
            lapin::Result::Ok(())
        };
        match timeout(self.broker.limits.settle, given_back).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::debug!(queue = self.queue, reason = %error, "the broker takes back by itself");
            }
            Err(_) => {
                tracing::debug!(queue = self.queue, "the broker does not answer, it takes back by itself");
            }
        }
    }
}

impl Consumer for RabbitConsumer {
    fn next(&mut self) -> BoxFuture<'_, Option<Delivery>> {
        let cancel = self.cancel.clone();
        async move {
            let received = cancel.run_until_cancelled(self.receive()).await;
            if received.is_none() {
                self.leave().await;
            }
            received
        }
        .boxed()
    }
}

impl Drop for RabbitConsumer {
    fn drop(&mut self) {
        if let Some(open) = self.open.take() {
            open.line.close_later(self.broker.limits.settle);
        }
    }
}

async fn open(broker: &Broker, queue: &str, prefetch: NonZeroU16) -> Result<Open, String> {
    let line = Line::open(broker, queue).await.map_err(|error| error.to_string())?;
    let subscribe = async {
        line.channel.basic_qos(prefetch.get(), BasicQosOptions::default()).await?;
        let options = BasicConsumeOptions::default();
        line.channel.basic_consume(queue.into(), "".into(), options, FieldTable::default()).await
    };
    match timeout(broker.limits.connect, subscribe).await {
        Ok(Ok(stream)) => Ok(Open { stream, line, leaving: false }),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer to our wish to consume".to_owned()),
    }
}

/// Settles one delivery on the channel that it came through; when that channel is gone, nothing happens, and the
/// broker delivers again.
struct Slip {
    acker: Acker,
    limit: Duration,
}

impl Slip {
    async fn sent(limit: Duration, answer: impl Future<Output = lapin::Result<bool>>) {
        match timeout(limit, answer).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::debug!(reason = %error, "not settled, it will be delivered again"),
            Err(_) => tracing::debug!("not settled within the limit, it may be delivered again"),
        }
    }
}

impl Settle for Slip {
    fn ack(self: Box<Self>) -> BoxFuture<'static, ()> {
        async move { Self::sent(self.limit, self.acker.ack(BasicAckOptions::default())).await }.boxed()
    }

    fn give_back(self: Box<Self>) -> BoxFuture<'static, ()> {
        // Rejected, not "nacked": only a reject counts towards the delivery limit in every version of RabbitMQ.
        let requeue = BasicRejectOptions { requeue: true };
        async move { Self::sent(self.limit, self.acker.reject(requeue)).await }.boxed()
    }
}
