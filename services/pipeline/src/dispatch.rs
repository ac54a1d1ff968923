//! The dispatcher: from committed launches to the broker, a few seconds of work at a time (delivery A.3).
//!
//! The backlog stays in PostgreSQL, where it can be paused, cancelled and re-ordered; the broker holds a *window*. Every
//! round reads what is waiting, shares the free part of the window among the launches, and for each moves rows to the outbox,
//! commits, and only then publishes. Whatever was not confirmed is taken back. Sweeper, reconciler and lease recovery repair
//! everything that this loop did not see: a wiped broker, a dispatcher that was killed between commit and publish, a worker
//! that is gone, a cancellation that its caller gave up.
//!
//! Two dispatchers at once are harmless: the rows of a launch are moved under its lock.

mod turns;
mod repair;
mod patience;

use std::sync::Arc;
use std::time::Duration;

use model::ambient::Entropy;
use model::ids::ContactId;
use model::vocabulary::Lane;
use queues::messages::{DispatchChunk, Version};
use store::dispatch::Waiting;
use store::{Result, Store};
use tokio_util::sync::CancellationToken;

use crate::failpoint::failpoint;
use crate::queue::{Outgoing, Publisher};
use repair::Repair;
use turns::Turns;

/// At least: the window holds some seconds of a lane's work, a chunk a fraction of one (ADR 0008).
const CHUNKS_IN_A_WINDOW: usize = 8;

/// How far the dispatcher runs ahead of the workers, and how soon it repairs.
#[derive(Clone, Copy, Debug)]
pub struct DispatchSettings {
    /// Between two looks, unless half of a window was to be filled: much shorter than the work in it.
    pub tick: Duration,
    /// Rows that may be published and unclaimed in one lane: three to five seconds of its workers, from 200 to 20,000.
    pub window: usize,
    /// A row that was published this long ago and is unclaimed is published again; later when that brought nothing.
    pub republish_after: Duration,
}

/// Dispatches, sweeps and reconciles until it is cancelled.
pub struct Dispatcher {
    store: Store,
    publisher: Box<dyn Publisher>,
    entropy: Arc<dyn Entropy>,
    settings: DispatchSettings,
    turns: Turns,
    repair: Repair,
}

impl Dispatcher {
    /// `store` is under the dispatcher's role.
    #[must_use]
    pub fn new(
        store: Store,
        publisher: Box<dyn Publisher>,
        entropy: Arc<dyn Entropy>,
        settings: DispatchSettings,
    ) -> Self {
        let repair = Repair::new(store.clone(), Arc::clone(&entropy), settings.republish_after);
        Self { store, publisher, entropy, settings, turns: Turns::default(), repair }
    }

    /// Works until `stop` is cancelled. A database or broker that is away is waited for.
    pub async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            // What a tick takes out of the window can wait for the next one: counting it costs the more the fuller it is.
            let mut busy = match self.round().await {
                Ok(published) => published > self.settings.window / 2,
                Err(error) => {
                    tracing::warn!(%error, "dispatch.round_failed");
                    false
                }
            };
            busy |= match self.repair.round().await {
                Ok(more) => more,
                Err(error) => {
                    tracing::warn!(%error, "dispatch.repair_failed");
                    false
                }
            };
            if !busy {
                stop.run_until_cancelled(tokio::time::sleep(self.settings.tick)).await;
            }
        }
    }

    /// Fills the window of each lane once; returns how many rows were confirmed by the broker.
    ///
    /// # Errors
    /// Database errors. Rows that were committed and not published come back through [`Store::sweep`].
    pub async fn round(&mut self) -> Result<usize> {
        let agenda = self.store.agenda().await?;
        let mut published = 0;
        for lane in [Lane::Notice, Lane::Bulk] {
            let free = self.settings.window.saturating_sub(agenda.on_the_way(lane));
            let waiting: Vec<Waiting> =
                agenda.waiting.iter().copied().filter(|waiting| waiting.lane == lane).collect();
            for (waiting, rows) in self.turns.share(free, &waiting, self.chunk(lane)) {
                published += self.send(waiting, rows).await?;
            }
        }
        Ok(published)
    }

    /// Contacts in one message: a fraction of the window, so that every worker finds some in it.
    fn chunk(&self, lane: Lane) -> usize {
        (self.settings.window / CHUNKS_IN_A_WINDOW).clamp(1, DispatchChunk::limit(lane))
    }

    async fn send(&mut self, waiting: Waiting, rows: usize) -> Result<usize> {
        let taken = self.store.take(waiting.launch, rows).await?;
        self.turns.served(waiting.launch, taken.len());
        failpoint!("dispatch.after_commit");
        let batch = self.batch(&waiting, &taken);
        let outgoing: Vec<Outgoing> = batch.iter().map(|(outgoing, _)| outgoing.clone()).collect();
        let report = self.publisher.publish(&outgoing).await;
        failpoint!("dispatch.after_publish");
        let back: Vec<ContactId> = report
            .not_confirmed()
            .filter_map(|(place, _)| batch.get(place))
            .flat_map(|(_, contacts)| *contacts)
            .copied()
            .collect();
        let published = taken.len() - back.len();
        if let Some((_, why)) = report.not_confirmed().next() {
            tracing::warn!(launch.id = %waiting.launch.occurrence, ?why, rows = back.len(), "dispatch.not_confirmed");
            self.store.unpublish(waiting.launch, waiting.channel, back).await?;
        }
        Ok(published)
    }

    /// One message for each chunk of recipients. The chunks are within the limits of a body, so each becomes one.
    fn batch<'a>(&self, waiting: &Waiting, taken: &'a [ContactId]) -> Vec<(Outgoing, &'a [ContactId])> {
        taken
            .chunks(self.chunk(waiting.lane))
            .filter_map(|contacts| {
                let chunk = DispatchChunk {
                    v: Version,
                    institution: waiting.launch.institution,
                    occurrence: waiting.launch.occurrence,
                    channel: waiting.channel,
                    lane: waiting.lane,
                    contacts: contacts.to_vec(),
                };
                Outgoing::new(self.entropy.uuid(), &chunk)
                    .inspect_err(|error| tracing::error!(%error, "dispatch.body_refused"))
                    .ok()
                    .map(|outgoing| (outgoing, contacts))
            })
            .collect()
    }
}
