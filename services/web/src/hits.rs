//! Writing down that a link was followed, without making anybody wait for it.
//!
//! A hit is written before its redirect is answered, so it survives a kill of the process; it is on disk a moment later, together
//! with the others of that moment. A disk that stalls costs hits, never redirects.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use spool::SpoolError;
use spool::hits::{HitRecord, HitSpool};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Hits that may be on their way to the disk at once.
const WRITERS: usize = 64;
/// How long a redirect waits for its hit.
const PATIENCE: Duration = Duration::from_millis(100);
/// Between two fsyncs: one for all hits of that time.
const SYNC_EVERY: Duration = Duration::from_millis(100);

/// The hit spool of this process.
pub(crate) struct Hits {
    spool: Arc<HitSpool>,
    writers: Arc<Semaphore>,
    writing: TaskTracker,
    written: Notify,
    lost: AtomicU64,
}

impl Hits {
    pub(crate) fn new(spool: HitSpool) -> Self {
        Self {
            spool: Arc::new(spool),
            writers: Arc::new(Semaphore::new(WRITERS)),
            writing: TaskTracker::new(),
            written: Notify::new(),
            lost: AtomicU64::new(0),
        }
    }

    pub(crate) fn spool(&self) -> Arc<HitSpool> {
        Arc::clone(&self.spool)
    }

    /// Writes a hit down, or gives up soon.
    pub(crate) async fn record(&self, hit: HitRecord) {
        let Ok(writer) = Arc::clone(&self.writers).try_acquire_owned() else {
            return self.lose("the disk of the hit spool stalls");
        };
        let spool = self.spool();
        let append = self.writing.spawn_blocking(move || {
            let appended = spool.append(&hit);
            drop(writer);
            appended
        });
        match tokio::time::timeout(PATIENCE, append).await {
            Ok(Ok(Ok(_))) => self.written.notify_one(),
            Ok(Ok(Err(error))) => self.lose(&error.to_string()),
            Ok(Err(_)) => self.lose("writing it failed inside"),
            // It is being written, only not in time for this answer.
            Err(_) => self.written.notify_one(),
        }
    }

    fn lose(&self, error: &str) {
        let lost = self.lost.fetch_add(1, Ordering::Relaxed) + 1;
        tracing::error!(error, hits = lost, "tracker.hit_lost");
    }

    /// Makes what was written durable, again and again until cancelled and then once more. Only what is durable is forwarded.
    pub(crate) async fn keep_durable(&self, stop: CancellationToken) {
        while stop.run_until_cancelled(self.written.notified()).await.is_some() {
            self.sync().await;
            stop.run_until_cancelled(tokio::time::sleep(SYNC_EVERY)).await;
        }
        self.flush().await;
    }

    /// Makes every hit durable whose redirect was answered.
    pub(crate) async fn flush(&self) {
        self.writing.close();
        self.writing.wait().await;
        self.writing.reopen();
        self.sync().await;
    }

    async fn sync(&self) {
        let spool = self.spool();
        let synced = tokio::task::spawn_blocking(move || spool.spool().sync());
        let failed: Option<SpoolError> = synced.await.ok().and_then(Result::err);
        if let Some(error) = failed {
            tracing::error!(%error, "tracker.hits_not_durable");
        }
    }
}
