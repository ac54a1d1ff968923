//! A migrated private database for tests (feature `testing`).
//!
//! One throw-away PostgreSQL per test process, migrated once; each [`Database`] is a copy of it, so tests run side by side and
//! see nothing of each other. The server ends with the process. Panics are the errors here: a test without a database has failed.
//! Not for programs: nothing here is compiled without the feature.
#![expect(clippy::expect_used, reason = "set-up of tests: a database that does not start is a failed test")]

pub mod matching;
pub mod theatre;
mod sent;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use model::address::AddressKeys;
use model::ambient::Entropy;
use model::ids::InstitutionId;
use model::keys::{KEY_BYTES, KeyId, KeyRing, SecretKey};
use model::pack::{Pack, PerChannel};
use model::policy::Policy;
use model::vocabulary::{ClickTracking, UnsetMeans};
use servers::postgres::{PostgresOptions, PrivatePostgres};
use sha2::{Digest as _, Sha256};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::institution::{self, NewInstitution};
use crate::migrate::{self, Mode};
use crate::{Connect, Role, Store};

pub use sent::Sent;

static SERVER: OnceCell<PrivatePostgres> = OnceCell::const_new();
static NEXT: AtomicU64 = AtomicU64::new(1);
const TEMPLATE: &str = "rappel_template";

/// A database of its own, empty but for the schema.
#[derive(Clone, Debug)]
pub struct Database {
    /// How to reach it as its owner, who sees everything: for assertions and for damage.
    pub owner: PgConnectOptions,
    /// The application's role.
    pub app: Store,
    /// The dispatcher's role.
    pub dispatcher: Store,
}

impl Database {
    /// Copies the migrated template. The first call of a process starts the server, which takes a few seconds.
    pub async fn fresh() -> Self {
        let server = SERVER.get_or_init(start).await;
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let mut maintenance =
            options(server, "postgres", "postgres").connect().await.expect("the server answers");
        copy_template(&mut maintenance, &name).await;
        maintenance.close().await.expect("the connection closes");
        let connect = |user, role| {
            Store::connect(Connect { options: options(server, user, &name), role, pool_size: 8 })
        };
        Self {
            owner: options(server, "postgres", &name),
            app: connect("rappel_app", Role::App).await.expect("the application's role may enter"),
            dispatcher: connect("rappel_dispatcher", Role::Dispatcher)
                .await
                .expect("the dispatcher's role may enter"),
        }
    }

    /// How another process or pool reaches it under `role`.
    #[must_use]
    pub fn options(&self, role: Role) -> PgConnectOptions {
        match role {
            Role::App => self.owner.clone().username("rappel_app"),
            Role::Dispatcher => self.owner.clone().username("rappel_dispatcher"),
        }
    }

    /// Creates a French institution in Paris where unset means `explicit`, with clicks tracked unless refused.
    pub async fn institution(&self, code: &str) -> InstitutionId {
        self.institution_where(code, UnsetMeans::Explicit).await
    }

    /// The same with another meaning of unset.
    pub async fn institution_where(&self, code: &str, unset_email: UnsetMeans) -> InstitutionId {
        let new = NewInstitution {
            public_id: SeededEntropy::new(code).uuid(),
            code: code.to_owned(),
            name: format!("Théâtre {code}"),
            zone: "Europe/Paris".to_owned(),
            pack: Pack::find("FR", chrono::NaiveDate::MIN).expect("the French pack reads"),
            policy: Policy {
                unset: PerChannel { email: unset_email, ..PerChannel::of(|_| UnsetMeans::Explicit) },
                unset_reason: Some("2026-01-05, for tests".to_owned()),
                retention_months: 36,
                consent_age: 15,
                click_tracking: ClickTracking::UnlessRefused,
            },
            by: "test".to_owned(),
        };
        institution::create(&self.owner, &new).await.expect("the institution is created")
    }

    /// Sets the business clock to `instant`, from which it goes on with the machine's.
    pub async fn set_business_clock(&self, instant: DateTime<Utc>) {
        let mut connection = self.owner.connect().await.expect("the owner may enter");
        let now: DateTime<Utc> = sqlx::query_scalar("SELECT clock_timestamp()")
            .fetch_one(&mut connection)
            .await
            .expect("the server knows the time");
        connection.close().await.expect("the connection closes");
        let offset = (instant - now).num_microseconds().expect("an offset of less than 290,000 years");
        migrate::set_clock_offset(&self.owner, offset)
            .await
            .expect("a test installation's clock may be moved");
    }
}

/// The same "random" bytes for the same seed, each call after the last.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: [u8; 32],
    block: Mutex<u64>,
}

impl SeededEntropy {
    /// A sequence of its own for each seed.
    #[must_use]
    pub fn new(seed: &str) -> Self {
        Self { seed: Sha256::digest(seed).into(), block: Mutex::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let mut block = self.block.lock().expect("nobody panics with this lock");
        for part in bytes.chunks_mut(32) {
            *block += 1;
            let digest = Sha256::new_with_prefix(self.seed).chain_update(block.to_le_bytes()).finalize();
            part.copy_from_slice(&digest[..part.len()]);
        }
    }
}

/// The address keys of `institution` under one fixed key.
#[must_use]
pub fn address_keys(institution: InstitutionId) -> AddressKeys {
    let ring =
        KeyRing::new((KeyId(1), SecretKey::new([7; KEY_BYTES])), Vec::new()).expect("one key repeats no id");
    AddressKeys::for_institution(&ring, institution)
}

async fn start() -> PrivatePostgres {
    let wanted = PostgresOptions::throw_away().with("max_connections", "300").with("max_wal_size", "2GB");
    let server = tokio::task::spawn_blocking(move || PrivatePostgres::start(&wanted))
        .await
        .expect("starting does not panic")
        .expect("a private PostgreSQL starts");
    let mut maintenance =
        options(&server, "postgres", "postgres").connect().await.expect("the server answers");
    sqlx::query("CREATE DATABASE rappel_template")
        .execute(&mut maintenance)
        .await
        .expect("the template is created");
    maintenance.close().await.expect("the connection closes");
    migrate::migrate(&options(&server, "postgres", TEMPLATE), Mode::Test, Uuid::from_u128(1))
        .await
        .expect("the migrations apply");
    server
}

fn options(server: &PrivatePostgres, user: &str, database: &str) -> PgConnectOptions {
    let address = server.address();
    PgConnectOptions::new_without_pgpass()
        .socket(address.socket_dir)
        .port(address.port)
        .username(user)
        .database(database)
        .disable_statement_logging()
}

/// A file copy: a database of this size is made faster so than through the log.
#[expect(
    clippy::disallowed_methods,
    reason = "the name is made here, and CREATE DATABASE takes no parameter"
)]
async fn copy_template(maintenance: &mut sqlx::PgConnection, name: &str) {
    let statement = format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY");
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(maintenance).await.expect("the template is copied");
}
