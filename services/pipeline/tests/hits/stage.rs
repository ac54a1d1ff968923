//! A tracker's spool on one side, the database on the other, and the queue between them in the hands of the test.

use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use model::ambient::Clock;
use model::ids::{ContactId, LinkNo};
use model::keys::{KEY_BYTES, KeyId, KeyRing, SecretKey};
use model::token::{Token, TokenKeys, TokenPurpose};
use model::verdict::{AgentClass, HitMethod, Signals};
use model::vocabulary::Channel;
use pipeline::hits::{Forwarder, ForwarderParts, StoreWhenThere, Taken, Taker};
use pipeline::queue::{Consumer, Delivery, InProcess, Port, Publisher};
use queues::messages::SealedToken;
use queues::topology::{QueueId, TOPOLOGY};
use spool::SpoolId;
use spool::hits::{HitRecord, HitSpool, Seen};
use sqlx::ConnectOptions as _;
use store::testing::{Database, SeededEntropy, Sent};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub const LINKS: [&str; 3] = ["https://a.example/", "https://b.example/", "https://c.example/"];

pub fn accepted_at() -> DateTime<Utc> {
    "2000-01-15T08:00:00Z".parse().unwrap()
}

/// A machine clock that the test moves.
pub struct TestClock(Mutex<DateTime<Utc>>);

impl TestClock {
    pub fn advance(&self, span: TimeDelta) {
        *self.0.lock().unwrap() += span;
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

pub fn keys() -> TokenKeys {
    TokenKeys::new(KeyRing::new((KeyId(1), SecretKey::new([1; KEY_BYTES])), Vec::new()).unwrap())
}

pub struct Stage {
    pub database: Database,
    pub sent: Sent,
    pub spool: Arc<HitSpool>,
    pub folder: TempDir,
    pub queue: InProcess,
    pub clock: Arc<TestClock>,
    pub taker: Taker,
}

impl Stage {
    pub async fn set() -> Self {
        let database = Database::fresh().await;
        let institution = database.institution("hits").await;
        let sent = database.sent(institution, 1..=3, &LINKS, accepted_at()).await;
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock(Mutex::new(accepted_at())));
        Self {
            spool: Arc::new(HitSpool::open(folder.path(), SpoolId(Uuid::from_u128(77))).unwrap()),
            taker: Taker::new(database.app.clone(), keys(), clock.clone()),
            queue: InProcess::new(TOPOLOGY),
            database,
            sent,
            folder,
            clock,
        }
    }

    /// Somebody clicks so many times, a second apart; all of it is durable.
    pub fn clicks(&self, times: usize) {
        for seconds in (0..).take(times) {
            self.append(&self.token(&self.sent, 1), seconds);
        }
        self.spool.spool().sync().unwrap();
    }

    pub fn token(&self, sent: &Sent, contact: i64) -> Token {
        Token {
            purpose: TokenPurpose::Click,
            channel: Channel::Email,
            do_not_record: false,
            institution: sent.institution,
            occurrence: sent.occurrence,
            contact: ContactId(contact),
            link: LinkNo(0),
        }
    }

    pub fn append(&self, token: &Token, seconds: i64) {
        let sealed = SealedToken::try_from(token.seal(&keys())).unwrap();
        let seen = Seen {
            at: accepted_at() + TimeDelta::seconds(3600 + seconds),
            method: HitMethod::Get,
            signals: Signals { prefetch: false, agent: AgentClass::Browser },
            client: None,
        };
        // A token that says so leaves no record; a test that wants one all the same is about the other end.
        let recorded = Token { do_not_record: false, ..*token };
        self.spool.append(&HitRecord::of_click(&recorded, sealed, seen).unwrap()).unwrap();
    }

    pub fn forwarder(&self) -> Forwarder {
        self.forwarder_with(self.queue.publisher(CancellationToken::new()), self.database_is_there())
    }

    pub fn forwarder_with(&self, publisher: Box<dyn Publisher>, store: StoreWhenThere) -> Forwarder {
        Forwarder::new(ForwarderParts {
            spool: Arc::clone(&self.spool),
            publisher,
            store,
            clock: self.clock.clone(),
            entropy: Arc::new(SeededEntropy::new("forwarder")),
            republish_after: TimeDelta::seconds(60),
        })
    }

    pub fn database_is_there(&self) -> StoreWhenThere {
        let store = self.database.app.clone();
        Arc::new(move || Some(store.clone()))
    }

    pub fn consumer(&self) -> Box<dyn Consumer> {
        self.queue.consumer(QueueId::Hits, NonZeroU16::new(100).unwrap(), CancellationToken::new())
    }

    /// Receives so many batches without taking them.
    pub async fn receive(&self, consumer: &mut dyn Consumer, batches: usize) -> Vec<Delivery> {
        let mut received = Vec::new();
        for _ in 0..batches {
            received.push(consumer.next().await.unwrap());
        }
        received
    }

    /// Receives and takes so many batches; returns how many hits were stored.
    pub async fn take(&self, batches: usize) -> u64 {
        let mut stored = 0;
        for delivery in self.receive(&mut *self.consumer(), batches).await {
            match self.taker.take(&delivery.body).await.unwrap() {
                Taken::Stored(hits) => stored += hits,
                Taken::Buried => panic!("a batch of the forwarder was not understood"),
            }
            delivery.ack().await;
        }
        stored
    }

    pub async fn stored(&self) -> i64 {
        self.count("SELECT count(*) FROM hit").await
    }

    pub async fn count(&self, query: &'static str) -> i64 {
        let mut owner = self.database.owner.connect().await.unwrap();
        sqlx::query_scalar(query).fetch_one(&mut owner).await.unwrap()
    }

    pub fn is_trimmed(&self) -> bool {
        self.spool.spool().is_consumed()
    }
}
