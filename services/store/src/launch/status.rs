//! Where the messages of a launch stand: computed from the ledger, never counted beside it.

use std::collections::BTreeMap;

use model::ids::OccurrenceId;
use model::permission::{Blocks, Reason};
use model::vocabulary::{LaunchState, MessageState};
use serde::Serialize;
use sqlx::Row as _;

use crate::{Result, StoreError, Tx};

/// `matched = planned + Σ excluded_at_launch`;
/// `planned = accepted + failed + unknown + cancelled + expired + pending + Σ excluded_at_claim`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Where the launch stands.
    pub state: LaunchState,
    /// Everybody whom the target matched.
    pub matched: i64,
    /// Everybody allowed at launch.
    pub planned: i64,
    /// Left out at launch, by the first reason.
    pub excluded_at_launch: BTreeMap<Reason, i64>,
    /// Left out by the worker, immediately before the wire.
    pub excluded_at_claim: BTreeMap<Reason, i64>,
    /// Taken by the next hop.
    pub accepted: i64,
    /// Refused for good.
    pub failed: i64,
    /// The dot may have been written and no answer was read.
    pub unknown: i64,
    /// Cancelled first.
    pub cancelled: i64,
    /// Their time passed first.
    pub expired: i64,
    /// Not final yet.
    pub pending: i64,
}

/// Reads the status of a launch.
///
/// # Errors
/// [`StoreError::Refused`] when there is no such launch.
pub async fn status(tx: &mut Tx, occurrence: OccurrenceId) -> Result<Status> {
    let institution = tx.institution().0;
    let state: Option<i16> =
        sqlx::query_scalar("SELECT state FROM launch WHERE institution_id = $1 AND occurrence_id = $2")
            .bind(institution)
            .bind(occurrence.0)
            .fetch_optional(tx.connection().await?)
            .await?;
    let state = state.ok_or_else(|| StoreError::Refused(format!("there is no launch {occurrence}")))?;
    let rows = sqlx::query(include_str!("status.sql"))
        .bind(institution)
        .bind(occurrence.0)
        .fetch_all(tx.connection().await?)
        .await?;
    let mut status = Status::empty(LaunchState::try_from(state)?);
    for row in rows {
        let state = MessageState::try_from(row.try_get::<i16, _>("state")?)?;
        let at_launch = row.try_get::<Option<i32>, _>("blocks_launch")?.map(Blocks);
        let at_claim = row.try_get::<Option<i32>, _>("blocks_claim")?.map(Blocks);
        status.add(state, at_launch, at_claim, row.try_get("messages")?);
    }
    Ok(status)
}

impl Status {
    const fn empty(state: LaunchState) -> Self {
        Self {
            state,
            matched: 0,
            planned: 0,
            excluded_at_launch: BTreeMap::new(),
            excluded_at_claim: BTreeMap::new(),
            accepted: 0,
            failed: 0,
            unknown: 0,
            cancelled: 0,
            expired: 0,
            pending: 0,
        }
    }

    fn add(
        &mut self,
        state: MessageState,
        at_launch: Option<Blocks>,
        at_claim: Option<Blocks>,
        messages: i64,
    ) {
        self.matched += messages;
        if let Some(reason) = at_launch.and_then(Blocks::first) {
            *self.excluded_at_launch.entry(reason).or_default() += messages;
            return;
        }
        self.planned += messages;
        match state {
            MessageState::Planned => self.pending += messages,
            MessageState::Accepted => self.accepted += messages,
            MessageState::Failed => self.failed += messages,
            MessageState::Unknown => self.unknown += messages,
            MessageState::Cancelled => self.cancelled += messages,
            MessageState::Expired => self.expired += messages,
            MessageState::Excluded => {
                if let Some(reason) = at_claim.and_then(Blocks::first) {
                    *self.excluded_at_claim.entry(reason).or_default() += messages;
                }
            }
        }
    }
}
