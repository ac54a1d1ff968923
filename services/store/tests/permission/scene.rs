//! One institution whose evidence a test writes, and what its projections say.

use model::ids::{ContactId, InstitutionId, OrganisationId, TopicId};
use model::permission::Blocks;
use model::vocabulary::{Answer, Channel, Proof};
use sqlx::Row as _;
use sqlx::postgres::{PgPool, PgRow};
use store::evidence::{self, ConsentRecord};
use store::gate;
use store::refusal::Refusal;
use store::testing::Database;

use crate::expected::{Gate, Hash, Permission, Person, Record, Scope, ScopeGate, Standing};

/// An institution with a handful of contacts.
pub struct Scene {
    pub database: Database,
    /// Sees and may change everything.
    pub owner: PgPool,
    pub silo: InstitutionId,
}

/// The record as the store takes it.
pub fn consent(contact: i64, record: &Record, through: Option<Hash>) -> ConsentRecord {
    ConsentRecord {
        contact: ContactId(contact),
        record_id: record.id,
        organisation: OrganisationId(record.scope.0),
        topic: TopicId(record.scope.1),
        asked: record.asked,
        answer: record.answer,
        proof: record.proof,
        channels: record.channels.clone(),
        wording: None,
        happened_at: record.at,
        expires_on: record.expires_on,
        origin: "test".to_owned(),
        pointer: "form 1".to_owned(),
        address_hash: through,
        salt: [9; 16],
    }
}

impl Scene {
    pub async fn new() -> Self {
        let database = Database::fresh().await;
        let silo = database.institution("permission").await;
        let owner = PgPool::connect_with(database.owner.clone()).await.unwrap();
        Self { database, owner, silo }
    }

    /// The same database, another institution.
    pub async fn beside(&self, code: &str) -> Self {
        let silo = self.database.institution(code).await;
        Self { database: self.database.clone(), owner: self.owner.clone(), silo }
    }

    /// A contact with its address and its gate, as an import leaves them.
    pub async fn add(&self, contact: i64, person: &Person) {
        sqlx::query(
            "INSERT INTO contact
                (institution_id, contact_id, public_id, source, external_id, kind, roles, state, birth_date, guardian, bucket, as_of, content_hash)
             OVERRIDING SYSTEM VALUE
             VALUES ($1, $2, gen_random_uuid(), 'test', $2::text, 0, 1, $3, $4, $5, 0, '2000-01-01', 0)",
        )
        .bind(self.silo.0)
        .bind(contact)
        .bind(person.state)
        .bind(person.birth_date)
        .bind(person.guardian)
        .execute(&self.owner)
        .await
        .unwrap();
        self.project(&[contact]).await;
        self.give_address(contact, person.address).await;
    }

    /// The contact's address from now on.
    pub async fn give_address(&self, contact: i64, address: Option<Hash>) {
        sqlx::query(
            "INSERT INTO address (institution_id, channel, hash, organisation_id, key_id)
             SELECT $1, 1, $2, 0, 1 WHERE $2 IS NOT NULL ON CONFLICT DO NOTHING",
        )
        .bind(self.silo.0)
        .bind(address.as_ref().map(<[u8; 32]>::as_slice))
        .execute(&self.owner)
        .await
        .unwrap();
        sqlx::query("UPDATE gate SET address_hash = $3 WHERE institution_id = $1 AND contact_id = $2")
            .bind(self.silo.0)
            .bind(contact)
            .bind(address.as_ref().map(<[u8; 32]>::as_slice))
            .execute(&self.owner)
            .await
            .unwrap();
        self.project(&[contact]).await;
    }

    /// What every writer does after it has written.
    pub async fn project(&self, contacts: &[i64]) {
        let contacts: Vec<ContactId> = contacts.iter().copied().map(ContactId).collect();
        let projected = self.database.app.scoped(self.silo, move |mut tx| async move {
            gate::lock(&mut tx, &contacts).await?;
            gate::project(&mut tx, &contacts).await?;
            tx.commit(()).await
        });
        projected.await.unwrap();
    }

