//! The scorer: computes the scores of institutions that asked for them, once a day.
//!
//! Apart from the keeper, whose duties must not wait for a ranking of the whole file. Several scorers are harmless: a run holds its
//! institution's row, and whoever comes second finds nothing to do.

use std::time::Duration;

use store::{Result, Store};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// Between two looks for institutions whose day has begun.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// See the [module](self).
#[derive(Clone, Debug)]
pub struct Scorer {
    store: Store,
}

impl Scorer {
    /// Scores under the role of the application.
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// Looks every minute until it is cancelled.
    pub async fn run(self, stop: CancellationToken) {
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            if let Err(error) = self.due().await {
                tracing::warn!(%error, "scorer.look_failed");
            }
        }
    }

    /// Scores every institution that wants it and has no scores of today.
    ///
    /// # Errors
    /// Database errors, after the other institutions were scored.
    pub async fn due(&self) -> Result<()> {
        let mut failed = None;
        for institution in self.store.institutions().await? {
            match self.store.score_when_due(institution).await {
                Ok(None) => {}
                Ok(Some(contacts)) => tracing::info!(%institution, contacts, "scorer.scored"),
                // One silo must not keep the others waiting.
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(()), Err)
    }
}
