//! One queue in memory: what waits, and who holds what.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use queues::topology::Queue;
use tokio::sync::Notify;
use uuid::Uuid;

/// A message and how often it came back.
#[derive(Clone)]
pub(super) struct Message {
    pub(super) id: Uuid,
    pub(super) body: Bytes,
    returns: u16,
}

impl Message {
    pub(super) fn new(id: Uuid, body: Bytes) -> Self {
        Self { id, body, returns: 0 }
    }
}

/// Names one delivery of one message. Never used twice, so an answer that comes too late meets nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Held(u64);

pub(super) struct Shelf {
    name: &'static str,
    max_length: usize,
    delivery_limit: u16,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Message>,
    held: HashMap<Held, (u64, Message)>,
    last_number: u64,
}

impl State {
    fn number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }
}

impl Shelf {
    pub(super) fn new(queue: &Queue) -> Self {
        Self {
            name: queue.name,
            max_length: usize::try_from(queue.max_length).unwrap_or(usize::MAX),
            delivery_limit: queue.delivery_limit,
            state: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// A name for a new consumer.
    pub(super) fn newcomer(&self) -> u64 {
        self.state().number()
    }

    /// Takes a message, unless the shelf is full. What is held counts, because it may come back.
    #[must_use]
    pub(super) fn put(&self, message: Message) -> bool {
        let mut state = self.state();
        if state.waiting.len() + state.held.len() >= self.max_length {
            return false;
        }
        state.waiting.push_back(message);
        self.changed.notify_waiters();
        true
    }

    /// Waits for a message and hands it to a consumer that holds fewer than `prefetch`.
    pub(super) async fn next(&self, consumer: u64, prefetch: usize) -> (Held, Message) {
        loop {
            // Made before the look, so that it hears of everything after the look.
            let changed = self.changed.notified();
            if let Some(taken) = self.take(consumer, prefetch) {
                return taken;
            }
            changed.await;
        }
    }

    fn take(&self, consumer: u64, prefetch: usize) -> Option<(Held, Message)> {
        let mut state = self.state();
        if state.held.values().filter(|(holder, _)| *holder == consumer).count() >= prefetch {
            return None;
        }
        let message = state.waiting.pop_front()?;
        let ticket = Held(state.number());
        state.held.insert(ticket, (consumer, message.clone()));
        Some((ticket, message))
    }

    /// The delivery is settled for good.
    pub(super) fn done(&self, ticket: Held) {
        self.state().held.remove(&ticket);
        self.changed.notify_waiters();
    }

    /// The delivery comes again, unless it came too often.
    pub(super) fn back(&self, ticket: Held) {
        let mut state = self.state();
        if let Some((_, message)) = state.held.remove(&ticket) {
            self.return_to(&mut state, message);
        }
        self.changed.notify_waiters();
    }

    /// The consumer ended: everything that it holds comes again.
    pub(super) fn leave(&self, consumer: u64) {
        let mut state = self.state();
        let left: Vec<_> = state.held.extract_if(|_, (holder, _)| *holder == consumer).collect();
        for (_, (_, message)) in left {
            self.return_to(&mut state, message);
        }
        self.changed.notify_waiters();
    }

    /// Everything is gone; answers to deliveries that are still in somebody's hands meet nothing.
    pub(super) fn wipe(&self) {
        let mut state = self.state();
        state.waiting.clear();
        state.held.clear();
        self.changed.notify_waiters();
    }

    fn return_to(&self, state: &mut State, mut message: Message) {
        if message.returns >= self.delivery_limit {
            tracing::error!(queue = self.name, message.id = %message.id, "dropped: it came back too often");
            return;
        }
        message.returns += 1;
        state.waiting.push_front(message);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
