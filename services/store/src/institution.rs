//! Institutions: the silos, and the policy that each chose when it was created.

use model::ids::InstitutionId;
use model::pack::{ClickTracking, Pack};
use model::vocabulary::UnsetMeans;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Row as _};
use uuid::Uuid;

use crate::{Result, Store, StoreError, Tx};

/// What must be said to create an institution. There is no silent default for what an unset answer means.
#[derive(Clone, Debug)]
pub struct NewInstitution {
    /// Random id for the API.
    pub public_id: Uuid,
    /// Short name on the command line.
    pub code: String,
    /// The name that contacts know.
    pub name: String,
    /// IANA time zone.
    pub zone: String,
    /// Country pack.
    pub pack: Pack,
    /// What unset means for marketing by email.
    pub unset_email: UnsetMeans,
    /// The privacy officer's dated reason; required for `refusals_only`.
    pub unset_reason: Option<String>,
    /// Months without activity; the pack's figure or less.
    pub retention_months: u32,
    /// `None`: the pack's default.
    pub click_tracking: Option<ClickTracking>,
}

/// The policy in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What unset means for marketing by email.
    pub unset_email: UnsetMeans,
    /// Months without activity after which a contact is not kept.
    pub retention_months: u32,
    /// From this age a person consents alone.
    pub consent_age: u8,
    /// Whether links are tracked for a contact who was never asked.
    pub click_tracking: ClickTracking,
}

/// Creates an institution, as the owner of the database.
///
/// # Errors
/// [`StoreError::Refused`] when the policy is looser than the pack, the zone is unknown or the code is taken; database errors.
pub async fn create(owner: &PgConnectOptions, new: &NewInstitution) -> Result<InstitutionId> {
    check(new)?;
    let mut connection = owner.connect().await?;
    let id = sqlx::query_scalar(
        "INSERT INTO institution
            (public_id, code, name, zone, pack, unset_email, unset_reason, retention_months, consent_age, click_tracking)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         RETURNING institution_id",
    )
    .bind(new.public_id)
    .bind(&new.code)
    .bind(&new.name)
    .bind(&new.zone)
    .bind(&new.pack.code)
    .bind(new.unset_email.number())
    .bind(&new.unset_reason)
    .bind(i32::try_from(new.retention_months).unwrap_or(i32::MAX))
    .bind(i16::from(new.pack.consent_age))
    .bind(new.click_tracking.unwrap_or(new.pack.click_tracking) as i16)
    .fetch_one(&mut connection)
    .await
    .map_err(|error| taken(error, &new.code))?;
    Ok(InstitutionId(id))
}

fn taken(error: sqlx::Error, code: &str) -> StoreError {
    match error.as_database_error() {
        Some(refusal) if refusal.is_unique_violation() => {
            StoreError::Refused(format!("code: there is an institution {code} already; choose another code"))
        }
        _ => error.into(),
    }
}

fn check(new: &NewInstitution) -> Result<()> {
    let refuse = |text: String| Err(StoreError::Refused(text));
    if new.zone.parse::<chrono_tz::Tz>().is_err() {
        return refuse(format!("zone: {} is no IANA time zone; write one like Europe/Paris", new.zone));
    }
    if new.retention_months == 0 || new.retention_months > new.pack.retention_months {
        return refuse(format!(
            "retention_months: the {} pack allows 1 to {}",
            new.pack.code, new.pack.retention_months
        ));
    }
    if !new.pack.unset_email.contains(&new.unset_email) {
        return refuse(format!("unset_email: the {} pack does not allow {}", new.pack.code, new.unset_email));
    }
    if new.unset_email == UnsetMeans::RefusalsOnly && new.unset_reason.is_none() {
        return refuse("unset_reason: refusals_only needs the privacy officer's dated reason".to_owned());
    }
    Ok(())
}

impl Store {
    /// The institution with this code.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when there is none.
    pub async fn institution(&self, code: &str) -> Result<InstitutionId> {
        let wanted = code.to_owned();
        let found: Option<i32> = self
            .unscoped(|mut tx| async move {
                Ok(sqlx::query_scalar("SELECT institution_id FROM institution WHERE code = $1")
                    .bind(wanted)
                    .fetch_optional(&mut *tx)
                    .await?)
            })
            .await?;
        found
            .map(InstitutionId)
            .ok_or_else(|| StoreError::Refused(format!("there is no institution with code {code}")))
    }

    /// Every institution, for the services that walk over all of them.
    ///
    /// # Errors
    /// Database errors.
    pub async fn institutions(&self) -> Result<Vec<InstitutionId>> {
        let ids: Vec<i32> = self
            .unscoped(|mut tx| async move {
                Ok(sqlx::query_scalar("SELECT institution_id FROM institution ORDER BY 1")
                    .fetch_all(&mut *tx)
                    .await?)
            })
            .await?;
        Ok(ids.into_iter().map(InstitutionId).collect())
    }
}

impl Tx {
    /// The policy in force now.
    ///
    /// # Errors
    /// [`StoreError::UnknownValue`] when a newer release wrote it.
    pub async fn policy(&mut self) -> Result<Policy> {
        let institution = self.institution().0;
        let row = sqlx::query(
            "SELECT unset_email, retention_months, consent_age, click_tracking FROM institution WHERE institution_id = $1",
        )
        .bind(institution)
        .fetch_one(self.connection().await?)
        .await?;
        Ok(Policy {
            unset_email: UnsetMeans::try_from(row.get::<i16, _>(0))?,
            retention_months: u32::try_from(row.get::<i32, _>(1)).unwrap_or(0),
            consent_age: u8::try_from(row.get::<i16, _>(2)).unwrap_or(u8::MAX),
            click_tracking: match row.get::<i16, _>(3) {
                0 => ClickTracking::UnlessRefused,
                1 => ClickTracking::OnlyIfGranted,
                2 => ClickTracking::Off,
                other => return Err(StoreError::UnknownValue(format!("click tracking {other}"))),
            },
        })
    }
}
