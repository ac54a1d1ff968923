//! A small file, launches on it, and what tests ask about both.

use audience::{Catalogue, Query};
use chrono::{NaiveDate, TimeDelta};
use model::ids::{InstitutionId, OrganisationId, TopicId};
use model::keys::KeyId;
use model::permission::Question;
use model::vocabulary::{Channel, Purpose, UnsetMeans};
use sqlx::{ConnectOptions as _, PgConnection};
use store::Result;
use store::audience::{Audience, Counted, Target, Targets};
use store::launch::{Launched, NewLaunch, Review, Sender, launch};
use store::testing::Database;
use uuid::Uuid;

pub const EVERYBODY: &str = r#"{"leaf": "identity", "field": "kind", "equals": "individual"}"#;
pub const NOBODY: &str = r#"{"leaf": "identity", "field": "kind", "equals": "structure"}"#;

pub fn target(name: &str, query: &str) -> Target {
    Target::new(name, Query::from_json(query).unwrap(), &Catalogue::default()).unwrap()
}

/// Marketing by email from organisation 7, where unset never passes.
pub fn audience(targets: Targets) -> Audience {
    Audience {
        targets,
        question: Question {
            purpose: Purpose::Marketing,
            unset_means: UnsetMeans::Explicit,
            retention_months: 36,
            today: NaiveDate::from_ymd_opt(2000, 1, 15).unwrap(),
            renewal: None,
        },
        channel: Channel::Email,
        organisation: OrganisationId(7),
        topic: TopicId::NONE,
        cap: None,
        holdout: None,
    }
}

pub fn to(query: &str) -> Audience {
    audience(Targets::one(target("the target", query)))
}

/// A launch that nobody reviewed or confirmed.
pub fn new_launch(key: &str, audience: Audience) -> NewLaunch {
    NewLaunch {
        key: key.to_owned(),
        public_id: Uuid::from_u128(1),
        name: "Season 2000".to_owned(),
        audience,
        content: (serde_json::json!({"subject": "Season"}), [1; 32]),
        links: vec!["https://theatre.example/a".to_owned(), "https://theatre.example/b".to_owned()],
        sender: Sender {
            from_address: "news@theatre.example".to_owned(),
            public_url: "https://news.theatre.example".to_owned(),
            mail_domain: "theatre.example".to_owned(),
            bounce_domain: "bounce.theatre.example".to_owned(),
        },
        token_key: KeyId(1),
        lifetime: TimeDelta::hours(24),
        by: "marketer".to_owned(),
        review: Review::default(),
    }
}

/// The same, whose number was typed.
pub fn confirmed(new: NewLaunch, number: i64) -> NewLaunch {
    NewLaunch { review: Review { confirmed: Some(number), ..new.review }, ..new }
}

pub async fn do_launch(database: &Database, silo: InstitutionId, new: NewLaunch) -> Result<Launched> {
    let launching = database.app.scoped(silo, move |mut tx| async move {
        let launched = launch(&mut tx, &new).await?;
        tx.commit(launched).await
    });
    launching.await
}

pub async fn count(database: &Database, silo: InstitutionId, audience: Audience) -> Counted {
    let counting = database.app.scoped(silo, move |mut tx| async move {
        let counted = audience.count(&mut tx).await?;
        tx.commit(counted).await
    });
    counting.await.unwrap()
}

/// Individuals 1 to `number`, each with an address of its own and a proven yes.
pub async fn proven(connection: &mut PgConnection, silo: InstitutionId, number: i32) {
    for statement in [
        "INSERT INTO contact (institution_id, contact_id, public_id, source, external_id, kind, roles, bucket, as_of, content_hash)
         OVERRIDING SYSTEM VALUE
         SELECT $1, id, gen_random_uuid(), 'test', id::text, 0, 1, 0, '2000-01-01', 0 FROM generate_series(1, $2) AS t (id)",
        "INSERT INTO gate (institution_id, contact_id, channel, blocks, proof, consent_until, address_hash, stamp)
         SELECT $1, id, 1, 0, 2, '9999-12-31', int8send(id), '2000-01-01' FROM generate_series(1, $2) AS t (id)",
    ] {
        sqlx::query(statement).bind(silo.0).bind(number).execute(&mut *connection).await.unwrap();
    }
}

/// Ten contacts: 1 and 2 share an address, 3 refused, 4 has no yes, 5 has no address; the rest are proven.
pub async fn fill(database: &Database, silo: InstitutionId) {
    let mut connection = database.owner.connect().await.unwrap();
    proven(&mut connection, silo, 10).await;
    let change = "UPDATE gate
         SET blocks = CASE contact_id WHEN 3 THEN reason_bit('general_refusal') | reason_bit('channel_refusal')
                                      WHEN 5 THEN reason_bit('no_address') ELSE 0 END,
             proof = CASE contact_id WHEN 4 THEN 0 WHEN 1 THEN 1 ELSE 2 END,
             consent_until = CASE WHEN contact_id <> 4 THEN consent_until END,
             address_hash = CASE WHEN contact_id <> 5 THEN int8send(greatest(contact_id, 2)) END
         WHERE institution_id = $1";
    sqlx::query(change).bind(silo.0).execute(&mut connection).await.unwrap();
}

/// A launch of this purpose and channel that was made an hour ago and expires `hours` from now; returns its id.
pub async fn earlier_launch(
    connection: &mut PgConnection,
    silo: InstitutionId,
    (purpose, channel): (Purpose, Channel),
    hours: i32,
) -> i32 {
    let launch = "INSERT INTO launch
            (institution_id, public_id, launch_key, name, purpose, channel, lane, organisation_id, topic_id, query, zone, today,
             unset_means, content_id, sender, token_key, expires_at, state, snapshot, launched_at, launched_by)
         VALUES ($1, gen_random_uuid(), gen_random_uuid()::text, 'Earlier', $2, $3, 1, 7, 0, '{}', 'Europe/Paris', '2000-01-01',
                 2, 1, '{}', 1, clock_timestamp() + $4 * interval '1 hour', 0, '', clock_timestamp() - interval '1 hour', 'test')
         RETURNING occurrence_id";
    let id =
        sqlx::query_scalar(launch).bind(silo.0).bind(purpose.number()).bind(channel.number()).bind(hours);
    id.fetch_one(connection).await.unwrap()
}
