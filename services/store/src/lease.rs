//! Leases whose holder will not report any more.
//!
//! Recovery looks at the owner, never at the age of a lease alone. Of a worker that *ended* everything that was on the wire
//! has been recorded: what it still holds was never sent and is released. Of a worker on a host that is *lost*, and that
//! has been silent for a quarter of an hour, nobody knows: its leases become `unknown`, and marketing is not sent again.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;
use model::ids::{ContactId, InstitutionId, OccurrenceId};
use model::vocabulary::Channel;
use sqlx::FromRow;
use uuid::Uuid;

use crate::claim::Lease;
use crate::result::{Ending, Report};
use crate::{Result, Store};

/// After so long without a beat the leases of a lost host are given up.
const GIVEN_UP_AFTER: TimeDelta = TimeDelta::minutes(15);
/// Leases in one look.
const AT_ONCE: i64 = 5_000;

/// What one look recovered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Never sent: they wait for another attempt.
    pub released: u64,
    /// Perhaps sent.
    pub unknown: u64,
}

impl Store {
    /// The leases that a worker has held in one institution for at least `age`: what its successor releases after the
    /// replay, and what a worker compares with its own memory.
    ///
    /// # Errors
    /// Database errors.
    pub async fn leases_of(
        &self,
        institution: InstitutionId,
        worker: Uuid,
        age: Duration,
    ) -> Result<Vec<Lease>> {
        self.scoped(institution, move |mut tx| async move {
            let rows = sqlx::query_as::<_, LeaseRow>(include_str!("lease/of_worker.sql"))
                .bind(institution.0)
                .bind(worker)
                .bind(TimeDelta::from_std(age).unwrap_or(TimeDelta::MAX))
                .fetch_all(tx.connection().await?)
                .await?;
            tx.commit(rows.into_iter().map(LeaseRow::lease).collect::<Result<_>>()?).await
        })
        .await
    }

    /// Ends the leases of workers that ended or are lost, across institutions; `chance` spreads what is tried again. For the
    /// dispatcher's role.
    ///
    /// # Errors
    /// Database errors; what was recovered before stays so.
    pub async fn recover_leases(&self, chance: u32) -> Result<Recovered> {
        let orphans: Vec<OrphanRow> = self
            .unscoped(|mut tx| async move {
                let found = sqlx::query_as(include_str!("lease/orphans.sql"))
                    .bind(GIVEN_UP_AFTER)
                    .bind(AT_ONCE)
                    .fetch_all(&mut *tx)
                    .await?;
                tx.commit().await?;
                Ok(found)
            })
            .await?;
        let mut recovered = Recovered::default();
        for ((institution, lost), reports) in grouped(orphans, chance)? {
            let ended = self.record(institution, reports).await?.attempts;
            match lost {
                true => recovered.unknown += ended,
                false => recovered.released += ended,
            }
        }
        Ok(recovered)
    }
}

/// One batch for each institution and fate.
fn grouped(orphans: Vec<OrphanRow>, chance: u32) -> Result<BTreeMap<(InstitutionId, bool), Vec<Report>>> {
    let mut batches: BTreeMap<_, Vec<Report>> = BTreeMap::new();
    for OrphanRow { institution_id, lost, lease } in orphans {
        let ending = if lost { Ending::Unknown } else { Ending::Released };
        let report = Report::without_reply(lease.lease()?, ending, chance);
        batches.entry((InstitutionId(institution_id), lost)).or_default().push(report);
    }
    Ok(batches)
}

#[derive(FromRow)]
struct LeaseRow {
    occurrence_id: i32,
    contact_id: i64,
    channel: i16,
    attempts: i16,
    claim_token: Uuid,
}

impl LeaseRow {
    fn lease(self) -> Result<Lease> {
        Ok(Lease {
            occurrence: OccurrenceId(self.occurrence_id),
            contact: ContactId(self.contact_id),
            channel: Channel::try_from(self.channel)?,
            attempt_no: self.attempts,
            token: self.claim_token,
        })
    }
}

#[derive(FromRow)]
struct OrphanRow {
    institution_id: i32,
    lost: bool,
    #[sqlx(flatten)]
    lease: LeaseRow,
}
