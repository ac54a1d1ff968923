//! Scores over rows against the rule of `model::score`.

use std::collections::BTreeMap;

use audience::testing::{Generator, World};
use chrono::NaiveDate;
use model::ids::InstitutionId;
use model::score::{Scores, score};
use sqlx::postgres::PgPool;
use store::score::{self, Scored};
use store::testing::Database;

use crate::stored;

struct Stage {
    database: Database,
    owner: PgPool,
    silo: InstitutionId,
}

impl Stage {
    /// 300 contacts; every ninth refuses profiling, and every third sale is voided.
    async fn new() -> Self {
        let mut generator = Generator::new(5);
        let population = generator.population(300);
        let database = Database::fresh().await;
        let (silo, neighbour) =
            (database.institution("scored").await, database.institution("neighbour").await);
        let owner = PgPool::connect_with(database.owner.clone()).await.unwrap();
        for institution in [silo, neighbour] {
            stored::store(&mut owner.acquire().await.unwrap(), institution, &World::default(), &population)
                .await;
        }
        for statement in [
            "UPDATE activity SET kind = 3, role = 0 WHERE contact_id % 4 <> 0",
            "UPDATE activity SET voided = true WHERE contact_id % 3 = 0 AND kind = 3 AND happened_on > '1999-06-01'",
            "DELETE FROM authorisation WHERE channel = 7",
            "INSERT INTO authorisation
                (institution_id, contact_id, organisation_id, topic_id, channel, answer, proof, channels, happened_at, record_id)
             SELECT institution_id, contact_id, 0, 0, 7, 2, 2, 0, '2000-01-01', gen_random_uuid()
             FROM contact WHERE contact_id % 9 = 0",
        ] {
            sqlx::query(statement).execute(&owner).await.unwrap();
        }
        let stage = Self { database, owner, silo };
        stage.at("2000-03-31").await;
        stage
    }

    async fn at(&self, day: &str) {
        let day: NaiveDate = day.parse().unwrap();
        self.database.set_business_clock(day.and_hms_opt(10, 0, 0).unwrap().and_utc()).await;
    }

    async fn want(&self) -> i64 {
        let wanted = self.database.app.scoped(self.silo, |mut tx| async move {
            let contacts = score::want(&mut tx, "Ada").await?;
            tx.commit(contacts).await
        });
        wanted.await.unwrap()
    }

    async fn standing(&self) -> Option<Scored> {
        let standing = self.database.app.scoped(self.silo, |mut tx| async move {
            let standing = score::standing(&mut tx).await?;
            tx.commit(standing).await
        });
        standing.await.unwrap()
    }

    async fn stored(&self, silo: InstitutionId) -> BTreeMap<i64, Scores> {
        let rows: Vec<(i64, i16, i16, i16)> = sqlx::query_as(
            "SELECT contact_id, recency, frequency, monetary FROM score WHERE institution_id = $1",
        )
        .bind(silo.0)
        .fetch_all(&self.owner)
        .await
        .unwrap();
        rows.into_iter()
            .map(|(contact, recency, frequency, monetary)| (contact, Scores { recency, frequency, monetary }))
            .collect()
    }

    /// By the rule, from the raw rows.
    async fn expected(&self, first: &str, last: &str) -> BTreeMap<i64, Scores> {
        let days = [first, last].map(|day| day.parse::<NaiveDate>().unwrap());
        let sales: Vec<(i64, NaiveDate, Option<i64>)> = sqlx::query_as(
            "SELECT contact_id, happened_on, amount FROM activity
             WHERE institution_id = $1 AND kind = 3 AND role = 0 AND NOT voided AND contact_id % 9 <> 0",
        )
        .bind(self.silo.0)
        .fetch_all(&self.owner)
        .await
        .unwrap();
        let mut bought: BTreeMap<i64, (NaiveDate, i64, i64)> = BTreeMap::new();
        for (contact, day, amount) in sales {
            if (days[0]..=days[1]).contains(&day) {
                let found = bought.entry(contact).or_insert((day, 0, 0));
                *found = (found.0.max(day), found.1 + 1, found.2 + amount.unwrap_or(0));
            }
        }
        let below = |is_less: &dyn Fn(&(NaiveDate, i64, i64)) -> bool| {
            let below = bought.values().filter(|other| is_less(other)).count();
            score(below as u64, bought.len() as u64)
        };
        bought
            .iter()
            .map(|(contact, own)| {
                let scores = Scores {
                    recency: below(&|other| other.0 < own.0),
                    frequency: below(&|other| other.1 < own.1),
                    monetary: below(&|other| other.2 < own.2),
                };
                (*contact, scores)
            })
            .collect()
    }
}

#[tokio::test]
async fn rows_are_ranked_as_the_rule_says() {
    let stage = Stage::new().await;
    assert_eq!(stage.standing().await, None, "nobody asked for scores");
    let contacts = stage.want().await;
    let (stored, expected) =
        (stage.stored(stage.silo).await, stage.expected("1997-03-31", "2000-03-31").await);
    assert_eq!(stored, expected);
    assert!(expected.len() > 100, "{} contacts are hardly a ranking", expected.len());
    assert_eq!(contacts, expected.len() as i64);
    for place in [|of: &Scores| of.recency, |of: &Scores| of.frequency, |of: &Scores| of.monetary] {
        let seen: std::collections::BTreeSet<i16> = expected.values().map(place).collect();
        assert!(seen.len() >= 3, "{seen:?}");
    }
    let standing = stage.standing().await.unwrap();
    assert_eq!(standing.computed_on.map(|day| day.to_string()).as_deref(), Some("2000-03-31"));
}

#[tokio::test]
async fn scores_follow_the_days_only_where_they_are_wanted() {
    let stage = Stage::new().await;
    let app = &stage.database.app;
    assert_eq!(app.score_when_due(stage.silo).await.unwrap(), None, "nobody asked for scores");
    stage.want().await;
    assert_eq!(app.score_when_due(stage.silo).await.unwrap(), None, "those of today are there");
    stage.at("2001-01-15").await;
    let contacts = app.score_when_due(stage.silo).await.unwrap();
    let expected = stage.expected("1998-01-15", "2001-01-15").await;
    assert_eq!(contacts, Some(expected.len() as i64));
    assert_eq!(
        stage.stored(stage.silo).await,
        expected,
        "who bought nothing in the window any more has none"
    );
    let forgotten = app.scoped(stage.silo, |mut tx| async move {
        score::forget(&mut tx).await?;
        tx.commit(()).await
    });
    forgotten.await.unwrap();
    assert!(stage.stored(stage.silo).await.is_empty());
    assert_eq!(app.score_when_due(stage.silo).await.unwrap(), None);
}

#[tokio::test]
async fn whoever_refuses_profiling_loses_the_scores_with_the_next_run() {
    let stage = Stage::new().await;
    stage.want().await;
    let someone = *stage.stored(stage.silo).await.keys().next().unwrap();
    sqlx::query(
        "INSERT INTO authorisation
            (institution_id, contact_id, organisation_id, topic_id, channel, answer, proof, channels, happened_at, record_id)
         VALUES ($1, $2, 0, 0, 7, 2, 2, 0, '2000-01-01', gen_random_uuid())",
    )
    .bind(stage.silo.0)
    .bind(someone)
    .execute(&stage.owner)
    .await
    .unwrap();
    stage.want().await;
    assert!(!stage.stored(stage.silo).await.contains_key(&someone));
}
