//! PostgreSQL and RabbitMQ for installations: shared where a test leaves them alone, exclusive where it breaks them.
//!
//! One PostgreSQL serves the whole test process, with a database for each installation, copied from one that the
//! product's own `migrate` made. A broker has no place for two installations, so each borrows a node for itself;
//! nodes that come back unharmed are emptied and lent again.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use queues::topology::TOPOLOGY;
use servers::postgres::{PostgresOptions, PrivatePostgres};
use servers::rabbitmq::PrivateRabbit;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::command::rappel;
use super::settings::{Database, Settings};

/// The database that others are copied from.
const TEMPLATE: &str = "template_rappel";

static SHARED: OnceLock<PrivatePostgres> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(1);
static IDLE_BROKERS: Mutex<Vec<PrivateRabbit>> = Mutex::new(Vec::new());

/// Where an installation's database lives.
#[derive(Debug)]
pub enum Postgres {
    /// With those of other tests.
    Shared(&'static PrivatePostgres),
    /// On a server that this test may stop and kill.
    Own(Box<PrivatePostgres>),
}

impl Postgres {
    pub fn shared() -> Self {
        Self::Shared(SHARED.get_or_init(start))
    }

    pub fn own() -> Self {
        Self::Own(Box::new(start()))
    }

    pub fn server(&self) -> &PrivatePostgres {
        match self {
            Self::Shared(server) => server,
            Self::Own(server) => server,
        }
    }

    /// The server, to be broken.
    pub fn own_server(&mut self) -> &mut PrivatePostgres {
        match self {
            Self::Shared(_) => panic!("other tests use this server; ask for one of your own"),
            Self::Own(server) => server,
        }
    }

    /// A migrated database without content, and its name.
    pub fn database(&self) -> String {
        let name = format!("rappel_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        copy(self.server(), TEMPLATE, &name);
        name
    }

    /// A database without anything, and its name.
    pub fn bare_database(&self) -> String {
        let name = format!("rappel_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        copy(self.server(), "template0", &name);
        name
    }

    pub fn options(&self, database: &str) -> PgConnectOptions {
        options(self.server(), database)
    }
}

fn start() -> PrivatePostgres {
    let wanted = PostgresOptions::throw_away().with("max_connections", "200").with("max_wal_size", "2GB");
    let server = PrivatePostgres::start(&wanted).unwrap();
    copy(&server, "template0", TEMPLATE);
    let folder = servers::TemporaryFolder::open_to_all("rappel-e2e").unwrap();
    let settings =
        Settings { database: Database::on(&server, TEMPLATE), ..Settings::nowhere(folder.path()) }.write();
    rappel(Some(&settings), &[], &["migrate", "--test"]).said();
    super::invariants::watch_transitions(&options(&server, TEMPLATE));
    server
}

/// A private node, lent to one installation at a time.
#[derive(Debug)]
pub struct Broker(Option<PrivateRabbit>);

impl Broker {
    /// A node without queues.
    pub fn borrow() -> Self {
        let idle = IDLE_BROKERS.lock().unwrap().pop();
        let node = idle.unwrap_or_else(|| PrivateRabbit::start().unwrap());
        forget_queues(&node.url());
        Self(Some(node))
    }

    pub fn url(&self) -> String {
        self.0.as_ref().unwrap().url()
    }

    /// The node, to be broken; whoever does so starts it again.
    pub fn node(&mut self) -> &mut PrivateRabbit {
        self.0.as_mut().unwrap()
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let Some(node) = self.0.take() else { return };
        if !std::thread::panicking() && node.pid().is_some() {
            IDLE_BROKERS.lock().unwrap().push(node);
        }
    }
}

/// What an earlier installation left: its topology is declared anew by the next one.
fn forget_queues(url: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let connection =
            lapin::Connection::connect(url, lapin::ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        for queue in &TOPOLOGY.queues {
            channel
                .queue_delete(queue.name.into(), lapin::options::QueueDeleteOptions::default())
                .await
                .unwrap();
        }
        connection.close(200, "done".into()).await.unwrap();
    });
}

/// The keys of an installation: made once by the product, since RSA keys take their time, and copied.
pub fn keys_into(state: &Path) {
    static MADE: OnceLock<Vec<(OsString, Vec<u8>)>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let folder = servers::TemporaryFolder::open_to_all("rappel-e2e").unwrap();
        let settings = Settings::nowhere(folder.path()).write();
        rappel(Some(&settings), &[], &["keys"]).said();
        let keys = fs::read_dir(folder.path().join("state/keys")).unwrap().flatten();
        keys.map(|key| (key.file_name(), fs::read(key.path()).unwrap())).collect()
    });
    fs::create_dir_all(state.join("keys")).unwrap();
    for (name, key) in made {
        fs::write(state.join("keys").join(name), key).unwrap();
    }
}

fn options(server: &PrivatePostgres, database: &str) -> PgConnectOptions {
    let address = server.address();
    PgConnectOptions::new_without_pgpass()
        .socket(address.socket_dir)
        .port(address.port)
        .username(address.superuser)
        .database(database)
        .disable_statement_logging()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the names are made here, and CREATE DATABASE takes no parameter"
)]
fn copy(server: &PrivatePostgres, template: &str, name: &str) {
    let statement = format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY");
    let maintenance = options(server, "postgres");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = maintenance.connect().await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}
