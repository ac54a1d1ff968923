//! From the ledger to the broker: which rows are put on their way next, and which are taken back.
//!
//! A launch that is committed *is* the intent to send. The dispatcher's role finds running launches across all institutions,
//! copies a few of their rows into the outbox in one transaction per launch, and publishes after the commit. Whatever happens
//! to the broker then is mended from here: a row that no worker claimed is published again.
//!
//! The cursor of a launch is an economy. What is left to do is what the ledger says: [`Store::reconcile`] returns rows that
//! the cursor has passed and that are neither final nor in the outbox, and a launch is done when no row is left.

use std::time::Duration;

use chrono::TimeDelta;
use model::ids::{ContactId, InstitutionId, OccurrenceId};
use model::vocabulary::{Channel, Lane, LaunchState};
use sqlx::{FromRow, Row as _};

use crate::tx::PLAN_BY_KEY;
use crate::{Result, Store, Tx};

/// Names a launch across institutions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaunchKey {
    /// The silo.
    pub institution: InstitutionId,
    /// The launch in it.
    pub occurrence: OccurrenceId,
}

/// A running launch that has rows to publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Which launch.
    pub launch: LaunchKey,
    /// How its messages are sent.
    pub channel: Channel,
    /// The queue that they wait in.
    pub lane: Lane,
}

/// What stands between two workings of the dispatcher.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agenda {
    /// Launches with rows to publish, the oldest first.
    pub waiting: Vec<Waiting>,
    /// Rows that were published and that no worker has claimed yet, by lane.
    pub on_the_way: Vec<(Lane, usize)>,
}

impl Agenda {
    /// The rows of `lane` that were published and not claimed.
    #[must_use]
    pub fn on_the_way(&self, lane: Lane) -> usize {
        self.on_the_way.iter().filter(|(other, _)| *other == lane).map(|(_, rows)| rows).sum()
    }
}

/// What one look at a launch mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reconciled {
    /// So many rows went back to the outbox.
    Returned(u64),
    /// Every message is final: the launch is done now.
    Done,
    /// Nothing was missing, and something is still on its way.
    InOrder,
}

/// Rows that one look returns at most; the next look returns the rest.
const RETURNED_AT_ONCE: i64 = 20_000;

impl Store {
    /// What there is to publish, and how much of it is already on its way. For the dispatcher's role.
    ///
    /// # Errors
    /// Database errors.
    pub async fn agenda(&self) -> Result<Agenda> {
        self.unscoped(|mut tx| async move {
            // By their own small indexes: the outbox itself is as large as all that came through it since it was last vacuumed.
            sqlx::query(PLAN_BY_KEY).execute(&mut *tx).await?;
            let waiting = sqlx::query_as::<_, WaitingRow>(include_str!("dispatch/waiting.sql"))
                .fetch_all(&mut *tx)
                .await?
                .into_iter()
                .map(Waiting::try_from)
                .collect::<Result<_>>()?;
            let on_the_way = sqlx::query(include_str!("dispatch/on_the_way.sql"))
                .fetch_all(&mut *tx)
                .await?
                .into_iter()
                .map(|row| {
                    let rows: i64 = row.try_get(1)?;
                    Ok((Lane::try_from(row.try_get::<i16, _>(0)?)?, usize::try_from(rows).unwrap_or(0)))
                })
                .collect::<Result<_>>()?;
            tx.commit().await?;
            Ok(Agenda { waiting, on_the_way })
        })
        .await
    }

    /// Puts the next rows of a launch on their way, at most `most`: those that are due again first, then the next of the
    /// ledger beyond the cursor. They count as published when this commits; whoever fails to publish them calls
    /// [`Store::unpublish`]. Empty when the launch does not run, or when another dispatcher holds it.
    ///
    /// # Errors
    /// Database errors.
    pub async fn take(&self, launch: LaunchKey, most: usize) -> Result<Vec<ContactId>> {
        self.scoped(launch.institution, move |mut tx| async move {
            if !lock(&mut tx, launch.occurrence, LaunchState::Running).await? {
                return tx.roll_back(Vec::new()).await;
            }
            tx.plan_for_sets().await?;
            let (institution, now) = (tx.institution().0, tx.business_now());
            let taken: Vec<i64> = sqlx::query_scalar(include_str!("dispatch/take.sql"))
                .bind(institution)
                .bind(launch.occurrence.0)
                .bind(i64::try_from(most).unwrap_or(i64::MAX))
                .bind(now)
                .fetch_all(tx.connection().await?)
                .await?;
            tx.commit(taken.into_iter().map(ContactId).collect()).await
        })
        .await
    }

    /// Takes rows back that did not reach the broker, or may not have: they are published again. Whoever has claimed one in
    /// the meantime keeps it.
    ///
    /// # Errors
    /// Database errors; the sweeper finds the rows later.
    pub async fn unpublish(
        &self,
        launch: LaunchKey,
        channel: Channel,
        contacts: Vec<ContactId>,
    ) -> Result<u64> {
        self.scoped(launch.institution, move |mut tx| async move {
            let rows = unpublish(&mut tx, launch.occurrence, channel, &contacts).await?;
            tx.commit(rows).await
        })
        .await
    }

