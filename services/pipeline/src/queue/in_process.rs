//! The port of an installation that is one process.
//!
//! It keeps everything in memory and is therefore empty at every start: the rest of the product treats that exactly
//! like a broker whose data was wiped. A full queue answers *rejected*, as RabbitMQ does, so that nobody can fill the
//! memory. Routing, lengths and the delivery limit come from the same table.

mod shelf;

use std::num::NonZeroU16;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use queues::topology::{Queue, QueueId, Topology};
use tokio_util::sync::CancellationToken;

use super::consume::Settle;
use super::{Consumer, Delivery, Outcome, Outgoing, Port, PublishReport, Publisher, Why};
use shelf::{Held, Message, Shelf};

/// The queues of the table, in memory. Clones are handles to the same queues.
#[derive(Clone)]
pub struct InProcess(Arc<Inside>);

struct Inside {
    topology: Topology,
    /// In the order of [`Topology::queues`].
    shelves: Vec<Shelf>,
}

impl InProcess {
    /// Empty queues for a table.
    #[must_use]
    pub fn new(topology: Topology) -> Self {
        let shelves = topology.queues.iter().map(Shelf::new).collect();
        Self(Arc::new(Inside { topology, shelves }))
    }

    /// Forgets every message, delivered or waiting, as a broker does whose disk is gone. For fault runs: the rest of
    /// the product must recover from it.
    pub fn wipe(&self) {
        self.0.shelves.iter().for_each(Shelf::wipe);
    }
}

impl Inside {
    fn shelf(&self, queue: QueueId) -> &Shelf {
        &self.shelves[queue as usize]
    }

    fn place(&self, outgoing: &Outgoing) -> Outcome {
        let reached: Vec<&Queue> = self.topology.reached_by(outgoing.route).collect();
        if reached.is_empty() {
            return Outcome::NotConfirmed(Why::Unroutable);
        }
        let message = Message::new(outgoing.message_id, outgoing.body.clone());
        let taken = reached.iter().filter(|queue| self.shelf(queue.id).put(message.clone())).count();
        if taken == reached.len() { Outcome::Confirmed } else { Outcome::NotConfirmed(Why::Rejected) }
    }
}

impl Port for InProcess {
    fn publisher(&self, cancel: CancellationToken) -> Box<dyn Publisher> {
        Box::new(InProcessPublisher { inside: Arc::clone(&self.0), cancel })
    }

    fn consumer(&self, queue: QueueId, prefetch: NonZeroU16, cancel: CancellationToken) -> Box<dyn Consumer> {
        let id = self.0.shelf(queue).newcomer();
        Box::new(InProcessConsumer {
            inside: Arc::clone(&self.0),
            queue,
            id,
            prefetch: prefetch.get().into(),
            cancel,
        })
    }
}

struct InProcessPublisher {
    inside: Arc<Inside>,
    cancel: CancellationToken,
}

impl Publisher for InProcessPublisher {
    fn publish<'a>(&'a self, batch: &'a [Outgoing]) -> BoxFuture<'a, PublishReport> {
        let place = |outgoing| {
            if self.cancel.is_cancelled() {
                Outcome::NotConfirmed(Why::Cancelled)
            } else {
                self.inside.place(outgoing)
            }
        };
        async move { PublishReport { outcomes: batch.iter().map(place).collect() } }.boxed()
    }
}

struct InProcessConsumer {
    inside: Arc<Inside>,
    queue: QueueId,
    id: u64,
    prefetch: usize,
    cancel: CancellationToken,
}

impl Consumer for InProcessConsumer {
    fn next(&mut self) -> BoxFuture<'_, Option<Delivery>> {
        let this: &Self = self;
        let wait = async {
            let (ticket, message) = this.inside.shelf(this.queue).next(this.id, this.prefetch).await;
            let settle = Slip { inside: Arc::clone(&this.inside), queue: this.queue, ticket };
            Delivery::new(message.body, Some(message.id), Box::new(settle))
        };
        async move { this.cancel.run_until_cancelled(wait).await }.boxed()
    }
}

impl Drop for InProcessConsumer {
    fn drop(&mut self) {
        self.inside.shelf(self.queue).leave(self.id);
    }
}

/// Settles one delivery.
struct Slip {
    inside: Arc<Inside>,
    queue: QueueId,
    ticket: Held,
}

impl Settle for Slip {
    fn ack(self: Box<Self>) -> BoxFuture<'static, ()> {
        async move { self.inside.shelf(self.queue).done(self.ticket) }.boxed()
    }

    fn give_back(self: Box<Self>) -> BoxFuture<'static, ()> {
        async move { self.inside.shelf(self.queue).back(self.ticket) }.boxed()
    }
}
