//! From the spool to the broker, and the spool trimmed behind what the database has.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use model::ambient::{Clock, Entropy};
use queues::messages::{BodyRefused, HitBatch, HitBody, Version};
use spool::hits::{HitRecord, HitSpool};
use spool::{Offset, SpoolError, TypedEntry};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::StoreWhenThere;
use crate::queue::{Outcome, Outgoing, Publisher};

/// Stretches that were published and not dealt with, at most: the backlog belongs in the spool.
const WINDOW: usize = 50;

/// What a forwarder needs.
pub struct ForwarderParts {
    /// The spool of the tracker in this process.
    pub spool: Arc<HitSpool>,
    /// To the broker.
    pub publisher: Box<dyn Publisher>,
    /// To read how far the spool was dealt with.
    pub store: StoreWhenThere,
    /// The machine clock.
    pub clock: Arc<dyn Clock>,
    /// For the names of messages.
    pub entropy: Arc<dyn Entropy>,
    /// What was published and not dealt with for so long counts as lost.
    pub republish_after: TimeDelta,
}

/// Why forwarding ends: the spool is not what it should be, and somebody must look.
#[derive(Debug, thiserror::Error)]
pub enum ForwardError {
    /// The spool cannot be read.
    #[error("hits are not forwarded: {0}")]
    Spool(#[from] SpoolError),
    /// The spool holds something that no consumer would read.
    #[error("hits are not forwarded: {0}")]
    Body(#[from] BodyRefused),
    /// The spool was restored from a copy: its next offsets name hits that the database has from before.
    #[error(
        "hits are not forwarded: the database has this spool up to {taken_to}, and it ends at {end}. It is an old copy: move \
         the folder away, and a new spool begins"
    )]
    OldCopy {
        /// As far as the database has it.
        taken_to: u64,
        /// Where it ends.
        end: Offset,
    },
    /// The thread that read the spool panicked.
    #[error("hits are not forwarded: reading the spool failed inside")]
    Lost,
}

/// What one step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Stretches that the broker took.
    pub published: usize,
    /// Stretches that the database has dealt with since the last step.
    pub dealt_with: usize,
    /// Whether stretches counted as lost and are published again.
    pub again: bool,
    /// Published stretches that are not dealt with.
    pub on_the_way: usize,
}

/// A stretch of the spool: every record that begins at `first` to `last`.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    first: u64,
    last: u64,
    /// Where its first record begins, and the first one behind it.
    start: Offset,
    next: Offset,
    published_at: DateTime<Utc>,
}

/// See the [module](super). It remembers nothing: how far the spool was dealt with stands in the database.
pub struct Forwarder {
    parts: ForwarderParts,
    /// As far as the spool was dealt with; `None` before the database said so for the first time.
    taken_to: Option<u64>,
    /// Where reading goes on.
    position: Offset,
    /// The place behind the last stretch.
    begin: u64,
    on_the_way: VecDeque<Stretch>,
    /// Since when the database answers; `None` while it does not.
    answers_since: Option<DateTime<Utc>>,
}

impl Forwarder {
    /// Begins at what the database does not have.
    #[must_use]
    pub fn new(parts: ForwarderParts) -> Self {
        let position = parts.spool.spool().first();
        Self { parts, taken_to: None, position, begin: 0, on_the_way: VecDeque::new(), answers_since: None }
    }

    /// Steps, four times a second, until it is cancelled.
    ///
    /// # Errors
    /// [`ForwardError`]; everything else is tried again.
    pub async fn run(mut self, stop: CancellationToken) -> Result<(), ForwardError> {
        let mut tick = interval(Duration::from_millis(250));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(tick.tick()).await.is_some() {
            let step = self.step().await?;
            if step.again {
                tracing::warn!("hits.published_again");
            }
        }
        Ok(())
    }

    /// Lets go of what was dealt with, decides what counts as lost, publishes what is next.
    ///
    /// # Errors
    /// [`ForwardError`].
    pub async fn step(&mut self) -> Result<Step, ForwardError> {
        let mut step = Step::default();
        match self.ask().await {
            Some(taken_to) => {
                let now = self.parts.clock.now();
                let since = *self.answers_since.get_or_insert(now);
                step.dealt_with = self.let_go(taken_to)?;
                step.again = self.start_again_when_lost(taken_to, since, now);
            }
            None => self.answers_since = None,
        }
        // Without a first word from the database, nobody knows where the next stretch begins.
        if self.taken_to.is_some() {
            step.published = self.publish().await?;
        }
        step.on_the_way = self.on_the_way.len();
        Ok(step)
    }

