//! A lane's claimer: from a chunk of ids to claimed messages on the press.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use model::ids::{ContactId, InstitutionId};
use queues::messages::{Body, DispatchChunk};
use store::claim::{Claim, Claiming, Request};
use store::dispatch::LaunchKey;
use store::result::{Ending, Report};
use tokio::time::sleep;

use super::Shared;
use super::compose::Ticket;
use super::load::Load;
use super::occasions::Recipe;
use super::press::{Job, Press};
use crate::queue::Consumer;

/// Between two attempts at something that is away or held back.
const PAUSE: Duration = Duration::from_millis(500);

pub(super) struct Claimer {
    pub(super) shared: Arc<Shared>,
    pub(super) queue: &'static str,
    pub(super) load: Arc<Load>,
    pub(super) press: Press,
    pub(super) rate: Option<DefaultDirectRateLimiter>,
}

/// What becomes of a delivery.
enum Outcome {
    /// Every id of it is claimed, ended, handed back or somebody else's.
    Done,
    /// Told to stop first.
    GiveBack,
}

pub(super) fn rate(per_second: Option<NonZeroU32>) -> Option<DefaultDirectRateLimiter> {
    per_second.map(|rate| RateLimiter::direct(Quota::per_second(rate)))
}

impl Claimer {
    /// Takes chunks until it is told to stop; then gives back the press, which may still be at work.
    pub(super) async fn run(self, mut consumer: Box<dyn Consumer>) -> Press {
        while let Some(delivery) = consumer.next().await {
            let outcome = match DispatchChunk::parse(&delivery.body) {
                Ok(chunk) => self.chunk(chunk).await,
                Err(error) => self.bury(&delivery.body, &error.to_string()).await,
            };
            self.load.waits(0);
            match outcome {
                Outcome::Done => delivery.ack().await,
                Outcome::GiveBack => delivery.requeue().await,
            }
        }
        self.press
    }

    /// Keeps what cannot be read where a person finds it.
    async fn bury(&self, body: &[u8], reason: &str) -> Outcome {
        tracing::error!(queue = self.queue, reason, "send.poison");
        while self.shared.health.may_claim().await {
            let at = self.shared.parts.clock.now();
            match self.shared.parts.store.bury(self.queue, reason, body, at).await {
                Ok(()) => return Outcome::Done,
                Err(error) => self.wait(&error).await,
            }
        }
        Outcome::GiveBack
    }

    async fn chunk(&self, chunk: DispatchChunk) -> Outcome {
        let launch = LaunchKey { institution: chunk.institution, occurrence: chunk.occurrence };
        let Some(recipe) = self.recipe(launch).await else { return Outcome::GiveBack };
        let mut rest = chunk.contacts.as_slice();
        while !rest.is_empty() {
            let Some(rows) = self.room(rest.len()).await else { return Outcome::GiveBack };
            let (now, later) = rest.split_at(rows);
            rest = later;
            match self.claim(&chunk, now).await {
                Some((claim, asked)) => self.hand_over(launch.institution, claim, asked, &recipe),
                None => return Outcome::GiveBack,
            }
        }
        Outcome::Done
    }

    async fn recipe(&self, launch: LaunchKey) -> Option<Recipe> {
        while self.shared.health.may_claim().await {
            match self.shared.occasions.get(launch).await {
                Ok(recipe) => {
                    if let Recipe::Hopeless(why) = &recipe {
                        tracing::error!(launch.id = %launch.occurrence, %why, "send.content_unusable");
                    }
                    return Some(recipe);
                }
                Err(error) => self.wait(&error).await,
            }
        }
        None
    }

    /// How many of `rows` can be claimed now: there are open sessions for them, and rate tokens. `None`: told to stop.
    async fn room(&self, rows: usize) -> Option<usize> {
        let stop = self.shared.health.stop();
        let rows = stop.run_until_cancelled(self.load.room(rows)).await?;
        let Some(rate) = &self.rate else { return Some(rows) };
        // A second's worth of tokens is all there ever is.
        let mut tokens = NonZeroU32::new(u32::try_from(rows).ok()?)?;
        loop {
            match stop.run_until_cancelled(rate.until_n_ready(tokens)).await? {
                Ok(()) => return Some(tokens.get() as usize),
                Err(insufficient) => tokens = NonZeroU32::new(insufficient.0)?,
            }
        }
    }

    /// Claims, whatever it takes. `None`: told to stop.
    async fn claim(&self, chunk: &DispatchChunk, contacts: &[ContactId]) -> Option<(Claim, Instant)> {
        let (store, institution) = (&self.shared.parts.store, chunk.institution);
        self.shared.held.works_for(institution);
        while self.shared.health.may_claim().await {
            let request = Request {
                occurrence: chunk.occurrence,
                channel: chunk.channel,
                contacts: contacts.to_vec(),
                token: self.shared.parts.entropy.uuid(),
                worker: self.shared.worker,
            };
            let asked = Instant::now();
            match store.claim(institution, request.clone()).await {
                Ok(Claiming::Decided(claim)) => return Some((claim, asked)),
                Ok(Claiming::Held) => {
                    tracing::info!(
                        "send.held: a process that accepts refusals has not reported an empty spool"
                    );
                    self.shared.health.stop().run_until_cancelled(sleep(PAUSE)).await;
                }
                Err(error) => {
                    self.wait(&error).await;
                    self.release_doubtful(institution, &request).await;
                }
            }
        }
        None
    }

    /// A claim that failed may have committed: what it took was not sent, and is given back.
    async fn release_doubtful(&self, institution: InstitutionId, request: &Request) {
        // Also when told to stop: the leases would outlive this worker. The audit finds a claim that commits even later.
        let leases = match self.shared.parts.store.find_claim(institution, request).await {
            Ok(leases) => leases,
            Err(error) => return tracing::warn!(%error, "send.claim_in_doubt"),
        };
        let reports: Vec<Report> = leases
            .into_iter()
            .map(|lease| Report::without_reply(lease, Ending::Released, self.shared.chance()))
            .collect();
        if !reports.is_empty()
            && let Err(error) = self.shared.parts.store.record(institution, reports).await
        {
            tracing::warn!(%error, "send.claim_in_doubt");
        }
    }

    fn hand_over(&self, institution: InstitutionId, claim: Claim, asked: Instant, recipe: &Recipe) {
        if !claim.ended.is_empty() {
            tracing::debug!(messages = claim.ended.len(), "send.ended_at_claim");
        }
        self.shared.held.took(institution, claim.claimed.iter().map(|claimed| claimed.lease));
        self.load.took(claim.claimed.len());
        for claimed in claim.claimed {
            let ticket = Ticket { institution, lease: claimed.lease, asked, load: Arc::clone(&self.load) };
            self.press.submit(Job { ticket, claimed, recipe: recipe.clone(), now: claim.now });
        }
    }

    async fn wait(&self, error: &(dyn std::error::Error + Sync)) {
        tracing::warn!(%error, "send.waits");
        self.shared.health.stop().run_until_cancelled(sleep(PAUSE)).await;
    }
}
