//! A caller that goes away neither interrupts a transaction nor spoils the connection it ran on (I16; delivery, trap 4).

use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use chrono::{TimeZone as _, Utc};
use model::ids::{ContactId, InstitutionId, OrganisationId, TopicId};
use model::vocabulary::{Answer, Channel, Proof};
use sqlx::postgres::PgPool;
use store::evidence::{self, ConsentRecord};
use store::testing::Database;
use store::{Store, StoreError, Tx};
use uuid::Uuid;

const CANCELLED: u128 = 200;
/// Less than the server's own limit on idle transactions, which would hide one.
const PATIENCE: Duration = Duration::from_secs(30);

/// A piece of work in two statements: record `n` of contact 1, then of contact 2.
async fn work(tx: &mut Tx, n: u128) -> store::Result<()> {
    for contact in [1, 2] {
        let record = ConsentRecord {
            contact: ContactId(contact),
            record_id: Uuid::from_u128(n),
            organisation: OrganisationId::WHOLE_INSTITUTION,
            topic: TopicId::NONE,
            asked: Some(Channel::Email).into(),
            answer: Answer::No,
            proof: Proof::Proven,
            channels: Vec::new(),
            wording: None,
            happened_at: Utc.with_ymd_and_hms(2000, 1, 15, 12, 0, 0).unwrap(),
            expires_on: None,
            origin: "test".to_owned(),
            pointer: String::new(),
            address_hash: None,
            salt: [1; 16],
        };
        let stamp = tx.machine_stamp().await?;
        evidence::append(tx, &record, stamp).await?;
    }
    Ok(())
}

async fn finish(app: &Store, silo: InstitutionId, n: u128) -> store::Result<()> {
    let whole = app.scoped(silo, move |mut tx| async move {
        work(&mut tx, n).await?;
        tx.commit(()).await
    });
    whole.await
}

/// Begins the work and goes away after the future was asked so many times whether it is ready.
async fn begin_and_leave(app: &Store, silo: InstitutionId, n: u128, polls: u128) {
    let mut future = pin!(finish(app, silo, n));
    for _ in 0..polls {
        if future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

async fn number(owner: &PgPool, question: &'static str) -> i64 {
    sqlx::query_scalar(question).fetch_one(owner).await.unwrap()
}

async fn until(owner: &PgPool, question: &'static str, wanted: i64) {
    let waiting = async { while number(owner, question).await != wanted {} };
    if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
        panic!("{question} stays at {}", number(owner, question).await);
    }
}

const RECORDS: &str = "SELECT count(*) FROM consent_record";
const HALF_DONE: &str =
    "SELECT count(*) FROM (SELECT FROM consent_record GROUP BY record_id HAVING count(*) <> 2) AS half";
const IDLE_IN_TRANSACTION: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = 'rappel_app' AND state LIKE 'idle in transaction%'";

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_leaves_whole_work_and_clean_connections() {
    let database = Database::fresh().await;
    let silo = database.institution("cancelled").await;
    let owner = PgPool::connect_with(database.owner.clone()).await.unwrap();
    for n in 1..=CANCELLED {
        begin_and_leave(&database.app, silo, n, n % 5).await;
    }
    // Whoever never asked never began; all others are applied in full, although nobody waits for them.
    until(&owner, RECORDS, (CANCELLED - CANCELLED / 5) as i64 * 2).await;
    assert_eq!(number(&owner, HALF_DONE).await, 0);
    until(&owner, IDLE_IN_TRANSACTION, 0).await;
    // What the next borrowers of these connections are told to be committed is.
    let next = (1..=16).map(|n| {
        let app = database.app.clone();
        tokio::spawn(async move { finish(&app, silo, 1_000 + n).await })
    });
    for task in next.collect::<Vec<_>>() {
        task.await.unwrap().unwrap();
    }
    assert_eq!(number(&owner, RECORDS).await, (CANCELLED - CANCELLED / 5 + 16) as i64 * 2);
    assert_eq!(number(&owner, HALF_DONE).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_panics_fails_or_is_undone_leaves_nothing() {
    let database = Database::fresh().await;
    let silo = database.institution("undone").await;
    let owner = PgPool::connect_with(database.owner.clone()).await.unwrap();
    for n in 1..=20 {
        let panicked = database.app.scoped(silo, move |mut tx| async move {
            work(&mut tx, n).await?;
            if n < u128::MAX {
                panic!("on purpose");
            }
            tx.commit(()).await
        });
        assert!(matches!(panicked.await, Err(StoreError::Lost)));
        let failed = database.app.scoped(silo, move |mut tx| async move {
            work(&mut tx, n).await?;
            match n {
                0 => tx.commit(()).await,
                _ => Err(StoreError::Refused("on purpose".to_owned())),
            }
        });
        assert!(matches!(failed.await, Err(StoreError::Refused(_))));
        let undone = database.app.scoped(silo, move |mut tx| async move {
            work(&mut tx, n).await?;
            tx.roll_back(n).await
        });
        assert_eq!(undone.await.unwrap(), n);
    }
    until(&owner, IDLE_IN_TRANSACTION, 0).await;
    assert_eq!(number(&owner, RECORDS).await, 0);
    finish(&database.app, silo, 1).await.unwrap();
    assert_eq!(number(&owner, RECORDS).await, 2);
}

#[tokio::test]
async fn an_institution_that_does_not_exist_is_no_silo() {
    let database = Database::fresh().await;
    let nowhere = database.app.scoped(InstitutionId(77), |tx| async move { tx.commit(()).await }).await;
    assert!(matches!(nowhere, Err(StoreError::NoInstitution(InstitutionId(77)))), "{nowhere:?}");
}