    /// Takes back what was published at least `age` ago and not claimed since; returns how many rows. One statement that
    /// heals every kind of broker loss.
    ///
    /// # Errors
    /// Database errors.
    pub async fn sweep(&self, lane: Lane, age: Duration) -> Result<u64> {
        self.unscoped(move |mut tx| async move {
            let rows = sqlx::query(include_str!("dispatch/sweep.sql"))
                .bind(lane.number())
                .bind(TimeDelta::from_std(age).unwrap_or(TimeDelta::MAX))
                .execute(&mut *tx)
                .await?
                .rows_affected();
            tx.commit().await?;
            Ok(rows)
        })
        .await
    }

    /// The launches that [`Store::reconcile`] should look at: every running one, or only those with nothing left to take and
    /// nothing on its way.
    ///
    /// # Errors
    /// Database errors.
    pub async fn to_reconcile(&self, only_idle: bool) -> Result<Vec<LaunchKey>> {
        self.unscoped(move |mut tx| async move {
            let launches: Vec<(i32, i32)> = sqlx::query_as(include_str!("dispatch/to_reconcile.sql"))
                .bind(only_idle)
                .fetch_all(&mut *tx)
                .await?;
            tx.commit().await?;
            Ok(launches.into_iter().map(launch_key).collect())
        })
        .await
    }

    /// Looks through the ledger of a running launch: returns lost rows to the outbox, or ends the launch when every message
    /// is final.
    ///
    /// # Errors
    /// Database errors.
    pub async fn reconcile(&self, launch: LaunchKey) -> Result<Reconciled> {
        self.scoped(launch.institution, move |mut tx| async move {
            if !lock(&mut tx, launch.occurrence, LaunchState::Running).await? {
                return tx.roll_back(Reconciled::InOrder).await;
            }
            tx.plan_for_sets().await?;
            // After the lock, in a snapshot of its own: nobody copies rows of this launch now.
            let (institution, now) = (tx.institution().0, tx.business_now());
            let returned = sqlx::query(include_str!("dispatch/return_lost.sql"))
                .bind(institution)
                .bind(launch.occurrence.0)
                .bind(now)
                .bind(RETURNED_AT_ONCE)
                .execute(tx.connection().await?)
                .await?
                .rows_affected();
            if returned > 0 {
                return tx.commit(Reconciled::Returned(returned)).await;
            }
            let done = sqlx::query(include_str!("dispatch/done.sql"))
                .bind(institution)
                .bind(launch.occurrence.0)
                .bind(LaunchState::Done.number())
                .execute(tx.connection().await?)
                .await?
                .rows_affected();
            tx.commit(if done > 0 { Reconciled::Done } else { Reconciled::InOrder }).await
        })
        .await
    }
}

/// The one statement behind a nack, a pause and a chunk that is handed back.
pub(crate) async fn unpublish(
    tx: &mut Tx,
    occurrence: OccurrenceId,
    channel: Channel,
    contacts: &[ContactId],
) -> Result<u64> {
    let institution = tx.institution().0;
    Ok(sqlx::query(include_str!("dispatch/unpublish.sql"))
        .bind(institution)
        .bind(occurrence.0)
        .bind(channel.number())
        .bind(crate::gate::numbers(contacts))
        .execute(tx.connection().await?)
        .await?
        .rows_affected())
}

pub(crate) fn launch_key((institution, occurrence): (i32, i32)) -> LaunchKey {
    LaunchKey { institution: InstitutionId(institution), occurrence: OccurrenceId(occurrence) }
}

/// Whether the launch is in `state` and nobody else moves its rows. Never waits: a second dispatcher by accident, or a
/// person who is just pausing, comes first.
async fn lock(tx: &mut Tx, occurrence: OccurrenceId, state: LaunchState) -> Result<bool> {
    let institution = tx.institution().0;
    let found = sqlx::query(
        "SELECT FROM launch WHERE institution_id = $1 AND occurrence_id = $2 AND state = $3 FOR UPDATE SKIP LOCKED",
    )
    .bind(institution)
    .bind(occurrence.0)
    .bind(state.number())
    .fetch_optional(tx.connection().await?)
    .await?;
    Ok(found.is_some())
}

#[derive(FromRow)]
struct WaitingRow {
    institution_id: i32,
    occurrence_id: i32,
    channel: i16,
    lane: i16,
}

impl TryFrom<WaitingRow> for Waiting {
    type Error = crate::StoreError;

    fn try_from(row: WaitingRow) -> Result<Self> {
        Ok(Self {
            launch: launch_key((row.institution_id, row.occurrence_id)),
            channel: Channel::try_from(row.channel)?,
            lane: Lane::try_from(row.lane)?,
        })
    }
}
