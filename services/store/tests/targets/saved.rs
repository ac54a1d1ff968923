//! Saved targets: versions, frozen lists with their history, and what others name.

use audience::testing::{Generator, World};
use audience::{ContactFacts, Query, SavedTarget, Truth, check, evaluate};
use chrono::{DateTime, Utc};
use model::ids::InstitutionId;
use model::vocabulary::TargetKind;
use sqlx::postgres::PgPool;
use store::target::{self, Compared, NewTarget, Saved};
use store::testing::Database;
use store::{StoreError, catalogue};
use tokio::sync::oneshot;

use crate::stored;

const LYON: &str = r#"{"leaf": "identity", "field": "city", "equals": "Lyon"}"#;
const ABROAD: &str = r#"{"leaf": "identity", "field": "country", "not_equals": "FR"}"#;

/// An institution with 200 contacts and no saved target.
struct Stage {
    database: Database,
    owner: PgPool,
    silo: InstitutionId,
    population: Vec<ContactFacts>,
}

/// Runs the body in one transaction of the stage.
macro_rules! within {
    ($stage:expr, $tx:ident, $body:expr) => {
        $stage
            .database
            .app
            .scoped($stage.silo, move |mut $tx| async move {
                let value = $body;
                $tx.commit(value).await
            })
            .await
    };
}

impl Stage {
    async fn new() -> Self {
        let mut generator = Generator::new(11);
        let mut population = generator.population(200);
        population.iter_mut().for_each(|facts| facts.lists.clear());
        let mut world = World::default();
        world.catalogue.targets.clear();
        let database = Database::fresh().await;
        let silo = database.institution("targets").await;
        let owner = PgPool::connect_with(database.owner.clone()).await.unwrap();
        stored::store(&mut owner.acquire().await.unwrap(), silo, &world, &population).await;
        Self { database, owner, silo, population }
    }

    async fn save(&self, kind: TargetKind, code: &str, query: &str) -> store::Result<Saved> {
        let new = new(kind, code, query);
        within!(self, tx, target::save(&mut tx, &new).await?)
    }

    async fn refresh(&self, code: &'static str) -> store::Result<Saved> {
        within!(self, tx, target::refresh(&mut tx, code, "Ada").await?)
    }

    async fn archive(&self, code: &'static str) -> store::Result<()> {
        within!(self, tx, target::archive(&mut tx, code).await?)
    }

    async fn compare(&self, one: &str, other: &str) -> Compared {
        let queries = [one, other].map(|json| Query::from_json(json).unwrap());
        let compared = within!(self, tx, {
            let mut checked = Vec::new();
            for query in &queries {
                checked.push(check(query, &catalogue::load(&mut tx, query).await?).unwrap());
            }
            target::compare(&mut tx, &checked[0], &checked[1]).await?
        });
        compared.unwrap()
    }

    /// Until a transaction waits for a lock.
    async fn until_somebody_waits(&self) {
        let question = "SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock'";
        for _ in 0..100_000 {
            if sqlx::query_scalar::<_, i64>(question).fetch_one(&self.owner).await.unwrap() > 0 {
                return;
            }
        }
        panic!("nobody waits for a lock");
    }

    /// How many contacts the evaluator selects.
    fn meant(&self, json: &str) -> i64 {
        let world = World::default();
        let checked = check(&Query::from_json(json).unwrap(), &world.catalogue).unwrap();
        let selected = |facts: &&ContactFacts| evaluate(&checked, facts, world.today) == Truth::True;
        i64::try_from(self.population.iter().filter(selected).count()).unwrap()
    }
}

fn new(kind: TargetKind, code: &str, query: &str) -> NewTarget {
    let query = Query::from_json(query).unwrap();
    NewTarget { code: code.to_owned(), name: format!("The {code}"), kind, query, by: "Ada".to_owned() }
}

