//! The pool under one role, and the scoped transaction.

mod plan;

use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use model::ids::InstitutionId;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Acquire as _, PgConnection, Postgres, Transaction};

pub(crate) use self::plan::PLAN_BY_KEY;
use crate::migrate::MIGRATOR;
use crate::{Result, StoreError};

/// As whom a program speaks to the database; each role sees only what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// One silo at a time: everything inside it.
    App,
    /// All silos, but only outbox, launch and worker; messages and attempts one silo at a time.
    Dispatcher,
}

/// Where the database is and how to enter it.
#[derive(Clone, Debug)]
pub struct Connect {
    /// Place, user, password, database.
    pub options: PgConnectOptions,
    /// As whom.
    pub role: Role,
    /// Most connections of this pool.
    pub pool_size: u32,
}

/// A pool of connections under one role. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pool: PgPool,
}

/// Work that ended its transaction, one way or the other. Only [`Tx::commit`] and [`Tx::roll_back`] make one, so a scoped
/// closure cannot forget to decide.
#[derive(Debug)]
pub struct Finished<T>(T);

/// A transaction inside one institution's silo.
#[derive(Debug)]
pub struct Tx {
    inner: Transaction<'static, Postgres>,
    institution: InstitutionId,
    machine_now: DateTime<Utc>,
    offset: TimeDelta,
    zone: Tz,
}

impl Store {
    /// Connects, and refuses a role that could see across silos and a schema of another version.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] within five seconds, [`StoreError::UnsafeRole`], [`StoreError::SchemaVersion`].
    pub async fn connect(connect: Connect) -> Result<Self> {
        let Connect { options, role, pool_size } = connect;
        let place = place(&options);
        let pool = PgPoolOptions::new()
            .max_connections(pool_size)
            .acquire_timeout(Duration::from_secs(5))
            // sqlx 0.9.0: a cancelled begin() leaves a transaction open on the pooled connection (launchbadge/sqlx#4394).
            .after_release(|connection, _| {
                Box::pin(async move {
                    sqlx::query("ROLLBACK").execute(connection).await?;
                    Ok(true)
                })
            })
            .connect_with(guarded(options))
            .await
            .map_err(|error| StoreError::Unreachable { place, reason: error.to_string() })?;
        let store = Self { pool };
        store.check_role(role).await?;
        store.check_schema().await?;
        Ok(store)
    }

    /// Runs `work` in one transaction of one institution, in a task that is never aborted: a caller who goes away does not
    /// interrupt it. Business time and zone are read with the first statement.
    ///
    /// # Errors
    /// What `work` returns; [`StoreError::NoInstitution`]; database errors.
    pub async fn scoped<T, Work, Doing>(&self, institution: InstitutionId, work: Work) -> Result<T>
    where
        Work: FnOnce(Tx) -> Doing + Send + 'static,
        Doing: Future<Output = Result<Finished<T>>> + Send + 'static,
        T: Send + 'static,
    {
        let pool = self.pool.clone();
        let task = tokio::spawn(async move { work(Tx::begin(&pool, institution).await?).await });
        task.await.map_err(|_| StoreError::Lost)?.map(|Finished(value)| value)
    }

    /// Runs `work` in a transaction outside every silo: installation-wide tables only. Same guarantees as [`Self::scoped`].
    ///
    /// # Errors
    /// What `work` returns; database errors.
    pub async fn unscoped<T, Work, Doing>(&self, work: Work) -> Result<T>
    where
        Work: FnOnce(Transaction<'static, Postgres>) -> Doing + Send + 'static,
        Doing: Future<Output = Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        let pool = self.pool.clone();
        let task = tokio::spawn(async move { work(pool.begin().await?).await });
        task.await.map_err(|_| StoreError::Lost)?
    }

