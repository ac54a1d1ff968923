//! Whether this worker may claim: it may not when it cannot record (G4), or when it was told to stop.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub(super) struct Health {
    /// Cancelled: nothing is claimed any more.
    stop: CancellationToken,
    /// Since when results wait for the database; `None` while they do not.
    stuck: watch::Sender<Option<Instant>>,
    journal_broken: AtomicBool,
    fenced: AtomicBool,
}

impl Health {
    pub(super) fn new(stop: CancellationToken) -> Self {
        Self {
            stop,
            stuck: watch::Sender::new(None),
            journal_broken: AtomicBool::new(false),
            fenced: AtomicBool::new(false),
        }
    }

    pub(super) fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// Waits until results can be recorded. False: told to stop.
    pub(super) async fn may_claim(&self) -> bool {
        let mut stuck = self.stuck.subscribe();
        let recording = self.stop.run_until_cancelled(stuck.wait_for(Option::is_none)).await;
        matches!(recording, Some(Ok(_)))
    }

    /// Results wait for the database.
    pub(super) fn stuck(&self) {
        self.stuck.send_if_modified(|since| {
            let first = since.is_none();
            since.get_or_insert_with(Instant::now);
            first
        });
    }

    /// Results are recorded again.
    pub(super) fn unstuck(&self) {
        self.stuck.send_if_modified(|since| since.take().is_some());
    }

    /// Returns once results have waited for so long without a break.
    pub(super) async fn stuck_for(&self, patience: Duration) {
        let mut stuck = self.stuck.subscribe();
        loop {
            let since = *stuck.borrow_and_update();
            let Some(since) = since else {
                // The sender lives as long as `self`.
                let _ = stuck.changed().await;
                continue;
            };
            tokio::select! {
                () = tokio::time::sleep_until(since + patience) => return,
                _ = stuck.changed() => {}
            }
        }
    }

    /// The journal takes nothing more.
    pub(super) fn break_journal(&self) {
        self.journal_broken.store(true, Ordering::Relaxed);
        self.stop.cancel();
    }

    /// Somebody declared this worker ended.
    pub(super) fn fence(&self) {
        self.fenced.store(true, Ordering::Relaxed);
        self.stop.cancel();
    }

    pub(super) fn is_journal_broken(&self) -> bool {
        self.journal_broken.load(Ordering::Relaxed)
    }

    pub(super) fn is_fenced(&self) -> bool {
        self.fenced.load(Ordering::Relaxed)
    }
}
