//! The judge: looks again and again for messages whose hits have waited out their quarantine, and judges them.
//!
//! The rules are `model::verdict`, the transaction is `store::verdict`; here is only the loop. Any number of judges may run:
//! each message is locked while it is judged. After a start, verdicts of older rules are judged again (TR-08).

use std::time::Duration;

use model::ids::InstitutionId;
use store::verdict::{self, Changes, Clicked};
use store::{Finished, Result, Store, Tx};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// Messages in one look: each look reads everything that waits.
const FOUND: i64 = 10_000;
/// Messages in one transaction.
const AT_ONCE: usize = 200;

/// Which messages are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    /// Those with hits that nobody has judged.
    Due,
    /// Those judged under older rules.
    Outdated,
}

/// See the [module](self).
#[derive(Clone, Debug)]
pub struct Judge {
    store: Store,
}

impl Judge {
    /// Judges under the role of the application.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Judges every `tick` until it is cancelled.
    pub async fn run(self, tick: Duration, stop: CancellationToken) {
        let mut ticks = interval(tick);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut outdated_are_judged = false;
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            if !outdated_are_judged {
                outdated_are_judged = said(self.outdated().await);
            }
            said(self.due().await);
        }
    }

    /// Judges everything that is due, in every institution.
    ///
    /// # Errors
    /// Database errors, after the other institutions were judged.
    pub async fn due(&self) -> Result<Changes> {
        self.everywhere(Which::Due).await
    }

    /// Judges again what was judged under older rules.
    ///
    /// # Errors
    /// Database errors, after the other institutions were judged.
    pub async fn outdated(&self) -> Result<Changes> {
        self.everywhere(Which::Outdated).await
    }

    async fn everywhere(&self, which: Which) -> Result<Changes> {
        let mut changes = Changes::default();
        let mut failed = None;
        for institution in self.store.institutions().await? {
            match self.within(institution, which).await {
                Ok(found) => changes = changes.and(found),
                // One silo must not keep the others waiting.
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(changes), Err)
    }

    async fn within(&self, institution: InstitutionId, which: Which) -> Result<Changes> {
        let mut all = Changes::default();
        loop {
            let messages = self.store.scoped(institution, move |tx| find(tx, which)).await?;
            for some in messages.chunks(AT_ONCE) {
                let some = some.to_vec();
                let judged = self.store.scoped(institution, |mut tx| async move {
                    let changes = verdict::judge(&mut tx, &some).await?;
                    tx.commit(changes).await
                });
                all = all.and(judged.await?);
            }
            if i64::try_from(messages.len()).is_ok_and(|found| found < FOUND) {
                return Ok(all);
            }
        }
    }
}

async fn find(mut tx: Tx, which: Which) -> Result<Finished<Vec<Clicked>>> {
    let messages = match which {
        Which::Due => verdict::due(&mut tx, FOUND).await?,
        Which::Outdated => verdict::outdated(&mut tx, FOUND).await?,
    };
    tx.roll_back(messages).await
}

/// Logs what came of a round; says whether it went through.
fn said(round: Result<Changes>) -> bool {
    match round {
        Ok(changes) => {
            if changes != Changes::default() {
                tracing::info!(
                    human = changes.human,
                    machine = changes.machine,
                    undecided = changes.undecided,
                    raised = changes.raised,
                    taken_back = changes.taken_back,
                    "judge.judged"
                );
            }
            true
        }
        Err(error) if error.is_outage() => {
            tracing::warn!(%error, "judge.round_failed");
            false
        }
        Err(error) => {
            tracing::error!(%error, "judge.round_failed");
            false
        }
    }
}
