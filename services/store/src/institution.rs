//! Institutions: the silos.

use model::ids::InstitutionId;
use model::pack::Pack;
use model::policy::Policy;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use uuid::Uuid;

use crate::{Result, Store, StoreError, policy};

/// What must be said to create an institution.
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
    /// What it chooses within the pack.
    pub policy: Policy,
    /// The person who creates it.
    pub by: String,
}

/// Creates an institution, as the owner of the database.
///
/// # Errors
/// [`StoreError::Refused`] when the policy is looser than the pack, the zone is unknown or the code is taken; database errors.
pub async fn create(owner: &PgConnectOptions, new: &NewInstitution) -> Result<InstitutionId> {
    check(new)?;
    let mut connection = owner.connect().await?;
    let mut tx = connection.begin().await?;
    let id: i32 = sqlx::query_scalar(
        "INSERT INTO institution (public_id, code, name, zone, pack) VALUES ($1, $2, $3, $4, $5) RETURNING institution_id",
    )
    .bind(new.public_id)
    .bind(&new.code)
    .bind(&new.name)
    .bind(&new.zone)
    .bind(&new.pack.code)
    .fetch_one(&mut *tx)
    .await
    .map_err(|error| taken(error, &new.code))?;
    policy::first(&mut tx, InstitutionId(id), &new.policy, &new.by).await?;
    tx.commit().await?;
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
    if new.zone.parse::<chrono_tz::Tz>().is_err() {
        return Err(StoreError::Refused(format!(
            "zone: {} is no IANA time zone; write one like Europe/Paris",
            new.zone
        )));
    }
    policy::accept(&new.policy, &new.pack)
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
