//! A message accepted on 15 January 2000 at 9:00 in Paris, and what is asked of the database about it.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use model::ids::{ContactId, InstitutionId, LinkNo};
use model::verdict::{AgentClass, HitMethod, Signals};
use model::vocabulary::Channel;
use sqlx::{ConnectOptions as _, PgConnection};
use store::hit::NewHit;
use store::testing::{Database, Sent};
use store::verdict::{self, Changes};
use store::{Result, gate, recency};
use uuid::Uuid;

pub const LINKS: [&str; 3] = ["https://a.example/", "https://b.example/", "https://c.example/"];
pub const SPOOL: Uuid = Uuid::from_u128(5);

pub fn accepted_at() -> DateTime<Utc> {
    "2000-01-15T08:00:00Z".parse().unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An institution that has sent to the contacts 1 to 5.
pub async fn sent(database: &Database) -> Sent {
    let institution = database.institution("clicks").await;
    database.sent(institution, 1..=5, &LINKS, accepted_at()).await
}

/// A hit by a browser so many seconds after acceptance; its offset is a name of its own.
pub fn hit(sent: &Sent, contact: i64, seconds: i64, link: i16) -> NewHit {
    NewHit {
        offset: u64::try_from(contact * 1_000_000 + seconds * 10).unwrap() + u64::try_from(link).unwrap(),
        occurrence: sent.occurrence,
        contact: ContactId(contact),
        channel: Channel::Email,
        link: LinkNo(link),
        at: sent.accepted_at + TimeDelta::seconds(seconds),
        method: HitMethod::Get,
        signals: Signals { prefetch: false, agent: AgentClass::Browser },
        client: Some("192.0.2.0/24".to_owned()),
    }
}

/// Sets the business clock to so many seconds after acceptance, and judges what is due then.
pub async fn judge_at(database: &Database, institution: InstitutionId, seconds: i64) -> Changes {
    database.set_business_clock(accepted_at() + TimeDelta::seconds(seconds)).await;
    database
        .app
        .scoped(institution, |mut tx| async move {
            let due = verdict::due(&mut tx, 100).await?;
            let changes = verdict::judge(&mut tx, &due).await?;
            tx.commit(changes).await
        })
        .await
        .unwrap()
}

pub async fn recency_of(database: &Database, contact: i64) -> Option<NaiveDate> {
    one(database, "SELECT counts_on FROM recency WHERE contact_id = $1", contact).await
}

pub async fn activities_of(database: &Database, contact: i64) -> i64 {
    one(database, "SELECT count(*) FROM activity WHERE contact_id = $1 AND kind = 5", contact).await
}

/// One value about one contact, seen by the owner.
pub async fn one<T>(database: &Database, query: &'static str, contact: i64) -> T
where
    T: Send + Unpin + sqlx::Type<sqlx::Postgres> + for<'r> sqlx::Decode<'r, sqlx::Postgres>,
{
    sqlx::query_scalar(query).bind(contact).fetch_one(&mut owner(database).await).await.unwrap()
}

pub async fn owner(database: &Database) -> PgConnection {
    database.owner.connect().await.unwrap()
}

/// Gates and recency are what their evidence says.
pub async fn projections_are_exact(database: &Database, institution: InstitutionId) {
    let (gates, recencies): (i64, Vec<ContactId>) = database
        .app
        .scoped(institution, |mut tx| async move {
            let recencies = recency::verify(&mut tx).await?;
            let gates = gate::differences(&mut tx).await?;
            tx.roll_back((gates, recencies)).await
        })
        .await
        .unwrap();
    assert_eq!((gates, recencies), (0, Vec::new()));
}

/// Takes hits as if they came from one spool; returns how many were stored.
pub async fn take(database: &Database, institution: InstitutionId, hits: Vec<NewHit>) -> Result<u64> {
    database.app.take_hits(institution, SPOOL, hits).await
}
