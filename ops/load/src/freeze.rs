//! Freezing an audience of a million, beside writing the same rows without deciding anything.

use std::time::Instant;

use anyhow::Context as _;
use audience::{Catalogue, Query};
use chrono::TimeDelta;
use model::ids::{InstitutionId, OrganisationId, TopicId};
use model::keys::KeyId;
use model::permission::Question;
use model::vocabulary::{Channel, Purpose, UnsetMeans};
use sqlx::{ConnectOptions as _, PgConnection};
use store::audience::{Audience, Target, Targets};
use store::launch::{NewLaunch, Review, Sender, launch};
use store::testing::Database;
use uuid::Uuid;

use crate::pairs::{Bound, Pairs};

const CONTACTS: i64 = 1_000_000;
const ROUNDS: usize = 5;
const BOUND: Bound = Bound::AtMost(4.0);

/// Runs the bench.
pub async fn run() -> anyhow::Result<()> {
    let database = Database::fresh().await;
    let silo = database.institution_where("freeze", UnsetMeans::SoftOptIn).await;
    let mut owner = database.owner.connect().await?;
    fill(&mut owner, silo).await?;
    let mut pairs = Pairs::default();
    // One round before the first that counts, to fill the caches of both sides alike; it leaves the rows for the bare side.
    let planned = planned(&database, silo).await?;
    ours(&database, silo, 0, planned).await?;
    execute(&mut owner, "CREATE TABLE decided AS TABLE message").await?;
    execute(&mut owner, "CREATE TABLE bare (LIKE message INCLUDING ALL)").await?;
    for round in 1..=ROUNDS {
        execute(&mut owner, "TRUNCATE message, bare").await?;
        let raw = bare(&mut owner).await?;
        pairs.push(ours(&database, silo, round, planned).await?, raw);
    }
    pairs.report("freeze", format!("seconds for {CONTACTS} contacts"), BOUND).conclude()
}

/// How many a launch will plan: so large a one is confirmed by its number.
async fn planned(database: &Database, silo: InstitutionId) -> anyhow::Result<i64> {
    let audience = campaign(0, 0)?.audience;
    let counted = database.app.scoped(silo, move |mut tx| async move {
        let counted = audience.count(&mut tx).await?;
        tx.commit(counted).await
    });
    Ok(counted.await?.waterfall.planned)
}

async fn ours(database: &Database, silo: InstitutionId, round: usize, planned: i64) -> anyhow::Result<f64> {
    let new = campaign(round, planned)?;
    let start = Instant::now();
    let launched = database
        .app
        .scoped(silo, move |mut tx| async move {
            let launched = launch(&mut tx, &new).await?;
            tx.commit(launched).await
        })
        .await?;
    let seconds = start.elapsed().as_secs_f64();
    anyhow::ensure!(launched.waterfall.matched == CONTACTS, "not everybody was decided");
    anyhow::ensure!(
        launched.waterfall.excluded.len() >= 5,
        "too few reasons: {:?}",
        launched.waterfall.excluded
    );
    Ok(seconds)
}

/// The same rows under the same key, without a decision.
async fn bare(owner: &mut PgConnection) -> anyhow::Result<f64> {
    let start = Instant::now();
    execute(owner, "INSERT INTO bare SELECT * FROM decided").await?;
    Ok(start.elapsed().as_secs_f64())
}

fn campaign(round: usize, planned: i64) -> anyhow::Result<NewLaunch> {
    let query = Query::from_json(r#"{"leaf": "identity", "field": "kind", "equals": "individual"}"#)?;
    let target =
        Target::new("everybody", query, &Catalogue::default()).ok().context("the target is sound")?;
    let question = Question {
        purpose: Purpose::Marketing,
        unset_means: UnsetMeans::SoftOptIn,
        retention_months: 36,
        today: chrono::NaiveDate::from_ymd_opt(2000, 1, 15).context("a day")?,
        renewal: None,
    };
    Ok(NewLaunch {
        key: format!("round {round}"),
        public_id: Uuid::from_u128(1),
        name: "freeze".to_owned(),
        audience: Audience {
            targets: Targets::one(target),
            question,
            channel: Channel::Email,
            organisation: OrganisationId(1),
            topic: TopicId::NONE,
            cap: None,
            holdout: None,
        },
        content: (serde_json::Value::Null, [0; 32]),
        links: Vec::new(),
        sender: Sender {
            from_address: "news@hall.example".to_owned(),
            public_url: "https://news.hall.example".to_owned(),
            mail_domain: "hall.example".to_owned(),
            bounce_domain: "bounce.hall.example".to_owned(),
        },
        token_key: KeyId(1),
        lifetime: TimeDelta::hours(24),
        by: "bench".to_owned(),
        review: Review { reviewed: None, confirmed: Some(planned) },
    })
}

/// A file of the usual mixture: yes, no, unset, expired, soft opt-in, inactive, without or with a shared address.
async fn fill(owner: &mut PgConnection, silo: InstitutionId) -> anyhow::Result<()> {
    for statement in [
        "INSERT INTO contact (institution_id, contact_id, public_id, source, external_id, kind, roles, bucket, as_of, content_hash)
         OVERRIDING SYSTEM VALUE
         SELECT $1, id, gen_random_uuid(), 'bench', id::text, 0, 1, id % 10000, '2000-01-01', 0 FROM generate_series(1, $2::bigint) AS t (id)",
        "INSERT INTO gate (institution_id, contact_id, channel, blocks, proof, consent_until, address_hash, stamp)
         SELECT $1, id, 1,
                CASE WHEN id % 10 = 1 THEN reason_bit('channel_refusal') WHEN id % 31 = 1 THEN reason_bit('general_refusal')
                     WHEN id % 50 = 0 THEN reason_bit('no_address') ELSE 0 END,
                CASE WHEN id % 10 BETWEEN 2 AND 7 THEN 2 ELSE 0 END,
                CASE WHEN id % 10 = 2 THEN '1999-12-31'::date WHEN id % 10 BETWEEN 3 AND 7 THEN '9999-12-31'::date END,
                CASE WHEN id % 50 = 0 THEN NULL ELSE sha256(int8send(CASE WHEN id % 40 = 7 THEN id - 1 ELSE id END)) END,
                '2000-01-01'
         FROM generate_series(1, $2::bigint) AS t (id)",
        "INSERT INTO recency (institution_id, contact_id, active_on)
         SELECT $1, id, '1996-01-01'::date + (id % 1500)::int FROM generate_series(1, $2::bigint) AS t (id)",
        "INSERT INTO gate_scope (institution_id, contact_id, channel, organisation_id, topic_id, blocks, proof, soft_opt_in)
         SELECT $1, id, 1, 1, 0, 0, 0, true FROM generate_series(9, $2::bigint, 10) AS t (id)",
    ] {
        sqlx::query(statement).bind(silo.0).bind(CONTACTS).execute(&mut *owner).await?;
    }
    execute(owner, "VACUUM ANALYZE").await
}

async fn execute(owner: &mut PgConnection, statement: &'static str) -> anyhow::Result<()> {
    sqlx::query(statement).execute(owner).await?;
    Ok(())
}
