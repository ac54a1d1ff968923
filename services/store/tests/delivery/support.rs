//! A launch with recipients, made by SQL, and the questions that tests ask about it.

use chrono::{DateTime, TimeDelta, Utc};
use model::ids::{ContactId, InstitutionId, OccurrenceId};
use model::reply::Outcome;
use model::vocabulary::{Channel, MessageState, UnsetMeans};
use sqlx::postgres::PgPool;
use store::claim::{Claim, Claimed, Claiming, Lease, Request};
use store::dispatch::LaunchKey;
use store::refusal::Refusal;
use store::result::{Ending, Report};
use store::testing::Database;
use uuid::Uuid;

/// One institution with one running launch.
pub struct Scene {
    pub database: Database,
    /// Sees and may change everything.
    pub owner: PgPool,
    pub launch: LaunchKey,
    pub contacts: Vec<ContactId>,
}

/// The organisation in whose name every scene sends.
pub const ORGANISATION: i32 = 7;

impl Scene {
    /// A launch to `recipients` contacts, each with an address of its own and a proven yes, all planned.
    pub async fn with(recipients: i32) -> Self {
        Self::under(recipients, UnsetMeans::Explicit).await
    }

    pub async fn under(recipients: i32, unset_means: UnsetMeans) -> Self {
        let database = Database::fresh().await;
        let institution = database.institution_where("odeon", unset_means).await;
        let owner = PgPool::connect_with(database.owner.clone()).await.unwrap();
        for statement in TRIGGERS {
            sqlx::query(*statement).execute(&owner).await.unwrap();
        }
        let occurrence = launch(&owner, institution, unset_means).await;
        let mut scene =
            Self { database, owner, launch: LaunchKey { institution, occurrence }, contacts: Vec::new() };
        scene.contacts = scene.recipients(recipients).await;
        scene
    }

    async fn recipients(&self, number: i32) -> Vec<ContactId> {
        let contacts: Vec<i64> = sqlx::query_scalar(include_str!("support/recipients.sql"))
            .bind(self.launch.institution.0)
            .bind(number)
            .fetch_all(&self.owner)
            .await
            .unwrap();
        for statement in [
            include_str!("support/addresses.sql"),
            include_str!("support/gates.sql"),
            include_str!("support/consents.sql"),
            include_str!("support/recencies.sql"),
        ] {
            sqlx::query(statement).bind(self.launch.institution.0).execute(&self.owner).await.unwrap();
        }
        sqlx::query(include_str!("support/messages.sql"))
            .bind(self.launch.institution.0)
            .bind(self.launch.occurrence.0)
            .execute(&self.owner)
            .await
            .unwrap();
        contacts.into_iter().map(ContactId).collect()
    }

    /// Dispatches everything that can be.
    pub async fn dispatched(&self) -> Vec<ContactId> {
        self.database.dispatcher.take(self.launch, 1_000_000).await.unwrap()
    }

    pub fn request(&self, contacts: &[ContactId], token: u128) -> Request {
        Request {
            occurrence: self.launch.occurrence,
            channel: Channel::Email,
            contacts: contacts.to_vec(),
            token: Uuid::from_u128(token),
            worker: WORKER,
        }
    }

    pub async fn claim(&self, contacts: &[ContactId], token: u128) -> Claim {
        let request = self.request(contacts, token);
        match self.database.app.claim(self.launch.institution, request).await.unwrap() {
            Claiming::Decided(claim) => claim,
            Claiming::Held => panic!("nobody registered as accepting refusals"),
        }
    }

    /// The single claimed message of a request for one contact.
    pub async fn claim_one(&self, contact: ContactId, token: u128) -> Claimed {
        let claimed = self.claim(&[contact], token).await.claimed;
        claimed.into_iter().next().expect("it can be claimed")
    }

    pub async fn report(&self, lease: Lease, ending: Ending) -> u64 {
        let report = Report::without_reply(lease, ending, 0);
        self.database.app.record(self.launch.institution, vec![report]).await.unwrap().attempts
    }

    pub async fn accepted(&self, lease: Lease) {
        assert_eq!(self.report(lease, Outcome::Accepted.into()).await, 1);
    }

