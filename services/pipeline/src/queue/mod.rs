//! The queue port: how work travels from whoever has it to whoever does it.
//!
//! The cast: a **publisher** hands in bodies and learns of each whether it was taken; a **consumer** is handed
//! deliveries and settles each (done, or again please). There are two ports behind the same traits: [`InProcess`] for
//! one program on one machine, [`Rabbit`] for RabbitMQ. One conformance suite holds both to what is said here.
//!
//! What is guaranteed
//! * *Confirmed* means that the message was taken, and nothing else. It promises nothing that PostgreSQL or a spool
//!   does not hold: the queue may be wiped between the confirm and the delivery (delivery A.5).
//! * *Not confirmed* means unknown, never "not taken": a message whose answer was late may be delivered all the same.
//!   Publishing it again is harmless, because every consumer claims in PostgreSQL first.
//! * A delivery that is neither acknowledged nor given back comes again when its consumer ends, whatever ended it.
//! * Every wait has a limit or ends with the [`CancellationToken`] that its publisher or consumer was made with.
//! * A lost broker is looked for without end, with growing, jittered pauses; only the start fails at once.
//!
//! What is not promised: order, single delivery, and that a message which comes back again and again stays (the
//! topology's delivery limit drops it, the sweeper publishes it anew).
//!
//! The traits return boxed futures, because which port is used is a setting and known only at the start: generic
//! roles would exist twice in the binary. A box costs nothing beside a batch of publishes or a chunk of recipients.

mod consume;
mod in_process;
mod publish;
mod rabbit;

use std::num::NonZeroU16;

use queues::topology::QueueId;
use tokio_util::sync::CancellationToken;

pub use consume::{Consumer, Delivery};
pub use in_process::InProcess;
pub use publish::{Outcome, Outgoing, PublishReport, Publisher, Why};
pub use rabbit::{Limits, OpenError, Rabbit};

/// Where publishers and consumers come from.
pub trait Port: Send + Sync {
    /// A publisher with a connection of its own. One per lane and task: batches of one publisher wait for each other.
    fn publisher(&self, cancel: CancellationToken) -> Box<dyn Publisher>;

    /// A consumer of one queue with a connection of its own, apart from every publisher: a broker in need stops
    /// publishers, and acknowledgements must still flow.
    ///
    /// It holds at most `prefetch` deliveries that are not settled.
    fn consumer(&self, queue: QueueId, prefetch: NonZeroU16, cancel: CancellationToken) -> Box<dyn Consumer>;
}