    /// Evidence of one contact, in one transaction.
    pub async fn say(&self, contact: i64, record: &Record) {
        let record = consent(contact, record, None);
        let said = self.database.app.scoped(self.silo, move |mut tx| async move {
            let contacts = [record.contact];
            gate::lock(&mut tx, &contacts).await?;
            let stamp = tx.machine_stamp().await?;
            evidence::append(&mut tx, &record, stamp).await?;
            gate::project(&mut tx, &contacts).await?;
            tx.commit(()).await
        });
        said.await.unwrap();
    }

    /// A refusal, by the way that every refusal takes.
    pub async fn refuse(&self, contact: i64, record: &Record, through: Option<Hash>) {
        let refusal = Refusal {
            contact: ContactId(contact),
            organisation: OrganisationId(record.scope.0),
            topic: TopicId(record.scope.1),
            channel: record.channel(),
            happened_at: Some(record.at),
            through: through.map(|hash| (Channel::Email, hash)),
            origin: "one_click".to_owned(),
            pointer: "test".to_owned(),
            record_id: record.id,
            salt: [9; 16],
        };
        self.database.app.refuse(self.silo, refusal).await.unwrap();
    }

    /// A statement about one contact, as the owner.
    pub async fn change(&self, statement: &'static str, contact: i64) {
        let changed =
            sqlx::query(statement).bind(self.silo.0).bind(contact).execute(&self.owner).await.unwrap();
        assert!(changed.rows_affected() > 0, "{statement}");
    }

    /// What `rappel gate verify` counts.
    pub async fn differences(&self) -> i64 {
        let counted = self.database.app.scoped(self.silo, |mut tx| async move {
            let differences = gate::differences(&mut tx).await?;
            tx.roll_back(differences).await
        });
        counted.await.unwrap()
    }

    /// What the projections hold.
    pub async fn permission(&self) -> Permission {
        Permission {
            answers: self.rows(ANSWERS).await.iter().map(answer).collect(),
            gates: self.rows(GATES).await.iter().map(gate_row).collect(),
            scopes: self.rows(SCOPES).await.iter().map(scope_row).collect(),
        }
    }

    async fn rows(&self, statement: &'static str) -> Vec<PgRow> {
        sqlx::query(statement).bind(self.silo.0).fetch_all(&self.owner).await.unwrap()
    }
}

const ANSWERS: &str =
    "SELECT contact_id, organisation_id, topic_id, channel, answer, proof, expires_on, happened_at, record_id
                       FROM authorisation WHERE institution_id = $1";
const GATES: &str = "SELECT contact_id, blocks, proof, consent_until, of_age_on, suppressed_until
                     FROM gate WHERE institution_id = $1 AND channel = 1";
const SCOPES: &str = "SELECT contact_id, organisation_id, topic_id, blocks, proof, consent_until, soft_opt_in
                      FROM gate_scope WHERE institution_id = $1 AND channel = 1";

fn scope(row: &PgRow) -> Scope {
    (row.get("organisation_id"), row.get("topic_id"))
}

fn proof(row: &PgRow) -> Proof {
    Proof::try_from(row.get::<i16, _>("proof")).unwrap()
}

fn answer(row: &PgRow) -> ((i64, Scope, i16), Standing) {
    let standing = Standing {
        answer: Answer::try_from(row.get::<i16, _>("answer")).unwrap(),
        proof: proof(row),
        expires_on: row.get("expires_on"),
        at: row.get("happened_at"),
        record: row.get("record_id"),
    };
    ((row.get("contact_id"), scope(row), row.get("channel")), standing)
}

fn gate_row(row: &PgRow) -> (i64, Gate) {
    let gate = Gate {
        blocks: Blocks(row.get("blocks")),
        proof: proof(row),
        consent_until: row.get("consent_until"),
        of_age_on: row.get("of_age_on"),
        suppressed_until: row.get("suppressed_until"),
    };
    (row.get("contact_id"), gate)
}

fn scope_row(row: &PgRow) -> ((i64, Scope), ScopeGate) {
    let gate = ScopeGate {
        blocks: Blocks(row.get("blocks")),
        proof: proof(row),
        consent_until: row.get("consent_until"),
        soft_opt_in: row.get("soft_opt_in"),
    };
    ((row.get("contact_id"), scope(row)), gate)
}
