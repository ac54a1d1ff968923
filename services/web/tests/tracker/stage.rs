//! A tracker with its folder and its database, and a message that was accepted an hour ago.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use content::pages::Pages;
use model::ambient::Clock;
use model::ids::{ContactId, LinkNo};
use model::keys::{KEY_BYTES, KeyId, KeyRing, SecretKey};
use model::token::{Token, TokenKeys, TokenPurpose};
use model::vocabulary::Channel;
use servers::postgres::{PostgresOptions, PrivatePostgres};
use spool::hits::HitRecord;
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use store::migrate::{self, Mode};
use store::testing::{Database, SeededEntropy, Sent};
use store::{Connect, Role, Store};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use web::{Tracker, TrackerParts, serve};

pub const LINKS: [&str; 3] = ["https://a.example/?x=1&y=%20", "https://b.example/", "https://c.example/"];

static RUNS: AtomicU64 = AtomicU64::new(0);

pub fn accepted_at() -> DateTime<Utc> {
    "2000-01-15T08:00:00Z".parse().unwrap()
}

pub struct MachineClock;

impl Clock for MachineClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the business clock of the database is placed by the machine's"
    )]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

pub fn keys_under(secret: u8) -> TokenKeys {
    TokenKeys::new(KeyRing::new((KeyId(1), SecretKey::new([secret; KEY_BYTES])), Vec::new()).unwrap())
}

pub fn keys() -> TokenKeys {
    keys_under(1)
}

pub fn token(sent: &Sent, contact: i64, purpose: TokenPurpose, link: i16) -> Token {
    Token {
        purpose,
        channel: Channel::Email,
        do_not_record: false,
        institution: sent.institution,
        occurrence: sent.occurrence,
        contact: ContactId(contact),
        link: LinkNo(link),
    }
}

/// The path of a tracked link.
pub fn link(sent: &Sent, contact: i64, link: i16) -> String {
    format!("/l/{}", token(sent, contact, TokenPurpose::Click, link).seal(&keys()))
}

/// The path of the unsubscribe link.
pub fn unsubscribe(sent: &Sent, contact: i64) -> String {
    format!("/u/{}", token(sent, contact, TokenPurpose::Unsubscribe, 0).seal(&keys()))
}

pub struct Stage {
    pub database: Database,
    pub sent: Sent,
    pub folder: TempDir,
    pub tracker: Tracker,
    pub server: SocketAddr,
    stop: CancellationToken,
}

/// How to open a tracker.
pub struct Opening {
    pub keys: TokenKeys,
    pub store: Option<Store>,
    pub trusted_proxies: Vec<IpAddr>,
}

impl Stage {
    /// On the database server that all tests share.
    pub async fn set() -> Self {
        Self::on(Database::fresh().await).await
    }

    pub async fn on(database: Database) -> Self {
        let institution = database.institution("tracker").await;
        let sent = database.sent(institution, 1..=5, &LINKS, accepted_at()).await;
        database.set_business_clock(accepted_at() + TimeDelta::hours(1)).await;
        let folder = tempfile::tempdir().unwrap();
        let opening =
            Opening { keys: keys(), store: Some(database.app.clone()), trusted_proxies: Vec::new() };
        let tracker = open(&database, &folder, opening);
        let (server, stop) = listen(&tracker).await;
        Self { database, sent, folder, tracker, server, stop }
    }

    /// As after `kill -9`: the tracker is gone without a word, its folder is still there.
    pub async fn kill(self) -> (Database, Sent, TempDir) {
        let Self { database, sent, folder, tracker, server: _, stop } = self;
        stop.cancel();
        let spool = Arc::downgrade(&tracker.hit_spool());
        drop(tracker);
        // The connections let go of it, and with it of the locks, as soon as they have ended.
        while spool.upgrade().is_some() {
            tokio::task::yield_now().await;
        }
        (database, sent, folder)
    }

    /// Kills it and opens it again.
    pub async fn open_again(self, opening: Opening) -> Self {
        let (database, sent, folder) = self.kill().await;
        let tracker = open(&database, &folder, opening);
        let (server, stop) = listen(&tracker).await;
        Self { database, sent, folder, tracker, server, stop }
    }

    /// The hits in the spool.
    pub async fn hits(&self) -> Vec<HitRecord> {
        self.tracker.flush().await;
        let spool = self.tracker.hit_spool();
        spool.read(spool.spool().first()).unwrap().map(|entry| entry.unwrap().record).collect()
    }

    pub async fn count(&self, query: &'static str) -> i64 {
        count(&self.database, query).await
    }
}

pub async fn count(database: &Database, query: &'static str) -> i64 {
    let mut owner = database.owner.connect().await.unwrap();
    sqlx::query_scalar(query).fetch_one(&mut owner).await.unwrap()
}

fn open(database: &Database, folder: &TempDir, opening: Opening) -> Tracker {
    Tracker::open(TrackerParts {
        folder: folder.path().to_owned(),
        host: "test".to_owned(),
        database: Connect { options: database.options(Role::App), role: Role::App, pool_size: 4 },
        store: opening.store,
        keys: opening.keys,
        pages: Pages::new().unwrap(),
        clock: Arc::new(MachineClock),
        // Another one for each run, as chance is.
        entropy: Arc::new(SeededEntropy::new(&format!("run {}", RUNS.fetch_add(1, Ordering::Relaxed)))),
        trusted_proxies: opening.trusted_proxies,
    })
    .unwrap()
}

async fn listen(tracker: &Tracker) -> (SocketAddr, CancellationToken) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (server, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    tokio::spawn(serve(listener, tracker.router(), stop.clone()));
    (server, stop)
}

/// A database on a server of its own, which the test may stop.
pub async fn own_database() -> (PrivatePostgres, Database) {
    let server = tokio::task::spawn_blocking(|| PrivatePostgres::start(&PostgresOptions::throw_away()))
        .await
        .unwrap()
        .unwrap();
    let options = |user: &str| {
        PgConnectOptions::new_without_pgpass()
            .socket(server.socket_dir())
            .port(server.port())
            .username(user)
            .database("postgres")
    };
    let owner = options("postgres");
    migrate::migrate(&owner, Mode::Test, Uuid::from_u128(1)).await.unwrap();
    let connect = |user, role| Store::connect(Connect { options: options(user), role, pool_size: 4 });
    let database = Database {
        app: connect("rappel_app", Role::App).await.unwrap(),
        dispatcher: connect("rappel_dispatcher", Role::Dispatcher).await.unwrap(),
        owner,
    };
    (server, database)
}
