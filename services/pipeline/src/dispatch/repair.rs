//! What the dispatcher's rounds do not see: looked for again and again, without being told.
//!
//! The cheap looks happen in every round: launches with nothing left on their way, and cancellations that nobody waits for.
//! The thorough ones, over everything, happen a few times within the time after which a row is published again.

use std::sync::Arc;
use std::time::Duration;

use model::ambient::Entropy;
use model::vocabulary::Lane;
use store::dispatch::Reconciled;
use store::{Result, Store};
use tokio::time::Instant;

use super::patience::Patience;

/// Thorough looks within the time after which a row is published again.
const LOOKS: u32 = 4;

pub(super) struct Repair {
    store: Store,
    entropy: Arc<dyn Entropy>,
    between: Duration,
    last: Instant,
    lanes: [(Lane, Patience); 2],
}

impl Repair {
    pub(super) fn new(store: Store, entropy: Arc<dyn Entropy>, republish_after: Duration) -> Self {
        Self {
            store,
            entropy,
            between: republish_after / LOOKS,
            last: Instant::now(),
            lanes: [Lane::Notice, Lane::Bulk].map(|lane| (lane, Patience::new(republish_after))),
        }
    }

    /// Repairs what can be seen now; returns whether there is more to do at once.
    pub(super) async fn round(&mut self) -> Result<bool> {
        let thorough = self.last.elapsed() >= self.between;
        let mut more = false;
        if thorough {
            self.last = Instant::now();
            more |= self.sweep().await?;
            more |= self.recover_leases().await?;
        }
        self.store.go_on_cancelling().await?;
        Ok(more | self.reconcile(!thorough).await?)
    }

    async fn sweep(&mut self) -> Result<bool> {
        let mut more = false;
        for (lane, patience) in &mut self.lanes {
            let rows = self.store.sweep(*lane, patience.age()).await?;
            patience.swept(rows);
            if rows > 0 {
                tracing::info!(%lane, rows, "dispatch.swept");
                more = true;
            }
        }
        Ok(more)
    }

    async fn recover_leases(&self) -> Result<bool> {
        let mut bytes = [0; 4];
        self.entropy.fill(&mut bytes);
        let recovered = self.store.recover_leases(u32::from_le_bytes(bytes)).await?;
        if recovered.released + recovered.unknown > 0 {
            tracing::warn!(
                released = recovered.released,
                unknown = recovered.unknown,
                "dispatch.leases_recovered"
            );
        }
        Ok(recovered.released > 0)
    }

    async fn reconcile(&self, only_idle: bool) -> Result<bool> {
        let mut more = false;
        for launch in self.store.to_reconcile(only_idle).await? {
            match self.store.reconcile(launch).await? {
                Reconciled::Returned(rows) => {
                    tracing::info!(launch.id = %launch.occurrence, rows, "dispatch.reconciled");
                    more = true;
                }
                Reconciled::Done => tracing::info!(launch.id = %launch.occurrence, "launch.done"),
                Reconciled::InOrder => {}
            }
        }
        Ok(more)
    }
}
