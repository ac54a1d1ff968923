//! A small installation: one institution, one launch, a scripted mail server.

mod invariants;

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use channels::email::{Signer, SmtpSettings};
use chrono::{DateTime, TimeDelta, Utc};
use model::ambient::{Clock, Entropy};
use model::ids::{ContactId, InstitutionId, OccurrenceId};
use model::keys::{KEY_BYTES, KeyId, KeyRing, SecretKey};
use model::token::TokenKeys;
use model::vocabulary::{Lane, MessageState, Purpose};
use pipeline::dispatch::{DispatchSettings, Dispatcher};
use pipeline::queue::{InProcess, Port};
use pipeline::send::{LaneSettings, SendError, SendParts, SendSettings, Worker};
use queues::topology::TOPOLOGY;
use servers::sink::{Sink, SinkOptions};
use sqlx::postgres::PgPool;
use store::dispatch::LaunchKey;
use store::refusal::Refusal;
use store::testing::{Database, SeededEntropy};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What every launch says.
pub const CONTENT: &str = r#"{
    "subject": "{{organisation.name}} plays",
    "text": "Dear {{#if contact.first_name}}{{contact.first_name}}{{else}}friend{{/if}}, https://theatre.example/season {{unsubscribe_url}}",
    "html": "<p>Dear {{#if contact.first_name}}{{contact.first_name}}{{else}}friend{{/if}}, <a href=\"https://theatre.example/season\">see</a> <a href=\"{{unsubscribe_url}}\">no more</a></p>",
    "from_name": "Odéon",
    "reply_to": "box@theatre.example"
}"#;

/// How long a condition may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

pub struct House {
    pub database: Database,
    pub owner: PgPool,
    pub sink: Sink,
    pub queue: InProcess,
    pub institution: InstitutionId,
    pub signer: Option<Arc<dyn Signer>>,
    pub entropy: Arc<dyn Entropy>,
    state: tempfile::TempDir,
}

/// A task that was told to run until it is stopped.
pub struct Running<T> {
    stop: CancellationToken,
    task: JoinHandle<T>,
}

impl<T> Running<T> {
    pub async fn stop(self) -> T {
        self.stop.cancel();
        self.task.await.unwrap()
    }

    pub async fn ended(self) -> T {
        self.task.await.unwrap()
    }
}

struct Frozen;

impl Clock for Frozen {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(1_000_000_000, 0).unwrap()
    }
}

impl House {
    pub async fn new() -> Self {
        let database = Database::fresh().await;
        let institution = database.institution("odeon").await;
        let owner = PgPool::connect_with(database.owner.clone()).await.unwrap();
        Self {
            institution,
            owner,
            sink: Sink::start(&SinkOptions::default()).unwrap(),
            queue: InProcess::new(TOPOLOGY),
            signer: None,
            entropy: Arc::new(SeededEntropy::new("house")),
            state: tempfile::tempdir().unwrap(),
            database,
        }
    }

    /// A running launch of marketing to these addresses, one contact each.
    pub async fn launch(&self, addresses: &[String], lane: Lane) -> (LaunchKey, Vec<ContactId>) {
        self.launch_of(CONTENT, addresses, lane).await
    }

    pub async fn launch_of(
        &self,
        content: &str,
        addresses: &[String],
        lane: Lane,
    ) -> (LaunchKey, Vec<ContactId>) {
        let content: serde_json::Value = serde_json::from_str(content).unwrap();
        let occurrence: i32 = sqlx::query_scalar(include_str!("house/launch.sql"))
            .bind(self.institution.0)
            .bind(content)
            .bind(Purpose::Marketing.number())
            .bind(lane.number())
            .fetch_one(&self.owner)
            .await
            .unwrap();
        let contacts: Vec<i64> = sqlx::query_scalar(include_str!("house/contacts.sql"))
            .bind(self.institution.0)
            .bind(addresses)
            .fetch_all(&self.owner)
            .await
            .unwrap();
        for statement in [
            include_str!("house/addresses.sql"),
            include_str!("house/gates.sql"),
            include_str!("house/consents.sql"),
        ] {
            sqlx::query(statement)
                .bind(self.institution.0)
                .bind(&contacts)
                .execute(&self.owner)
                .await
                .unwrap();
        }
        sqlx::query(include_str!("house/messages.sql"))
            .bind(self.institution.0)
            .bind(&contacts)
            .bind(occurrence)
            .execute(&self.owner)
            .await
            .unwrap();
        let launch = LaunchKey { institution: self.institution, occurrence: OccurrenceId(occurrence) };
        (launch, contacts.into_iter().map(ContactId).collect())
    }

    pub fn dispatcher(&self) -> Running<()> {
        self.dispatcher_with(Duration::from_secs(60))
    }

    pub fn dispatcher_with(&self, republish_after: Duration) -> Running<()> {
        let stop = CancellationToken::new();
        let settings = DispatchSettings { tick: Duration::from_millis(20), window: 200, republish_after };
        let publisher = self.queue.publisher(stop.clone());
        let entropy = Arc::clone(&self.entropy);
        let dispatcher = Dispatcher::new(self.database.dispatcher.clone(), publisher, entropy, settings);
        Running { task: tokio::spawn(dispatcher.run(stop.clone())), stop }
    }

