//! Cancelling: everything that is not on the wire ends at once, and what is on the wire is waited for.

use std::time::Duration;

use model::vocabulary::{LaunchState, MessageState};
use sqlx::Row as _;

use super::state_for_update;
use crate::dispatch::{LaunchKey, launch_key};
use crate::{Result, Store};

/// Rows in one transaction: small enough that a result never waits long for one of them.
const CHUNK: i64 = 10_000;
/// Between two looks at claims that are still open.
const GLANCE: Duration = Duration::from_millis(50);
/// The longest that a claim may lawfully stay open (delivery G1).
const PATIENCE: Duration = Duration::from_secs(15);

/// What a cancellation came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled {
    /// Messages of the launch that are cancelled, whoever carried the work out: this call, one before it, or the dispatcher
    /// beside it.
    pub messages: u64,
    /// Claims that were still open when patience ended; 0: the launch is cancelled. Otherwise it stays `cancelling`, and
    /// whoever calls [`Store::go_on_cancelling`] ends it.
    pub open: u64,
}

/// The outcome of one chunk.
struct Step {
    cancelled: u64,
    open: u64,
    ended: bool,
}

impl Store {
    /// Cancels a launch that runs or is paused: no message is claimed from now on, what waits is cancelled, and claims that
    /// are open are waited for, up to 15 s. When this returns with nothing open, nothing more leaves.
    ///
    /// # Errors
    /// [`crate::StoreError::Refused`] when the launch is done; database errors, after which the launch stays `cancelling`.
    pub async fn cancel(&self, launch: LaunchKey) -> Result<Cancelled> {
        const FROM: &[LaunchState] = &[LaunchState::Running, LaunchState::Paused, LaunchState::Cancelling];
        self.change(launch, FROM, LaunchState::Cancelling).await?;
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let open = loop {
            let step = self.cancel_chunk(launch).await?;
            if step.ended {
                break 0;
            }
            if step.cancelled == 0 {
                if tokio::time::Instant::now() >= deadline {
                    break step.open;
                }
                tokio::time::sleep(GLANCE).await;
            }
        };
        Ok(Cancelled { messages: self.cancelled_messages(launch).await?, open })
    }

    async fn cancelled_messages(&self, launch: LaunchKey) -> Result<u64> {
        self.scoped(launch.institution, move |mut tx| async move {
            tx.allow_long_statements().await?;
            let institution = tx.institution().0;
            let messages: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM message WHERE institution_id = $1 AND occurrence_id = $2 AND state = $3",
            )
            .bind(institution)
            .bind(launch.occurrence.0)
            .bind(MessageState::Cancelled.number())
            .fetch_one(tx.connection().await?)
            .await?;
            tx.commit(messages.unsigned_abs()).await
        })
        .await
    }

    /// Carries every cancellation one step further, across institutions: those whose caller died or ran out of patience.
    /// Returns how many launches are still being cancelled.
    ///
    /// # Errors
    /// Database errors.
    pub async fn go_on_cancelling(&self) -> Result<usize> {
        let launches: Vec<(i32, i32)> = self
            .unscoped(|mut tx| async move {
                let found =
                    sqlx::query_as("SELECT institution_id, occurrence_id FROM launch WHERE state = $1")
                        .bind(LaunchState::Cancelling.number())
                        .fetch_all(&mut *tx)
                        .await?;
                tx.commit().await?;
                Ok(found)
            })
            .await?;
        let mut unfinished = 0;
        for launch in launches.into_iter().map(launch_key) {
            unfinished += usize::from(!self.cancel_chunk(launch).await?.ended);
        }
        Ok(unfinished)
    }

    async fn cancel_chunk(&self, launch: LaunchKey) -> Result<Step> {
        self.scoped(launch.institution, move |mut tx| async move {
            // The lock keeps two of these apart, and ends this one when the other was faster.
            if state_for_update(&mut tx, launch.occurrence).await? != LaunchState::Cancelling {
                return tx.roll_back(Step { cancelled: 0, open: 0, ended: true }).await;
            }
            tx.plan_for_sets().await?;
            let (institution, now) = (tx.institution().0, tx.business_now());
            let row = sqlx::query(include_str!("chunk.sql"))
                .bind(institution)
                .bind(launch.occurrence.0)
                .bind(MessageState::Cancelled.number())
                .bind(now)
                .bind(CHUNK)
                .fetch_one(tx.connection().await?)
                .await?;
            let (cancelled, open): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
            let ended = cancelled == 0 && open == 0;
            if ended {
                sqlx::query("UPDATE launch SET state = $3 WHERE institution_id = $1 AND occurrence_id = $2")
                    .bind(institution)
                    .bind(launch.occurrence.0)
                    .bind(LaunchState::Cancelled.number())
                    .execute(tx.connection().await?)
                    .await?;
            }
            tx.commit(Step { cancelled: cancelled.unsigned_abs(), open: open.unsigned_abs(), ended }).await
        })
        .await
    }
}