    /// Closes every connection, waiting for those in use.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn check_schema(&self) -> Result<()> {
        const UNDEFINED_TABLE: &str = "42P01";
        let needed = MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or(0);
        let found: sqlx::Result<Option<i64>> =
            sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
                .fetch_one(&self.pool)
                .await;
        match found {
            Ok(Some(found)) if found == needed => Ok(()),
            Ok(found) => Err(StoreError::SchemaVersion { found: found.unwrap_or(0), needed }),
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(UNDEFINED_TABLE) => {
                Err(StoreError::SchemaVersion { found: 0, needed })
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn check_role(&self, role: Role) -> Result<()> {
        let (group, other) = match role {
            Role::App => ("rappel_app", "rappel_dispatcher"),
            Role::Dispatcher => ("rappel_dispatcher", "rappel_app"),
        };
        let (name, powerful, owner, member, both): (String, bool, bool, bool, bool) = sqlx::query_as(
            "SELECT r.rolname::text, r.rolsuper OR r.rolbypassrls,
                    EXISTS (SELECT FROM pg_class c WHERE c.relname = 'contact' AND pg_has_role(r.oid, c.relowner, 'MEMBER')),
                    EXISTS (SELECT FROM pg_roles g WHERE g.rolname = $1 AND pg_has_role(r.oid, g.oid, 'USAGE')),
                    EXISTS (SELECT FROM pg_roles g WHERE g.rolname = $2 AND pg_has_role(r.oid, g.oid, 'MEMBER'))
             FROM pg_roles r WHERE r.rolname = current_user",
        )
        .bind(group)
        .bind(other)
        .fetch_one(&self.pool)
        .await?;
        let why = match (powerful, owner, member, both) {
            (true, ..) => "is a superuser or has BYPASSRLS",
            (_, true, ..) => "owns the tables",
            (_, _, false, _) => "is not a member of the role that this program needs",
            // The policies of both groups would add up: the dispatcher's show the launches of every institution.
            (_, _, _, true) => "is a member of both rappel_app and rappel_dispatcher",
            (false, false, true, false) => return Ok(()),
        };
        Err(StoreError::UnsafeRole { role: name, why })
    }
}

/// Host or socket folder, and port: where a person looks for the database.
pub(crate) fn place(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(folder) => format!("{}:{}", folder.display(), options.get_port()),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}

/// Limits live in the server, where they hold even when this process is stopped.
fn guarded(options: PgConnectOptions) -> PgConnectOptions {
    options.application_name("rappel").options([
        ("statement_timeout", "60s"),
        ("lock_timeout", "20s"),
        ("idle_in_transaction_session_timeout", "60s"),
        ("tcp_user_timeout", "10s"),
    ])
}

impl Tx {
    async fn begin(pool: &PgPool, institution: InstitutionId) -> Result<Self> {
        let mut inner = pool.begin().await?;
        let (machine_now, offset_us, zone): (DateTime<Utc>, i64, String) = sqlx::query_as(
            "SELECT clock_timestamp(), i.clock_offset_us, n.zone
             FROM installation i, institution n, set_config('rappel.institution', $1::text, true)
             WHERE n.institution_id = $1::int",
        )
        .bind(institution.0)
        .fetch_optional(&mut *inner)
        .await?
        .ok_or(StoreError::NoInstitution(institution))?;
        let zone = zone.parse().map_err(|_| StoreError::UnknownValue(format!("time zone {zone}")))?;
        Ok(Self { inner, institution, machine_now, offset: TimeDelta::microseconds(offset_us), zone })
    }

    /// The silo.
    #[must_use]
    pub const fn institution(&self) -> InstitutionId {
        self.institution
    }

    /// The business clock at the start of this transaction: due dates, expiry, consent, the Date header.
    #[must_use]
    pub fn business_now(&self) -> DateTime<Utc> {
        self.machine_now + self.offset
    }

    /// What the business clock is ahead of the machine's.
    #[must_use]
    pub const fn clock_offset(&self) -> TimeDelta {
        self.offset
    }

    /// The business day in the institution's zone.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.business_now().with_timezone(&self.zone).date_naive()
    }

    /// The last instant of a day in the institution's zone.
    #[must_use]
    pub fn end_of(&self, day: NaiveDate) -> DateTime<Utc> {
        let next = day.succ_opt().and_then(|next| next.and_hms_opt(0, 0, 0));
        let start = next.and_then(|midnight| midnight.and_local_timezone(self.zone).earliest());
        // A midnight that the clocks jump over, and the end of the calendar: the same in Greenwich.
        let start = start.map(|midnight| midnight.to_utc()).or(next.map(|midnight| midnight.and_utc()));
        start.map_or(DateTime::<Utc>::MAX_UTC, |midnight| midnight - TimeDelta::microseconds(1))
    }

    /// The institution's zone.
    #[must_use]
    pub const fn zone(&self) -> Tz {
        self.zone
    }

    /// What targets are compiled for.
    pub(crate) fn audience_scope(&self) -> audience::Scope {
        audience::Scope { institution: self.institution, today: self.today(), zone: self.zone }
    }

    /// The machine clock now, taken by the primary: after a lock, this orders it against other transactions.
    ///
    /// # Errors
    /// Database errors.
    pub async fn machine_stamp(&mut self) -> Result<DateTime<Utc>> {
        Ok(sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(self.connection().await?).await?)
    }

    /// The connection, for statements of this crate.
    pub(crate) async fn connection(&mut self) -> Result<&mut PgConnection> {
        Ok(self.inner.acquire().await?)
    }

    /// Makes the work true.
    ///
    /// # Errors
    /// Database errors; then nothing was applied, or, when the connection broke, the outcome must be looked up.
    pub async fn commit<T>(self, value: T) -> Result<Finished<T>> {
        self.inner.commit().await?;
        Ok(Finished(value))
    }

    /// Undoes the work and returns what was learned: dry runs and refused requests.
    ///
    /// # Errors
    /// Database errors.
    pub async fn roll_back<T>(self, value: T) -> Result<Finished<T>> {
        self.inner.rollback().await?;
        Ok(Finished(value))
    }
}
