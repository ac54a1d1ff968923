//! A launch whose messages were accepted: where everything begins that happens after sending.

use chrono::{DateTime, TimeDelta, Utc};
use model::ids::{ContactId, InstitutionId, OccurrenceId, OrganisationId, TopicId};
use model::vocabulary::{Answer, Asked, Channel, Proof};
use sha2::{Digest as _, Sha256};
use sqlx::{ConnectOptions as _, PgConnection};
use uuid::Uuid;

use super::Database;
use crate::evidence::{self, ConsentRecord};
use crate::gate;

/// What was sent, by one organisation of an institution, to contacts who had said yes.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The silo.
    pub institution: InstitutionId,
    /// The organisation that sent.
    pub organisation: OrganisationId,
    /// The launch.
    pub occurrence: OccurrenceId,
    /// To whom: each has an address of its own.
    pub contacts: Vec<ContactId>,
    /// When the next hop accepted the messages, on the business clock.
    pub accepted_at: DateTime<Utc>,
}

impl Sent {
    /// The hash of the address that the message to `contact` went to.
    #[must_use]
    pub fn address_hash(&self, contact: ContactId) -> [u8; 32] {
        Sha256::new_with_prefix(b"address")
            .chain_update(self.institution.0.to_be_bytes())
            .chain_update(contact.0.to_be_bytes())
            .finalize()
            .into()
    }
}

impl Database {
    /// Sends a message with these tracked links to new contacts with these ids, who became contacts a year before. Ids are
    /// unique within the database.
    pub async fn sent(
        &self,
        institution: InstitutionId,
        contacts: std::ops::RangeInclusive<i64>,
        links: &[&str],
        accepted_at: DateTime<Utc>,
    ) -> Sent {
        let mut connection = self.owner.connect().await.expect("the owner may enter");
        let organisation = organisation(&mut connection, institution).await;
        let occurrence = launch(&mut connection, institution, organisation, links, accepted_at).await;
        let contacts: Vec<ContactId> = contacts.map(ContactId).collect();
        let sent = Sent { institution, organisation, occurrence, contacts, accepted_at };
        for contact in &sent.contacts {
            rows_of(&mut connection, &sent, *contact).await;
        }
        self.say_yes(&sent).await;
        sent
    }

    /// A proven yes of every recipient to email, at the level of the institution.
    async fn say_yes(&self, sent: &Sent) {
        let sent = sent.clone();
        let said = self.app.scoped(sent.institution, move |mut tx| async move {
            gate::lock(&mut tx, &sent.contacts).await?;
            let committed_at = tx.machine_stamp().await?;
            for contact in &sent.contacts {
                let yes = ConsentRecord {
                    contact: *contact,
                    record_id: Uuid::from_u128(contact.0.unsigned_abs().into()),
                    organisation: OrganisationId::WHOLE_INSTITUTION,
                    topic: TopicId::NONE,
                    asked: Asked::Channel(Channel::Email),
                    answer: Answer::Yes,
                    proof: Proof::Proven,
                    channels: Vec::new(),
                    wording: None,
                    happened_at: sent.accepted_at - TimeDelta::days(30),
                    expires_on: None,
                    origin: "test".to_owned(),
                    pointer: "form 1".to_owned(),
                    address_hash: None,
                    salt: [7; 16],
                };
                evidence::append(&mut tx, &yes, committed_at).await?;
            }
            gate::project(&mut tx, &sent.contacts).await?;
            tx.commit(()).await
        });
        said.await.expect("the yes is recorded");
    }
}

async fn organisation(connection: &mut PgConnection, institution: InstitutionId) -> OrganisationId {
    let id = sqlx::query_scalar(
        "INSERT INTO organisation (institution_id, source, external_id, name, as_of, content_hash)
         VALUES ($1, 'test', 'stage-' || $1::text, 'La Scène', '2000-01-01', 0)
         ON CONFLICT (institution_id, source, external_id) DO UPDATE SET name = excluded.name
         RETURNING organisation_id",
    )
    .bind(institution.0)
    .fetch_one(connection)
    .await
    .expect("the organisation is created");
    OrganisationId(id)
}

async fn launch(
    connection: &mut PgConnection,
    institution: InstitutionId,
    organisation: OrganisationId,
    links: &[&str],
    accepted_at: DateTime<Utc>,
) -> OccurrenceId {
    let id: i32 = sqlx::query_scalar(
        "INSERT INTO launch
            (institution_id, public_id, launch_key, name, purpose, channel, lane, organisation_id, topic_id, query, zone, today,
             unset_means, content_id, sender, token_key, expires_at, state, launched_at, launched_by, snapshot)
         VALUES ($1, gen_random_uuid(), gen_random_uuid()::text, 'Sent', 0, 1, 1, $2, 0, '{}', 'Europe/Paris', '2000-01-15',
                 2, 1, '{}', 1, $3, 4, $3, 'test', '1:1:')
         RETURNING occurrence_id",
    )
    .bind(institution.0)
    .bind(organisation.0)
    .bind(accepted_at)
    .fetch_one(&mut *connection)
    .await
    .expect("the launch is created");
    for (number, url) in (0i16..).zip(links) {
        sqlx::query("INSERT INTO link (institution_id, occurrence_id, link_no, url) VALUES ($1, $2, $3, $4)")
            .bind(institution.0)
            .bind(id)
            .bind(number)
            .bind(*url)
            .execute(&mut *connection)
            .await
            .expect("the link is created");
    }
    OccurrenceId(id)
}

/// The contact with its address, and its message with one attempt.
async fn rows_of(connection: &mut PgConnection, sent: &Sent, contact: ContactId) {
    sqlx::query(include_str!("recipient.sql"))
        .bind(sent.institution.0)
        .bind(sent.occurrence.0)
        .bind(contact.0)
        .bind(sent.accepted_at)
        .bind(sent.address_hash(contact).as_slice())
        .execute(connection)
        .await
        .expect("the rows of a recipient are created");
}
