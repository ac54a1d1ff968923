//! One table: exchanges, queues, bindings, limits, and where poison goes.
//!
//! A queue's arguments cannot be changed in place (the broker answers 406), so a name carries a version: to change a
//! limit, write the next version here and drain the old queue.
//!
//! What is deliberately not here: no dead-letter chain and no ladder of delays. A body that cannot be read becomes a
//! row of `dead_letter` and is acknowledged; a message that must wait has its `due_at` in PostgreSQL, where it can be
//! cancelled and decided again.

mod route;

use std::borrow::Cow;

pub use route::Route;

/// The exchanges, as code names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExchangeId {
    /// Work for the sending workers.
    Dispatch,
    /// What comes back from outside.
    In,
}

/// The queues, as code names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueId {
    /// Email outside of notices.
    EmailBulk,
    /// Email that carries contract notices.
    EmailNotice,
    /// Requests on tracked links.
    Hits,
}

/// How an exchange compares a route's key with a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExchangeKind {
    /// The key equals the binding.
    Direct,
    /// The binding may hold `*` (one word) and `#` (any number of words); words are separated by dots.
    Topic,
}

/// Where a body goes that its worker cannot read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Poison {
    /// The worker writes a row of the table `dead_letter`, then acknowledges; the depth of that table raises the alarm.
    DeadLetterTable,
}

/// One exchange. Always durable.
#[derive(Clone, Copy, Debug)]
pub struct Exchange {
    /// What code calls it.
    pub id: ExchangeId,
    /// What the broker calls it.
    pub name: &'static str,
    /// How it compares keys.
    pub kind: ExchangeKind,
}

/// One queue with its only binding. Always a durable quorum queue that rejects a publish when it is full.
///
/// Rejecting matters: the broker's default is to throw away the oldest message, silently.
#[derive(Clone, Copy, Debug)]
pub struct Queue {
    /// What code calls it.
    pub id: QueueId,
    /// What the broker calls it; ends in its version.
    pub name: &'static str,
    /// The exchange that feeds it.
    pub exchange: ExchangeId,
    /// Which routes of that exchange it takes.
    pub binding: &'static str,
    /// How often a message may come back before the broker drops it. Explicit, because the default is none before
    /// RabbitMQ 4.0 and 20 since. A dropped message is not lost: the sweeper or the spool publishes it again.
    pub delivery_limit: u16,
    /// How many messages may wait. The backlog belongs in PostgreSQL or in the spool; this is the last wall.
    pub max_length: u32,
    /// Where an unreadable body goes.
    pub poison: Poison,
}

/// The value of a queue argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A word.
    Word(&'static str),
    /// A number.
    Number(u32),
}

/// The whole table, and a prefix that lets one broker hold several copies of it.
#[derive(Clone, Debug)]
pub struct Topology {
    /// Stands before every name. Empty in an installation; tests give each run its own.
    pub prefix: Cow<'static, str>,
    /// In the order of [`ExchangeId`].
    pub exchanges: [Exchange; 2],
    /// In the order of [`QueueId`].
    pub queues: [Queue; 3],
}

/// What an installation declares.
pub const TOPOLOGY: Topology = Topology {
    prefix: Cow::Borrowed(""),
    exchanges: [
        Exchange { id: ExchangeId::Dispatch, name: "rappel.dispatch", kind: ExchangeKind::Direct },
        Exchange { id: ExchangeId::In, name: "rappel.in", kind: ExchangeKind::Topic },
    ],
    queues: [
        Queue {
            id: QueueId::EmailBulk,
            name: "send.email.bulk.v1",
            exchange: ExchangeId::Dispatch,
            binding: "email.bulk",
            delivery_limit: 20,
            max_length: 20_000,
            poison: Poison::DeadLetterTable,
        },
        Queue {
            id: QueueId::EmailNotice,
            name: "send.email.notice.v1",
            exchange: ExchangeId::Dispatch,
            binding: "email.notice",
            delivery_limit: 20,
            max_length: 50_000,
            poison: Poison::DeadLetterTable,
        },
        Queue {
            id: QueueId::Hits,
            name: "in.hits.v1",
            exchange: ExchangeId::In,
            binding: "hit.#",
            delivery_limit: 20,
            max_length: 5_000,
            poison: Poison::DeadLetterTable,
        },
    ],
};

impl Topology {
    /// The row of an exchange.
    #[must_use]
    pub fn exchange(&self, id: ExchangeId) -> &Exchange {
        &self.exchanges[id as usize]
    }

    /// The row of a queue.
    #[must_use]
    pub fn queue(&self, id: QueueId) -> &Queue {
        &self.queues[id as usize]
    }

    /// A name of the table as the broker knows it.
    #[must_use]
    pub fn name(&self, of: &str) -> String {
        format!("{}{of}", self.prefix)
    }

    /// The queues that a route reaches; none means that the broker returns the message.
    pub fn reached_by(&self, route: Route) -> impl Iterator<Item = &Queue> {
        let kind = self.exchange(route.exchange).kind;
        self.queues
            .iter()
            .filter(move |queue| queue.exchange == route.exchange && kind.matches(queue.binding, route.key))
    }
}

impl Queue {
    /// The arguments that the broker is told, the same in `definitions.json` and at every connection.
    #[must_use]
    pub fn arguments(&self) -> [(&'static str, Argument); 4] {
        [
            ("x-queue-type", Argument::Word("quorum")),
            ("x-overflow", Argument::Word("reject-publish")),
            ("x-delivery-limit", Argument::Number(self.delivery_limit.into())),
            ("x-max-length", Argument::Number(self.max_length)),
        ]
    }
}

impl ExchangeKind {
    /// The broker's word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Topic => "topic",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_their_ids() {
        for (index, row) in TOPOLOGY.exchanges.iter().enumerate() {
            assert_eq!(row.id as usize, index, "{}", row.name);
        }
        for (index, row) in TOPOLOGY.queues.iter().enumerate() {
            assert_eq!(row.id as usize, index, "{}", row.name);
        }
    }

    #[test]
    fn every_queue_carries_a_version_in_its_name() {
        for queue in &TOPOLOGY.queues {
            let version = queue.name.rsplit_once(".v").map(|(_, version)| version.parse::<u16>());
            assert!(matches!(version, Some(Ok(1..))), "{} must end in .v<number>", queue.name);
        }
    }

    #[test]
    fn the_picture_shows_every_row() {
        let readme = include_str!("../README.md");
        for exchange in &TOPOLOGY.exchanges {
            assert!(
                readme.contains(&format!("`{}` ({})", exchange.name, exchange.kind.word())),
                "{}",
                exchange.name
            );
        }
        for queue in &TOPOLOGY.queues {
            let Poison::DeadLetterTable = queue.poison;
            let row = format!(
                "| `{}` | `{}` | {} | {} |",
                queue.name, queue.binding, queue.max_length, queue.delivery_limit
            );
            assert!(readme.contains(&row), "queues/README.md must show: {row}");
        }
    }

    #[test]
    fn a_prefix_stands_before_every_name() {
        let copy = Topology { prefix: "copy.".into(), ..TOPOLOGY };
        assert_eq!(copy.name(copy.queue(QueueId::Hits).name), "copy.in.hits.v1");
        assert_eq!(TOPOLOGY.name("in.hits.v1"), "in.hits.v1");
    }
}
