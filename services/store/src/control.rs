//! Pausing, resuming and cancelling a launch.
//!
//! Each is a change of state behind a *fence*: claims of a launch pass it shared, a change of state waits until those that
//! are passing have committed and keeps later ones out until it has committed itself. So when a call returns, every claim
//! that did not see the new state is visible as a lease, and no other will come.
//!
//! | from | by | to |
//! |---|---|---|
//! | running | [`Store::pause`] | paused |
//! | paused | [`Store::resume`] | running |
//! | running, paused | [`Store::cancel`] | cancelling |
//! | cancelling | nothing planned and nothing claimed is left | cancelled |
//! | running | nothing planned is left ([`Store::reconcile`]) | done |

mod cancel;

use model::ids::OccurrenceId;
use model::vocabulary::LaunchState;

use crate::dispatch::LaunchKey;
use crate::{Result, Store, StoreError, Tx};

pub use cancel::Cancelled;

impl Store {
    /// Holds a running launch: what is not claimed stays. Holding a paused launch is no error.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when it neither runs nor is paused; database errors.
    pub async fn pause(&self, launch: LaunchKey) -> Result<()> {
        self.change(launch, &[LaunchState::Running, LaunchState::Paused], LaunchState::Paused).await
    }

    /// Lets a paused launch run again. Resuming a running launch is no error.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when it neither runs nor is paused; database errors.
    pub async fn resume(&self, launch: LaunchKey) -> Result<()> {
        self.change(launch, &[LaunchState::Running, LaunchState::Paused], LaunchState::Running).await
    }

    pub(crate) async fn change(
        &self,
        launch: LaunchKey,
        from: &'static [LaunchState],
        to: LaunchState,
    ) -> Result<()> {
        self.scoped(launch.institution, move |mut tx| async move {
            let found = state_for_update(&mut tx, launch.occurrence).await?;
            if !from.contains(&found) {
                return Err(refused(launch.occurrence, found, from, to));
            }
            let institution = tx.institution().0;
            sqlx::query("UPDATE launch SET state = $3 WHERE institution_id = $1 AND occurrence_id = $2")
                .bind(institution)
                .bind(launch.occurrence.0)
                .bind(to.number())
                .execute(tx.connection().await?)
                .await?;
            close_fence(&mut tx, launch.occurrence).await?;
            tx.commit(()).await
        })
        .await
    }
}

fn refused(
    occurrence: OccurrenceId,
    found: LaunchState,
    from: &[LaunchState],
    to: LaunchState,
) -> StoreError {
    let from: Vec<&str> = from.iter().map(|state| state.word()).collect();
    StoreError::Refused(format!(
        "launch {occurrence} is {found}; only a launch that is {} can become {to}",
        from.join(" or ")
    ))
}

async fn state_for_update(tx: &mut Tx, occurrence: OccurrenceId) -> Result<LaunchState> {
    let institution = tx.institution().0;
    let state: Option<i16> = sqlx::query_scalar(
        "SELECT state FROM launch WHERE institution_id = $1 AND occurrence_id = $2 FOR UPDATE",
    )
    .bind(institution)
    .bind(occurrence.0)
    .fetch_optional(tx.connection().await?)
    .await?;
    let state = state.ok_or_else(|| StoreError::Refused(format!("there is no launch {occurrence}")))?;
    Ok(LaunchState::try_from(state)?)
}

/// The other side is `claim/fence.sql`. A row lock on the launch would do the same, and make each claim write to one row.
async fn close_fence(tx: &mut Tx, occurrence: OccurrenceId) -> Result<()> {
    let institution = tx.institution().0;
    sqlx::query("SELECT pg_advisory_xact_lock($1, $2)")
        .bind(institution)
        .bind(occurrence.0)
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}
