//! The keeper: what must happen soon after something else and belongs to nobody's request.
//!
//! It settles refusals whose earlier claims have ended, seals the evidence log, ends the leases of lost workers and the
//! cancelling that somebody began (delivery A.4, A.5). Each look starts from
//! the tables and remembers nothing, so a keeper that was killed has lost nothing, and two of them are harmless.

use std::sync::Arc;
use std::time::Duration;

use model::ambient::Entropy;
use model::ids::InstitutionId;
use store::{Result, Store};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// Between two seals. What is younger is the unsealed tail.
const SEAL_EVERY: Duration = Duration::from_secs(1);

/// Between two looks for leases of dead workers.
const RECOVER_EVERY: Duration = Duration::from_secs(5);

/// See the [module](self).
#[derive(Clone)]
pub struct Keeper {
    store: Store,
    dispatcher: Store,
    entropy: Arc<dyn Entropy>,
}

impl Keeper {
    /// Keeps under the role of the application, and looks for lost leases under the dispatcher's.
    #[must_use]
    pub const fn new(store: Store, dispatcher: Store, entropy: Arc<dyn Entropy>) -> Self {
        Self { store, dispatcher, entropy }
    }

    /// Settles every `tick` and seals every second until it is cancelled.
    pub async fn run(self, tick: Duration, stop: CancellationToken) {
        let (mut settling, mut sealing, mut recovering) =
            (interval(tick), interval(SEAL_EVERY), interval(RECOVER_EVERY));
        recovering.set_missed_tick_behavior(MissedTickBehavior::Delay);
        settling.set_missed_tick_behavior(MissedTickBehavior::Delay);
        sealing.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let looked = tokio::select! {
                () = stop.cancelled() => return,
                _ = settling.tick() => self.settle().await,
                _ = sealing.tick() => self.seal().await,
                _ = recovering.tick() => self.recover().await,
            };
            if let Err(error) = looked {
                tracing::warn!(%error, "keeper.look_failed");
            }
        }
    }

    /// Settles what can be settled, in every institution.
    ///
    /// # Errors
    /// Database errors.
    pub async fn settle(&self) -> Result<()> {
        for institution in self.store.institutions().await? {
            self.store.settle_refusals(institution).await?;
        }
        Ok(())
    }

    /// Ends the leases of workers that are gone with their host, and the cancelling of launches that was interrupted.
    ///
    /// # Errors
    /// Database errors.
    pub async fn recover(&self) -> Result<()> {
        let mut chance = [0; 4];
        self.entropy.fill(&mut chance);
        self.dispatcher.recover_leases(u32::from_le_bytes(chance)).await?;
        self.dispatcher.go_on_cancelling().await?;
        Ok(())
    }

    /// Seals everything that can be sealed, in every institution.
    ///
    /// # Errors
    /// Database errors.
    pub async fn seal(&self) -> Result<()> {
        for institution in self.store.institutions().await? {
            self.seal_one(institution).await?;
        }
        Ok(())
    }

    /// An epoch has a bounded size: after an import there are several.
    async fn seal_one(&self, institution: InstitutionId) -> Result<()> {
        while self.store.seal_evidence(institution).await? > 0 {}
        Ok(())
    }
}