    pub async fn state(&self, contact: ContactId) -> MessageState {
        let state: i16 = sqlx::query_scalar("SELECT state FROM message WHERE contact_id = $1")
            .bind(contact.0)
            .fetch_one(&self.owner)
            .await
            .unwrap();
        MessageState::try_from(state).unwrap()
    }

    pub async fn number(&self, question: &'static str) -> i64 {
        sqlx::query_scalar(question).fetch_one(&self.owner).await.unwrap()
    }

    pub async fn execute(&self, statement: &'static str) {
        sqlx::query(statement).execute(&self.owner).await.unwrap();
    }

    pub fn refusal(&self, contact: ContactId, scope: Scope, number: u128) -> Refusal {
        let (organisation, channel) = match scope {
            Scope::Institution => (0, Some(Channel::Email)),
            Scope::Organisation => (ORGANISATION, Some(Channel::Email)),
            Scope::General => (0, None),
        };
        Refusal {
            contact,
            organisation: model::ids::OrganisationId(organisation),
            topic: model::ids::TopicId::NONE,
            channel,
            happened_at: None,
            through: None,
            origin: "one_click".to_owned(),
            pointer: "test".to_owned(),
            record_id: Uuid::from_u128(number),
            salt: [0; 16],
        }
    }

    pub async fn refuse(&self, contact: ContactId, scope: Scope, number: u128) {
        let refusal = self.refusal(contact, scope, number);
        self.database.app.refuse(self.launch.institution, refusal).await.unwrap();
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

    /// Waits until `sessions` connections of this database wait for a lock.
    pub async fn waiting_for_locks(&self, sessions: i64) {
        let question = "SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock'";
        for _ in 0..100_000 {
            if self.number(question).await >= sessions {
                return;
            }
        }
        panic!("nobody waits for a lock");
    }

    /// I1: claims that came after a refusal which covers them.
    pub async fn claims_after_refusals(&self) -> i64 {
        self.number(include_str!("support/claims_after_refusals.sql")).await
    }
}

/// Who is refused.
#[derive(Clone, Copy, Debug)]
pub enum Scope {
    /// The channel, by the whole institution.
    Institution,
    /// The channel, by the sending organisation only: a row in another table than the gate.
    Organisation,
    /// Everything.
    General,
}

pub const WORKER: Uuid = Uuid::from_u128(0xA11CE);

async fn launch(owner: &PgPool, institution: InstitutionId, unset_means: UnsetMeans) -> OccurrenceId {
    let occurrence: i32 = sqlx::query_scalar(include_str!("support/launch.sql"))
        .bind(institution.0)
        .bind(ORGANISATION)
        .bind(unset_means.number())
        .fetch_one(owner)
        .await
        .unwrap();
    OccurrenceId(occurrence)
}

/// What the life cycle allows (delivery 2.1, design of states in `store::control`); anything else is an error here.
const TRIGGERS: &[&str] = &[
    "CREATE FUNCTION lawful_message() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
         IF NEW.state <> OLD.state AND OLD.state <> 0 AND NOT (OLD.state = 4 AND NEW.state IN (2, 3)) THEN
             RAISE EXCEPTION 'message: % to %', OLD.state, NEW.state;
         END IF;
         RETURN NEW;
     END $$",
    "CREATE TRIGGER lawful BEFORE UPDATE ON message FOR EACH ROW EXECUTE FUNCTION lawful_message()",
    "CREATE FUNCTION lawful_launch() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
         IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ((0, 1), (1, 0), (0, 2), (1, 2), (2, 3), (0, 4)) THEN
             RAISE EXCEPTION 'launch: % to %', OLD.state, NEW.state;
         END IF;
         RETURN NEW;
     END $$",
    "CREATE TRIGGER lawful BEFORE UPDATE ON launch FOR EACH ROW EXECUTE FUNCTION lawful_launch()",
    "CREATE FUNCTION lawful_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
         IF OLD.outcome IS NOT NULL THEN
             RAISE EXCEPTION 'attempt % has ended', OLD.attempt_no;
         END IF;
         RETURN NEW;
     END $$",
    "CREATE TRIGGER lawful BEFORE UPDATE ON attempt FOR EACH ROW EXECUTE FUNCTION lawful_attempt()",
];