    pub fn parts(&self) -> SendParts {
        SendParts {
            store: self.database.app.clone(),
            port: Arc::new(self.queue.clone()),
            tokens: tokens(),
            signer: self.signer.clone(),
            entropy: Arc::clone(&self.entropy),
            clock: Arc::new(Frozen),
        }
    }

    pub fn settings(&self, sessions: usize) -> SendSettings {
        let sessions = NonZeroUsize::new(sessions).unwrap();
        let lane = |lane| LaneSettings {
            lane,
            sessions,
            per_second: NonZeroU32::new(5_000),
            threads: NonZeroUsize::MIN,
        };
        SendSettings {
            smtp: SmtpSettings::plain("127.0.0.1", self.sink.address().port(), "worker.example"),
            lanes: vec![lane(Lane::Notice), lane(Lane::Bulk)],
            journals: self.journals(),
            host: "host".to_owned(),
        }
    }

    pub fn journals(&self) -> PathBuf {
        self.state.path().join("journals")
    }

    pub fn journals_left(&self) -> usize {
        std::fs::read_dir(self.journals()).map_or(0, Iterator::count)
    }

    pub async fn worker(&self, sessions: usize) -> Running<Result<(), SendError>> {
        self.named_worker(sessions).await.1
    }

    pub async fn named_worker(&self, sessions: usize) -> (Uuid, Running<Result<(), SendError>>) {
        let stop = CancellationToken::new();
        let worker = Worker::start(self.parts(), self.settings(sessions), &stop).await.unwrap();
        (worker.id(), Running { task: tokio::spawn(worker.run()), stop })
    }

    /// Runs dispatcher and worker until so many messages are final, and ends both.
    pub async fn until_final(&self, messages: i64) {
        let (dispatcher, worker) = (self.dispatcher(), self.worker(4).await);
        self.wait("messages are final", FINAL, |found| found >= messages).await;
        worker.stop().await.unwrap();
        dispatcher.stop().await;
        self.check_invariants().await;
    }

    pub async fn number(&self, question: &'static str) -> i64 {
        sqlx::query_scalar(question).fetch_one(&self.owner).await.unwrap()
    }

    pub async fn execute(&self, statement: &'static str) {
        sqlx::query(statement).execute(&self.owner).await.unwrap();
    }

    /// Waits until the answer is as wanted.
    pub async fn wait(&self, what: &str, question: &'static str, wanted: impl Fn(i64) -> bool) {
        let mut looks = tokio::time::interval(Duration::from_millis(20));
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !wanted(self.number(question).await) {
            if tokio::time::Instant::now() > deadline {
                let states: Vec<(i16, i64)> =
                    sqlx::query_as("SELECT state, count(*) FROM message GROUP BY 1 ORDER BY 1")
                        .fetch_all(&self.owner)
                        .await
                        .unwrap();
                panic!("waited too long: {what}; messages by state {states:?}");
            }
            looks.tick().await;
        }
    }

    pub async fn state(&self, contact: ContactId) -> MessageState {
        let state: i16 = sqlx::query_scalar("SELECT state FROM message WHERE contact_id = $1")
            .bind(contact.0)
            .fetch_one(&self.owner)
            .await
            .unwrap();
        MessageState::try_from(state).unwrap()
    }

    pub async fn refuse(&self, contact: ContactId) {
        let refusal = Refusal {
            contact,
            organisation: model::ids::OrganisationId::WHOLE_INSTITUTION,
            topic: model::ids::TopicId::NONE,
            channel: None,
            happened_at: None,
            through: None,
            origin: "one_click".to_owned(),
            pointer: "test".to_owned(),
            record_id: self.entropy.uuid(),
            salt: [0; 16],
        };
        self.database.app.refuse(self.institution, refusal).await.unwrap();
    }

    /// Moves the business clock on.
    pub async fn advance(&self, by: TimeDelta) {
        let now: DateTime<Utc> = sqlx::query_scalar(
            "SELECT clock_timestamp() + clock_offset_us * interval '1 microsecond' FROM installation",
        )
        .fetch_one(&self.owner)
        .await
        .unwrap();
        self.database.set_business_clock(now + by).await;
    }
}

/// Counts what is final.
pub const FINAL: &str = "SELECT count(*) FROM message WHERE state <> 0";
/// Counts attempts whose end is recorded.
pub const ENDED_ATTEMPTS: &str = "SELECT count(*) FROM attempt WHERE outcome IS NOT NULL";

pub fn tokens() -> TokenKeys {
    TokenKeys::new(KeyRing::new((KeyId(1), SecretKey::new([3; KEY_BYTES])), Vec::new()).unwrap())
}

/// `name-1@example.org` and so on.
pub fn addresses(name: &str, number: usize) -> Vec<String> {
    (1..=number).map(|n| format!("{name}-{n}@example.org")).collect()
}
