//! The pulse: says that this worker lives, hears that it does not, and compares its books with the database's.

use std::sync::Arc;
use std::time::Duration;

use model::ids::InstitutionId;
use store::result::{Ending, Report};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::Shared;

/// Between two beats.
const BEAT: Duration = Duration::from_secs(5);
/// Beats between two audits.
const AUDIT: u64 = 6;
/// A lease this old that the worker does not know of was taken by a claim whose answer got lost.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(60);

/// Beats until `stop`.
pub(super) async fn run(shared: Arc<Shared>, stop: CancellationToken) {
    let mut beats = interval(BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 1u64.. {
        if stop.run_until_cancelled(beats.tick()).await.is_none() {
            return;
        }
        match shared.parts.store.beat(shared.worker, true).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::error!(worker.id = %shared.worker, "send.fenced");
                return shared.health.fence();
            }
            Err(error) => tracing::warn!(%error, "send.no_beat"),
        }
        if number % AUDIT == 0 {
            for institution in shared.held.institutions() {
                audit(&shared, institution).await;
            }
        }
    }
}

/// Releases what the database says this worker holds and this worker knows nothing of: it never came to the wire.
async fn audit(shared: &Shared, institution: InstitutionId) {
    let leases = match shared.parts.store.leases_of(institution, shared.worker, FORGOTTEN_AFTER).await {
        Ok(leases) => leases,
        Err(error) => return tracing::warn!(%error, "send.no_audit"),
    };
    let forgotten: Vec<Report> = leases
        .into_iter()
        .filter(|lease| !shared.held.holds(lease))
        .map(|lease| Report::without_reply(lease, Ending::Released, shared.chance()))
        .collect();
    if forgotten.is_empty() {
        return;
    }
    tracing::warn!(leases = forgotten.len(), "send.forgotten_leases");
    if let Err(error) = shared.parts.store.record(institution, forgotten).await {
        tracing::warn!(%error, "send.no_audit");
    }
}
