//! Links of messages: where the tracked ones lead, and the refusal that comes by an unsubscribe link.
//!
//! Destinations are frozen with their launch, so a tracker may keep them for ever. They hold nothing about a person; the
//! person of a link is in its token, which this crate never opens.

mod refuse;

use chrono::TimeDelta;
use model::ids::{InstitutionId, OccurrenceId};
use sqlx::FromRow;

use crate::{Result, Store, StoreError};

pub use refuse::{LinkRefusal, SenderNames};

/// Launches in one answer of [`Store::destinations_after`], at most.
pub const PAGE: i64 = 500;

/// Where the tracked links of one launch lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destinations {
    /// The launch.
    pub occurrence: OccurrenceId,
    /// The addresses: link `n` is the `n`-th, from 0. Empty for a launch without tracked links.
    pub urls: Vec<String>,
}

impl Store {
    /// The destinations of one launch; `None` when there is no such launch or institution.
    ///
    /// # Errors
    /// Database errors.
    pub async fn destinations(
        &self,
        institution: InstitutionId,
        occurrence: OccurrenceId,
    ) -> Result<Option<Destinations>> {
        match self.destinations_from(institution, occurrence, 1).await {
            Ok(found) => Ok(found.into_iter().find(|launch| launch.occurrence == occurrence)),
            Err(StoreError::NoInstitution(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The destinations of the launches behind `after`, in the order of their ids, [`PAGE`] at a time. An economy for whoever
    /// wants to know them before they are asked for: a launch may commit after one with a higher id.
    ///
    /// # Errors
    /// Database errors.
    pub async fn destinations_after(
        &self,
        institution: InstitutionId,
        after: OccurrenceId,
    ) -> Result<Vec<Destinations>> {
        self.destinations_from(institution, OccurrenceId(after.0.saturating_add(1)), PAGE).await
    }

    /// What the business clock is ahead of the machine's: for stamps that are taken while the database may be away.
    ///
    /// # Errors
    /// Database errors.
    pub async fn clock_offset(&self) -> Result<TimeDelta> {
        self.unscoped(|mut tx| async move {
            let offset_us: i64 =
                sqlx::query_scalar("SELECT clock_offset_us FROM installation").fetch_one(&mut *tx).await?;
            Ok(TimeDelta::microseconds(offset_us))
        })
        .await
    }

    async fn destinations_from(
        &self,
        institution: InstitutionId,
        first: OccurrenceId,
        launches: i64,
    ) -> Result<Vec<Destinations>> {
        self.scoped(institution, move |mut tx| async move {
            let rows = sqlx::query_as::<_, Row>(include_str!("link/destinations.sql"))
                .bind(institution.0)
                .bind(first.0)
                .bind(launches)
                .fetch_all(tx.connection().await?)
                .await?;
            let found = rows
                .into_iter()
                .map(|row| Destinations { occurrence: OccurrenceId(row.occurrence_id), urls: row.urls })
                .collect();
            tx.roll_back(found).await
        })
        .await
    }
}

#[derive(FromRow)]
struct Row {
    occurrence_id: i32,
    urls: Vec<String>,
}