    /// How far the database is; `None` when it does not answer.
    async fn ask(&self) -> Option<u64> {
        let store = (self.parts.store)()?;
        match store.spool_taken_to(self.parts.spool.spool().id().0).await {
            Ok(taken_to) => Some(taken_to),
            Err(error) => {
                tracing::warn!(%error, "hits.progress_unknown");
                None
            }
        }
    }

    fn let_go(&mut self, taken_to: u64) -> Result<usize, ForwardError> {
        let end = self.parts.spool.spool().readable_end();
        if taken_to > end.0 {
            return Err(ForwardError::OldCopy { taken_to, end });
        }
        if self.taken_to.is_none() {
            self.begin = taken_to;
        }
        self.taken_to = Some(taken_to);
        let mut dealt_with = 0;
        while let Some(stretch) = self.on_the_way.front().copied().filter(|stretch| stretch.last < taken_to) {
            self.on_the_way.pop_front();
            self.parts.spool.spool().trim_to(stretch.next)?;
            dealt_with += 1;
        }
        Ok(dealt_with)
    }

    /// While the database is away nothing can be dealt with, so that time does not count.
    fn start_again_when_lost(&mut self, taken_to: u64, since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let Some(oldest) = self.on_the_way.front().copied() else { return false };
        let waited = now.signed_duration_since(oldest.published_at.max(since));
        if waited < self.parts.republish_after {
            return false;
        }
        self.on_the_way.clear();
        self.position = oldest.start;
        self.begin = taken_to;
        true
    }

    async fn publish(&mut self) -> Result<usize, ForwardError> {
        let room = WINDOW.saturating_sub(self.on_the_way.len());
        let (batch, stretches) = self.next_stretches(room).await?;
        if batch.is_empty() {
            return Ok(0);
        }
        let report = self.parts.publisher.publish(&batch).await;
        let confirmed = report.outcomes.iter().take_while(|outcome| **outcome == Outcome::Confirmed).count();
        // Behind a stretch that was not taken, everything is published again: stretches stay in order.
        for stretch in stretches.into_iter().take(confirmed) {
            self.position = stretch.next;
            self.begin = stretch.last.saturating_add(1);
            self.on_the_way.push_back(stretch);
        }
        Ok(confirmed)
    }

    /// Reads the next stretches, `room` of them at most.
    async fn next_stretches(&mut self, room: usize) -> Result<(Vec<Outgoing>, Vec<Stretch>), ForwardError> {
        let records = self.read(room.saturating_mul(HitBatch::LIMIT)).await?;
        let (mut begin, published_at) = (self.begin, self.parts.clock.now());
        let (mut batch, mut stretches) = (Vec::new(), Vec::new());
        for entries in records.chunks(HitBatch::LIMIT) {
            let (Some(first), Some(last)) = (entries.first(), entries.last()) else { continue };
            // A spool whose mark in the database was lost begins behind nothing.
            let stretch = Stretch {
                first: begin.min(first.offset.0),
                last: last.offset.0,
                start: first.offset,
                next: last.next,
                published_at,
            };
            let body = HitBatch {
                v: Version,
                spool: self.parts.spool.spool().id().0,
                first: stretch.first,
                last: stretch.last,
                hits: entries.iter().map(hit_body).collect(),
            };
            batch.push(Outgoing::new(self.parts.entropy.uuid(), &body)?);
            begin = stretch.last.saturating_add(1);
            stretches.push(stretch);
        }
        Ok((batch, stretches))
    }

    /// Reads up to `limit` records behind the position. What the database has already, published by an earlier run, is let go
    /// of on the way.
    async fn read(&mut self, limit: usize) -> Result<Vec<TypedEntry<HitRecord>>, ForwardError> {
        let (spool, from, taken_to) =
            (Arc::clone(&self.parts.spool), self.position, self.taken_to.unwrap_or(0));
        if from == spool.spool().readable_end() {
            return Ok(Vec::new());
        }
        let read = tokio::task::spawn_blocking(move || {
            let mut begin = from;
            let mut records = Vec::new();
            for entry in spool.read(from)? {
                let entry = entry?;
                if entry.offset.0 < taken_to {
                    begin = entry.next;
                } else if records.len() < limit {
                    records.push(entry);
                } else {
                    break;
                }
            }
            if begin > from {
                spool.spool().trim_to(begin)?;
            }
            Ok::<_, SpoolError>((begin, records))
        });
        let (begin, records) = read.await.map_err(|_| ForwardError::Lost)??;
        if begin > self.position {
            self.position = begin;
            self.begin = self.begin.max(taken_to);
        }
        Ok(records)
    }
}

fn hit_body(entry: &TypedEntry<HitRecord>) -> HitBody {
    let record = &entry.record;
    HitBody {
        offset: entry.offset.0,
        token: record.token.clone(),
        at: record.at.timestamp_micros(),
        method: record.method.number(),
        signals: record.signals.number(),
        client: record.client,
    }
}
