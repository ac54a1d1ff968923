//! Whether the database is there, so that no request waits to find out.
//!
//! The first request that meets an outage marks the database as away; from then on requests go without it, until the background
//! reaches it again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use store::{Connect, Store, StoreError};

/// How long a request waits for the database. The work goes on when it is given up (store::Store::scoped).
const PATIENCE: Duration = Duration::from_secs(5);

/// The way to the database, open or not.
pub(crate) struct Database {
    connect: Connect,
    store: RwLock<Option<Store>>,
    away: AtomicBool,
}

/// Why a request got no answer.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// The database is away.
    Away,
    /// It said no.
    Refused(StoreError),
}

impl Database {
    pub(crate) fn new(connect: Connect, store: Option<Store>) -> Self {
        let away = AtomicBool::new(store.is_none());
        Self { connect, store: RwLock::new(store), away }
    }

    /// The database, when the last word about it was that it answers.
    pub(crate) fn there(&self) -> Option<Store> {
        if self.away.load(Ordering::Relaxed) { None } else { self.opened() }
    }

    /// Asks within the patience of a request.
    pub(crate) async fn ask<T, Doing>(&self, ask: impl FnOnce(Store) -> Doing) -> Result<T, NoAnswer>
    where
        Doing: Future<Output = Result<T, StoreError>>,
    {
        let store = self.there().ok_or(NoAnswer::Away)?;
        match tokio::time::timeout(PATIENCE, ask(store)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) if !error.is_outage() => Err(NoAnswer::Refused(error)),
            Ok(Err(_)) | Err(_) => {
                self.is_away();
                Err(NoAnswer::Away)
            }
        }
    }

    /// Opens the way when it was never open; `None` when that fails.
    pub(crate) async fn reach(&self) -> Option<Store> {
        if let Some(store) = self.opened() {
            return Some(store);
        }
        match Store::connect(self.connect.clone()).await {
            Ok(store) => {
                *self.store.write().unwrap_or_else(PoisonError::into_inner) = Some(store.clone());
                Some(store)
            }
            Err(error) => {
                tracing::warn!(%error, "tracker.database_not_reached");
                None
            }
        }
    }

    /// It answered.
    pub(crate) fn is_there(&self) {
        if self.away.swap(false, Ordering::Relaxed) {
            tracing::info!("tracker.database_is_there");
        }
    }

    /// It did not answer.
    pub(crate) fn is_away(&self) {
        if !self.away.swap(true, Ordering::Relaxed) {
            // From now on refusals go to the local spool, and claims wait for them.
            tracing::warn!("tracker.database_is_away");
        }
    }

    fn opened(&self) -> Option<Store> {
        self.store.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
