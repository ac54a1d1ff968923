//! Bringing a database up to the schema of this program, as its owner.

use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};
use uuid::Uuid;

use crate::tx::place;
use crate::{Result, StoreError};

/// The files under `migrations/`, embedded.
pub(crate) static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// What an installation is for. Only a demo or a test may move its business clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Real contacts.
    Production,
    /// `rappel demo`.
    Demo,
    /// A private server of the test harness.
    Test,
}

impl Mode {
    const fn word(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Demo => "demo",
            Self::Test => "test",
        }
    }
}

/// Creates the roles and applies what is missing of the schema; harmless when nothing is. `epoch` names a new installation.
///
/// # Errors
/// [`StoreError::Unreachable`]; database errors, with the migration that failed.
pub async fn migrate(owner: &PgConnectOptions, mode: Mode, epoch: Uuid) -> Result<()> {
    let mut connection = owner
        .connect()
        .await
        .map_err(|error| StoreError::Unreachable { place: place(owner), reason: error.to_string() })?;
    create_roles(&mut connection).await?;
    MIGRATOR.run(&mut connection).await.map_err(|error| StoreError::Inconsistent(error.to_string()))?;
    sqlx::query("GRANT SELECT ON _sqlx_migrations TO rappel_app, rappel_dispatcher")
        .execute(&mut connection)
        .await?;
    sqlx::query("INSERT INTO installation (mode, epoch) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(mode.word())
        .bind(epoch)
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    Ok(())
}

/// Roles belong to the whole server: two databases that migrate at once must not collide on them. They may log in, but have
/// no password until the administrator sets one.
async fn create_roles(connection: &mut PgConnection) -> Result<()> {
    let mut tx = connection.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock(hashtext('rappel roles'))").execute(&mut *tx).await?;
    for statement in [
        ("rappel_app", "CREATE ROLE rappel_app LOGIN"),
        ("rappel_dispatcher", "CREATE ROLE rappel_dispatcher LOGIN"),
    ] {
        let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)")
            .bind(statement.0)
            .fetch_one(&mut *tx)
            .await?;
        if !exists {
            sqlx::query(statement.1).execute(&mut *tx).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Moves the business clock of a demo or test installation to `offset_us` microseconds ahead of the machine's.
///
/// # Errors
/// [`StoreError::Refused`] in production.
pub async fn set_clock_offset(owner: &PgConnectOptions, offset_us: i64) -> Result<()> {
    let mut connection = owner.connect().await?;
    let moved = sqlx::query("UPDATE installation SET clock_offset_us = $1 WHERE mode <> 'production'")
        .bind(offset_us)
        .execute(&mut connection)
        .await?
        .rows_affected();
    connection.close().await?;
    match moved {
        0 => Err(StoreError::Refused(
            "the business clock of a production installation cannot be moved".to_owned(),
        )),
        _ => Ok(()),
    }
}
