//! Scores of what contacts buy: computed once a day for institutions that asked for them, by the rule of `model::score`.

use chrono::{DateTime, Months, NaiveDate, Utc};
use model::ids::InstitutionId;
use model::score::WINDOW_MONTHS;
use model::vocabulary::{ActivityKind, Answer, DataUse, HolderRole};
use serde::Serialize;
use sqlx::FromRow;

use crate::{Result, Store, Tx};

/// What an institution has of scores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
pub struct Scored {
    /// The person who asked for them.
    pub wanted_by: String,
    /// Since when.
    pub wanted_at: DateTime<Utc>,
    /// The day whose sales they rank; `None` before the first run.
    pub computed_on: Option<NaiveDate>,
    /// How many contacts have scores.
    pub contacts: i64,
}

/// Asks for scores from now on, and computes them.
///
/// # Errors
/// Database errors.
pub async fn want(tx: &mut Tx, by: &str) -> Result<i64> {
    let (institution, now) = (tx.institution().0, tx.business_now());
    sqlx::query(
        "INSERT INTO score_run (institution_id, wanted_by, wanted_at) VALUES ($1, $2, $3)
         ON CONFLICT (institution_id) DO NOTHING",
    )
    .bind(institution)
    .bind(by)
    .bind(now)
    .execute(tx.connection().await?)
    .await?;
    compute(tx).await
}

/// Forgets every score; none is computed any more.
///
/// # Errors
/// Database errors.
pub async fn forget(tx: &mut Tx) -> Result<()> {
    let institution = tx.institution().0;
    for statement in
        ["DELETE FROM score_run WHERE institution_id = $1", "DELETE FROM score WHERE institution_id = $1"]
    {
        sqlx::query(statement).bind(institution).execute(tx.connection().await?).await?;
    }
    Ok(())
}

/// What there is of scores; `None` when nobody asked for them.
///
/// # Errors
/// Database errors.
pub async fn standing(tx: &mut Tx) -> Result<Option<Scored>> {
    let institution = tx.institution().0;
    Ok(sqlx::query_as(
        "SELECT wanted_by, wanted_at, computed_on, contacts FROM score_run WHERE institution_id = $1",
    )
    .bind(institution)
    .fetch_optional(tx.connection().await?)
    .await?)
}

impl Store {
    /// Computes the scores of this day, when the institution wants some and has those of another day. Returns how many contacts have
    /// scores, or `None` when there was nothing to do.
    ///
    /// # Errors
    /// Database errors.
    pub async fn score_when_due(&self, institution: InstitutionId) -> Result<Option<i64>> {
        self.scoped(institution, move |mut tx| async move {
            // Locked: a second process finds the scores computed.
            let due: Option<i32> = sqlx::query_scalar(include_str!("score/due.sql"))
                .bind(institution.0)
                .bind(tx.today())
                .fetch_optional(tx.connection().await?)
                .await?;
            match due {
                None => tx.roll_back(None).await,
                Some(_) => {
                    let contacts = compute(&mut tx).await?;
                    tx.commit(Some(contacts)).await
                }
            }
        })
        .await
    }
}

/// Ranks the sales up to today; whoever refuses profiling is not among those who are ranked.
async fn compute(tx: &mut Tx) -> Result<i64> {
    tx.plan_for_sets().await?;
    let (institution, today) = (tx.institution().0, tx.today());
    let first = today.checked_sub_months(Months::new(WINDOW_MONTHS)).unwrap_or(NaiveDate::MIN);
    let contacts: i64 = sqlx::query_scalar(include_str!("score/compute.sql"))
        .bind(institution)
        .bind(ActivityKind::Sale.number())
        .bind(HolderRole::Purchaser.number())
        .bind(first)
        .bind(today)
        .bind(DataUse::Profiling.number())
        .bind(Answer::No.number())
        .fetch_one(tx.connection().await?)
        .await?;
    sqlx::query("UPDATE score_run SET computed_on = $2, contacts = $3 WHERE institution_id = $1")
        .bind(institution)
        .bind(today)
        .bind(contacts)
        .execute(tx.connection().await?)
        .await?;
    Ok(contacts)
}
