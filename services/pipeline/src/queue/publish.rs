//! The publishing half of the port.

use bytes::Bytes;
use futures::future::BoxFuture;
use queues::messages::{Body, BodyRefused};
use queues::topology::Route;
use uuid::Uuid;

/// One message to publish.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Where it enters the broker.
    pub route: Route,
    /// Names it in returns, logs and the table `dead_letter`; a new one for each publish.
    pub message_id: Uuid,
    /// A body of the crate `queues`, ids only.
    pub body: Bytes,
}

impl Outgoing {
    /// A body on its own route.
    ///
    /// # Errors
    /// [`BodyRefused`] when no consumer would read it.
    pub fn new<B: Body>(message_id: Uuid, body: &B) -> Result<Self, BodyRefused> {
        Ok(Self { route: body.route(), message_id, body: body.to_bytes()?.into() })
    }
}

/// What is known about one published message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The queue took it.
    Confirmed,
    /// Nobody knows; publish it again.
    NotConfirmed(Why),
}

/// Why a message counts as not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The queue is full, or could not store it.
    Rejected,
    /// No queue is bound to its route.
    Unroutable,
    /// A message that was published beside it was unroutable. Which confirm such a return belongs to cannot be told
    /// (delivery §2.5), so none of them counts.
    BesideUnroutable,
    /// No answer within the limit.
    Unanswered,
    /// The broker is short of memory or disk and asks publishers to wait; it was waited for up to the limit.
    Blocked,
    /// The connection ended before the answer.
    Lost,
    /// No connection could be made.
    Unreachable,
    /// The publisher was cancelled.
    Cancelled,
}

/// One [`Outcome`] for each message of a batch, in the order of the batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishReport {
    /// In the order of the batch.
    pub outcomes: Vec<Outcome>,
}

impl PublishReport {
    /// Whether every message was taken.
    #[must_use]
    pub fn all_confirmed(&self) -> bool {
        self.not_confirmed().next().is_none()
    }

    /// The places in the batch of the messages to publish again, with the reason of each.
    pub fn not_confirmed(&self) -> impl Iterator<Item = (usize, Why)> {
        self.outcomes.iter().enumerate().filter_map(|(place, outcome)| match outcome {
            Outcome::Confirmed => None,
            Outcome::NotConfirmed(why) => Some((place, *why)),
        })
    }
}

/// Hands messages to the broker.
pub trait Publisher: Send + Sync {
    /// Publishes a batch of any size and reports on every message of it.
    ///
    /// Never fails as a whole and never waits for ever. Dropping the future leaves the batch unknown.
    fn publish<'a>(&'a self, batch: &'a [Outgoing]) -> BoxFuture<'a, PublishReport>;
}