fn within(code: &str) -> String {
    format!(r#"{{"leaf": "membership", "in": "{code}"}}"#)
}

fn refusal(result: store::Result<impl std::fmt::Debug>) -> String {
    match result {
        Err(StoreError::Refused(why)) => why,
        other => panic!("a refusal was meant, not {other:?}"),
    }
}

#[tokio::test]
async fn each_change_of_a_target_is_a_version() {
    let stage = Stage::new().await;
    assert_eq!(stage.save(TargetKind::Dynamic, "home", LYON).await.unwrap().version, 1);
    assert_eq!(stage.save(TargetKind::Dynamic, "home", ABROAD).await.unwrap().version, 2);
    let (history, now) = within!(stage, tx, {
        (target::history(&mut tx, "home").await?, target::query(&mut tx, "home").await?)
    })
    .unwrap();
    assert_eq!(history.iter().map(|saved| saved.version).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(now, Some(Query::from_json(ABROAD).unwrap()));
    let why = refusal(stage.save(TargetKind::Static, "home", LYON).await);
    assert!(why.contains("stands for a dynamic target"), "{why}");
    for code in ["", "Home", "a b", "é", &"x".repeat(65)] {
        assert!(refusal(stage.save(TargetKind::Dynamic, code, LYON).await).contains("1 to 64"), "{code}");
    }
}

#[tokio::test]
async fn a_list_stays_as_it_was_frozen_until_it_is_refreshed() {
    let stage = Stage::new().await;
    let frozen = stage.save(TargetKind::Static, "lyon", LYON).await.unwrap();
    let lyon = stage.meant(LYON);
    assert!(lyon > 3, "{lyon} contacts are too few to lose two");
    assert_eq!((frozen.members, frozen.added, frozen.removed), (Some(lyon), Some(lyon), Some(0)));
    // Two move away, and somebody who had no city comes.
    for change in [
        "UPDATE contact SET city = 'Nice', city_key = 'nice'
         WHERE contact_id IN (SELECT contact_id FROM contact WHERE city_key = 'lyon' ORDER BY contact_id LIMIT 2)",
        "UPDATE contact SET city = 'Lyon', city_key = 'lyon'
         WHERE contact_id = (SELECT min(contact_id) FROM contact WHERE city_key IS NULL)",
    ] {
        sqlx::query(change).execute(&stage.owner).await.unwrap();
    }
    let compared = stage.compare(&within("lyon"), LYON).await;
    assert_eq!(compared, Compared { only_one: 2, both: lyon - 2, only_other: 1 }, "the list did not move");
    let refreshed = stage.refresh("lyon").await.unwrap();
    assert_eq!((refreshed.version, refreshed.members), (2, Some(lyon - 1)));
    assert_eq!((refreshed.added, refreshed.removed), (Some(1), Some(2)));
    let compared = stage.compare(&within("lyon"), LYON).await;
    assert_eq!(compared, Compared { only_one: 0, both: lyon - 1, only_other: 0 });
    // Who was in it once can still be told.
    let (was, is): (i64, i64) = sqlx::query_as(
        "SELECT count(*) FILTER (WHERE from_version = 1), count(*) FILTER (WHERE until_version IS NULL) FROM target_member",
    )
    .fetch_one(&stage.owner)
    .await
    .unwrap();
    assert_eq!((was, is), (lyon, lyon - 1));
    let again = stage.refresh("lyon").await.unwrap();
    assert_eq!((again.version, again.added, again.removed), (3, Some(0), Some(0)), "nothing changed");
}

#[tokio::test]
async fn only_a_list_is_refreshed() {
    let stage = Stage::new().await;
    stage.save(TargetKind::Dynamic, "lyon", LYON).await.unwrap();
    assert!(refusal(stage.refresh("lyon").await).contains("is dynamic"));
    assert!(refusal(stage.refresh("gone").await).contains("there is no target gone"));
}

#[tokio::test]
async fn what_a_target_names_cannot_be_archived_and_its_users_are_told() {
    let stage = Stage::new().await;
    stage.save(TargetKind::Static, "press", ABROAD).await.unwrap();
    let calm = format!(r#"{{"all": [{LYON}, {{"leaf": "membership", "not_in": "press"}}]}}"#);
    stage.save(TargetKind::Dynamic, "calm", &calm).await.unwrap();
    stage.save(TargetKind::Static, "frozen", &within("calm")).await.unwrap();
    assert!(refusal(stage.archive("press").await).contains("named by calm"));
    assert!(refusal(stage.archive("calm").await).contains("named by frozen"), "to be refreshed");
    for code in ["frozen", "calm", "press"] {
        stage.archive(code).await.unwrap();
    }
    assert!(within!(stage, tx, target::list(&mut tx).await?).unwrap().is_empty());
    let why = refusal(stage.save(TargetKind::Dynamic, "calm", &calm).await);
    assert!(why.contains("/all/1: there is no target `press`"), "{why}");
    let anew = stage.save(TargetKind::Dynamic, "press", LYON).await.unwrap();
    assert_eq!(anew.version, 1, "the code was free, also for another kind");
}

#[tokio::test]
async fn what_a_target_asked_is_told_as_of_any_instant() {
    let stage = Stage::new().await;
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let asked = async |when: Option<DateTime<Utc>>| {
        let query = Query::from_json(&within("home")).unwrap();
        let names =
            within!(stage, tx, catalogue::load_as_of(&mut tx, &[&query], when).await?.targets).unwrap();
        names.get("home").map(|target| match target {
            SavedTarget::Dynamic(query) => query.to_string(),
            SavedTarget::Static(_) => "a list".to_owned(),
        })
    };
    let as_read = |json: &str| Query::from_json(json).unwrap().to_string();
    for (day, query) in [("2000-02-01T12:00:00Z", LYON), ("2000-03-01T12:00:00Z", ABROAD)] {
        stage.database.set_business_clock(at(day)).await;
        stage.save(TargetKind::Dynamic, "home", query).await.unwrap();
    }
    stage.database.set_business_clock(at("2000-04-01T12:00:00Z")).await;
    assert_eq!(asked(None).await, Some(as_read(ABROAD)));
    stage.archive("home").await.unwrap();
    assert_eq!(asked(None).await, None);
    assert_eq!(asked(Some(at("2000-01-01T00:00:00Z"))).await, None, "it was not there yet");
    assert_eq!(asked(Some(at("2000-02-15T00:00:00Z"))).await, Some(as_read(LYON)));
    assert_eq!(asked(Some(at("2000-03-15T00:00:00Z"))).await, Some(as_read(ABROAD)));
    assert_eq!(asked(Some(at("2000-04-02T00:00:00Z"))).await, None, "it was put away");
}

#[tokio::test]
async fn a_way_back_is_refused_when_it_would_be_closed() {
    let stage = Stage::new().await;
    stage.save(TargetKind::Dynamic, "a", LYON).await.unwrap();
    stage.save(TargetKind::Dynamic, "b", &within("a")).await.unwrap();
    let why = refusal(stage.save(TargetKind::Dynamic, "a", &within("b")).await);
    assert!(why.contains("cannot ask for itself"), "{why}");
    let listed = within!(stage, tx, target::list(&mut tx).await?).unwrap();
    assert_eq!(listed.iter().map(|saved| saved.version).collect::<Vec<_>>(), [1, 1], "nothing was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_is_being_named_is_not_archived_under_it() {
    let stage = Stage::new().await;
    stage.save(TargetKind::Dynamic, "lyon", LYON).await.unwrap();
    let (saved, is_saved) = oneshot::channel();
    let (go_on, may_go_on) = oneshot::channel::<()>();
    let naming = {
        let (app, silo) = (stage.database.app.clone(), stage.silo);
        let user = new(TargetKind::Dynamic, "user", &within("lyon"));
        tokio::spawn(async move {
            let work = app.scoped(silo, move |mut tx| async move {
                target::save(&mut tx, &user).await?;
                saved.send(()).unwrap();
                may_go_on.await.unwrap();
                tx.commit(()).await
            });
            work.await
        })
    };
    is_saved.await.unwrap();
    let archiving = {
        let (app, silo) = (stage.database.app.clone(), stage.silo);
        tokio::spawn(async move {
            let work = app.scoped(silo, |mut tx| async move {
                target::archive(&mut tx, "lyon").await?;
                tx.commit(()).await
            });
            work.await
        })
    };
    stage.until_somebody_waits().await;
    go_on.send(()).unwrap();
    naming.await.unwrap().unwrap();
    assert!(refusal(archiving.await.unwrap()).contains("named by user"));
}

#[tokio::test]
async fn a_comparison_counts_each_contact_once() {
    let stage = Stage::new().await;
    let (lyon, abroad) = (stage.meant(LYON), stage.meant(ABROAD));
    let both = stage.meant(&format!(r#"{{"all": [{LYON}, {ABROAD}]}}"#));
    assert!(both > 0 && both < lyon && both < abroad);
    let compared = stage.compare(LYON, ABROAD).await;
    assert_eq!(compared, Compared { only_one: lyon - both, both, only_other: abroad - both });
}
