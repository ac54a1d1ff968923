//! Processes that hold leases or a spool: registered, beating, ended. Not of any institution.
//!
//! A worker's row is what lease recovery trusts: *ended* means that its journal has nothing left to say, because it flushed
//! its results itself or because a successor replayed them. An old beat alone proves nothing; a slow but living worker
//! is never robbed.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{Result, Store, StoreError};

/// After so long without a beat a person may declare a host lost.
const SILENCE: TimeDelta = TimeDelta::seconds(30);

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkerRole {
    /// Sends messages; holds leases.
    Work,
    /// Accepts refusals; may hold some in a spool while the database is away. Claims wait for its word.
    Track,
}

impl WorkerRole {
    const fn word(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Track => "track",
        }
    }
}

impl Store {
    /// Announces a process before it does anything.
    ///
    /// # Errors
    /// Database errors.
    pub async fn register_worker(&self, worker: Uuid, host: &str, role: WorkerRole) -> Result<()> {
        let host = host.to_owned();
        self.unscoped(move |mut tx| async move {
            sqlx::query(
                "INSERT INTO worker (worker_id, host, role, started_at, beat_at, spool_empty)
                 SELECT $1, $2, $3, at, at, $4 FROM clock_timestamp() AS at
                 ON CONFLICT DO NOTHING",
            )
            .bind(worker)
            .bind(host)
            .bind(role.word())
            // What lies in the spool is not known before the first beat.
            .bind(role == WorkerRole::Work)
            .execute(&mut *tx)
            .await?;
            Ok(tx.commit().await?)
        })
        .await
    }

    /// Says that the process lives, and whether its spool of refusals is empty. False: somebody ended it or declared its host
    /// lost, and it must stop.
    ///
    /// # Errors
    /// Database errors.
    pub async fn beat(&self, worker: Uuid, spool_empty: bool) -> Result<bool> {
        self.unscoped(move |mut tx| async move {
            let living = sqlx::query(
                "UPDATE worker SET beat_at = clock_timestamp(), spool_empty = $2
                 WHERE worker_id = $1 AND ended_at IS NULL AND lost_at IS NULL",
            )
            .bind(worker)
            .bind(spool_empty)
            .execute(&mut *tx)
            .await?
            .rows_affected();
            tx.commit().await?;
            Ok(living > 0)
        })
        .await
    }

    /// The oldest of the last signs of life of the living processes of this role; `None` when there is none.
    ///
    /// # Errors
    /// Database errors.
    pub async fn oldest_beat(&self, role: WorkerRole) -> Result<Option<DateTime<Utc>>> {
        self.unscoped(move |mut tx| async move {
            Ok(sqlx::query_scalar("SELECT min(beat_at) FROM worker WHERE role = $1 AND ended_at IS NULL")
                .bind(role.word())
                .fetch_one(&mut *tx)
                .await?)
        })
        .await
    }

    /// Says that nothing of the process is left to record: it ended, or its journal was replayed.
    ///
    /// # Errors
    /// Database errors.
    pub async fn end_worker(&self, worker: Uuid) -> Result<()> {
        self.unscoped(move |mut tx| async move {
            sqlx::query(
                "UPDATE worker SET ended_at = clock_timestamp(), spool_empty = true
                 WHERE worker_id = $1 AND ended_at IS NULL",
            )
            .bind(worker)
            .execute(&mut *tx)
            .await?;
            Ok(tx.commit().await?)
        })
        .await
    }

    /// A person's word that a host will not come back, and its journals and spools with it. Returns how many processes that
    /// concerns. Their open claims become `unknown` a quarter of an hour after their last beat.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when a process there has beaten within 30 s.
    pub async fn declare_host_lost(&self, host: &str) -> Result<u64> {
        let host = host.to_owned();
        self.unscoped(move |mut tx| async move {
            let living: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM worker
                 WHERE host = $1 AND ended_at IS NULL AND beat_at > clock_timestamp() - $2::interval",
            )
            .bind(&host)
            .bind(SILENCE)
            .fetch_one(&mut *tx)
            .await?;
            if living > 0 {
                let seconds = SILENCE.num_seconds();
                return Err(StoreError::Refused(format!(
                    "host {host}: {living} of its processes gave a sign of life within {seconds} s; stop them first"
                )));
            }
            let lost = sqlx::query(
                "UPDATE worker SET lost_at = clock_timestamp() WHERE host = $1 AND ended_at IS NULL AND lost_at IS NULL",
            )
            .bind(&host)
            .execute(&mut *tx)
            .await?
            .rows_affected();
            tx.commit().await?;
            Ok(lost)
        })
        .await
    }
}
