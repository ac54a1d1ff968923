//! The consuming half of the port.

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use uuid::Uuid;

/// Receives the messages of one queue.
///
/// Dropping it hands back every delivery that is not settled: none outlives its consumer, and what is acknowledged
/// afterwards comes again all the same.
pub trait Consumer: Send {
    /// The next delivery, as soon as there is one and fewer than the prefetch are unsettled.
    ///
    /// `None` means cancelled, and nothing else: a lost broker is waited for. After it, what was not handed out goes
    /// back to the queue, and deliveries in hand can still be settled. Dropping the future loses nothing.
    fn next(&mut self) -> BoxFuture<'_, Option<Delivery>>;
}

/// One message in the hands of a worker. Dropping it gives it back.
///
/// Whether it was delivered before is not told: the sweeper publishes anew, so the answer would mean nothing.
#[must_use = "a delivery that is dropped goes back to its queue"]
pub struct Delivery {
    /// The body, unread.
    pub body: Bytes,
    /// The name that its publisher gave it; `None` when a stranger published without one.
    pub message_id: Option<Uuid>,
    settle: Option<Box<dyn Settle>>,
}

/// How a port learns what became of a delivery.
pub(super) trait Settle: Send + Sync {
    fn ack(self: Box<Self>) -> BoxFuture<'static, ()>;

    /// Must do its work when it is first polled: a dropped delivery polls it once.
    fn give_back(self: Box<Self>) -> BoxFuture<'static, ()>;
}

impl Delivery {
    pub(super) fn new(body: Bytes, message_id: Option<Uuid>, settle: Box<dyn Settle>) -> Self {
        Self { body, message_id, settle: Some(settle) }
    }

    /// Says that the message needs no further delivery.
    ///
    /// Cannot fail, because nothing may depend on it: when it does not reach the broker, the message comes again.
    pub async fn ack(mut self) {
        if let Some(settle) = self.settle.take() {
            settle.ack().await;
        }
    }

    /// Gives the message back, for this or another consumer. It counts towards the delivery limit of the queue.
    pub async fn requeue(mut self) {
        if let Some(settle) = self.settle.take() {
            settle.give_back().await;
        }
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        if let Some(settle) = self.settle.take() {
            settle.give_back().now_or_never();
        }
    }
}

impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery")
            .field("message_id", &self.message_id)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
