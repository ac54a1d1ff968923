//! A launch freezes an exact partition, once per key, and nothing when nobody is meant.

use audience::{Catalogue, CheckedQuery, Query, check};
use chrono::{NaiveDate, TimeDelta};
use model::ids::{InstitutionId, OrganisationId, TopicId};
use model::keys::KeyId;
use model::permission::{Basis, Question, Reason};
use model::vocabulary::{Channel, Purpose, UnsetMeans};
use sqlx::ConnectOptions as _;
use store::audience::Audience;
use store::launch::{Launched, NewLaunch, Sender, launch, status};
use store::testing::Database;
use store::{Result, StoreError};
use uuid::Uuid;

const EVERYBODY: &str = r#"{"leaf": "identity", "field": "kind", "equals": "individual"}"#;
const NOBODY: &str = r#"{"leaf": "identity", "field": "kind", "equals": "structure"}"#;

pub(crate) fn everybody() -> CheckedQuery {
    checked(EVERYBODY)
}

fn checked(query: &str) -> CheckedQuery {
    check(&Query::from_json(query).unwrap(), &Catalogue::default()).unwrap()
}

fn new_launch(key: &str, query: &str) -> NewLaunch {
    NewLaunch {
        key: key.to_owned(),
        public_id: Uuid::from_u128(1),
        name: "Season 2000".to_owned(),
        query: Query::from_json(query).unwrap(),
        audience: Audience {
            target: checked(query),
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
        },
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
    }
}

async fn do_launch(database: &Database, silo: InstitutionId, new: NewLaunch) -> Result<Launched> {
    database
        .app
        .scoped(silo, move |mut tx| async move {
            let launched = launch(&mut tx, &new).await?;
            tx.commit(launched).await
        })
        .await
}

/// Ten contacts: 1 and 2 share an address, 3 refused, 4 has no yes, 5 has no address; the rest are proven.
async fn fill(database: &Database, silo: InstitutionId) {
    let mut connection = database.owner.connect().await.unwrap();
    for statement in [
        "INSERT INTO contact (institution_id, contact_id, public_id, source, external_id, kind, roles, bucket, as_of, content_hash)
         OVERRIDING SYSTEM VALUE
         SELECT $1, id, gen_random_uuid(), 'test', id::text, 0, 1, 0, '2000-01-01', 0 FROM generate_series(1, 10) AS t (id)",
        "INSERT INTO gate (institution_id, contact_id, channel, blocks, proof, consent_until, address_hash, stamp)
         SELECT $1, id, 1,
                CASE id WHEN 3 THEN reason_bit('general_refusal') | reason_bit('channel_refusal') WHEN 5 THEN reason_bit('no_address') ELSE 0 END,
                CASE id WHEN 4 THEN 0 WHEN 1 THEN 1 ELSE 2 END,
                CASE id WHEN 4 THEN NULL ELSE '9999-12-31'::date END,
                CASE id WHEN 5 THEN NULL ELSE int8send(greatest(id, 2)) END, '2000-01-01'
         FROM generate_series(1, 10) AS t (id)",
    ] {
        sqlx::query(statement).bind(silo.0).execute(&mut connection).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_launch_is_an_exact_partition_with_its_reasons() {
    let database = Database::fresh().await;
    let silo = database.institution("partition").await;
    fill(&database, silo).await;
    let Launched { occurrence, waterfall, new } =
        do_launch(&database, silo, new_launch("a", EVERYBODY)).await.unwrap();
    assert!(new);
    assert_eq!((waterfall.matched, waterfall.planned), (10, 6));
    // Contact 2 is proven and keeps the shared address; contact 1, though older, is attested only.
    let expected = [
        (Reason::GeneralRefusal, 1),
        (Reason::NoConsent, 1),
        (Reason::NoAddress, 1),
        (Reason::SameAddress, 1),
    ];
    assert_eq!(waterfall.excluded, expected.into());
    assert_eq!(waterfall.also[&Reason::ChannelRefusal], 1, "secondary reasons are kept");
    assert_eq!(waterfall.bases, [(Basis::Proven, 6)].into());
    assert_eq!(waterfall.unset, 1);
    let status = database
        .app
        .scoped(silo, move |mut tx| async move {
            let status = status(&mut tx, occurrence).await?;
            tx.commit(status).await
        })
        .await
        .unwrap();
    assert_eq!((status.matched, status.planned, status.pending), (10, 6, 6));
    assert_eq!(status.excluded_at_launch, waterfall.excluded);
}

#[tokio::test(flavor = "multi_thread")]
async fn launching_twice_under_one_key_launches_once() {
    let database = Database::fresh().await;
    let silo = database.institution("twice").await;
    fill(&database, silo).await;
    let (first, second) = tokio::join!(
        do_launch(&database, silo, new_launch("same", EVERYBODY)),
        do_launch(&database, silo, new_launch("same", EVERYBODY))
    );
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.occurrence, second.occurrence);
    assert_eq!(first.waterfall, second.waterfall);
    assert!(first.new != second.new, "one of the two is the launch, the other finds it");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_audience_is_refused_and_leaves_nothing() {
    let database = Database::fresh().await;
    let silo = database.institution("empty").await;
    fill(&database, silo).await;
    let refused = do_launch(&database, silo, new_launch("none", NOBODY)).await.unwrap_err();
    assert!(matches!(&refused, StoreError::Refused(text) if text.contains("matches nobody")), "{refused}");
    let mut connection = database.owner.connect().await.unwrap();
    let left: i64 = sqlx::query_scalar("SELECT (SELECT count(*) FROM launch) + (SELECT count(*) FROM link)")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_launch_sees_its_own_silo_only() {
    let database = Database::fresh().await;
    let (one, other) = (database.institution("one").await, database.institution("other").await);
    fill(&database, one).await;
    do_launch(&database, one, new_launch("a", EVERYBODY)).await.unwrap();
    let refused = do_launch(&database, other, new_launch("a", EVERYBODY)).await.unwrap_err();
    assert!(
        matches!(refused, StoreError::Refused(_)),
        "the other institution has nobody, and its own key: {refused}"
    );
}
