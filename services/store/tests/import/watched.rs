//! Files of watched folders: which are imported, which are not, and as of when.

use std::time::Duration;

use chrono::{DateTime, Utc};
use intake::{Mapping, MappingFile, SourceName};
use store::import::mappings;
use store::import::watched::{self, Begun, Finished, Found, Outcome};
use uuid::Uuid;

use crate::support::{World, instant};

const MAPPING: &str = r#"{"kind": "contacts", "source": "s", "columns": {"Id": "external_id"}, "constants": {"kind": "relay"}}"#;

fn file(name: &str, content: u8) -> Found {
    Found {
        mapping: SourceName::parse("contacts").unwrap(),
        content_hash: [content; 32],
        file_name: name.to_owned(),
    }
}

async fn begin(world: &World, found: &Found) -> Begun {
    let found = found.clone();
    let begin = |mut tx: store::Tx| async move {
        let begun = watched::begin(&mut tx, &found, Uuid::from_u128(7)).await?;
        tx.commit(begun).await
    };
    world.database.app.scoped(world.institution, begin).await.unwrap()
}

async fn finish(world: &World, file: i64, outcome: Outcome) {
    let finished =
        Finished { file, outcome, moved_to: "moved.csv".to_owned(), report: "{\"a\": 1}".to_owned() };
    let finish = |mut tx: store::Tx| async move {
        watched::finish(&mut tx, &finished).await?;
        tx.commit(()).await
    };
    world.database.app.scoped(world.institution, finish).await.unwrap();
}

async fn settle(world: &World, file: i64) {
    let settle = move |mut tx: store::Tx| async move {
        watched::settle(&mut tx, file).await?;
        tx.commit(()).await
    };
    world.database.app.scoped(world.institution, settle).await.unwrap();
}

/// Brings a file to its end, and tells whether it was imported.
async fn deliver(world: &World, found: &Found, outcome: Outcome) -> bool {
    let (file, outcome, was_imported) = match begin(world, found).await {
        Begun::Import { file, .. } => (file, outcome, true),
        Begun::Repeat { file, .. } => (file, Outcome::Repeated, false),
        Begun::Finished(finished) => panic!("{finished:?} was not settled"),
    };
    finish(world, file, outcome).await;
    settle(world, file).await;
    was_imported
}

#[tokio::test]
async fn a_content_counts_unless_it_follows_itself() {
    let world = World::new().await;
    let (one, two) = (file("contacts.csv", 1), file("contacts.csv", 2));
    assert!(deliver(&world, &one, Outcome::Imported).await);
    assert!(!deliver(&world, &one, Outcome::Imported).await);
    assert!(!deliver(&world, &file("other-name.csv", 1), Outcome::Imported).await);
    assert!(deliver(&world, &two, Outcome::Imported).await);
    assert!(deliver(&world, &one, Outcome::Imported).await, "it was another in between");
    // A refused file changed nothing, so the one before it is still the last word.
    assert!(deliver(&world, &two, Outcome::Refused).await);
    assert!(!deliver(&world, &one, Outcome::Imported).await);
    assert!(deliver(&world, &two, Outcome::Partly).await);
    assert!(deliver(&world, &two, Outcome::Imported).await, "what was rejected may be right by now");
}

#[tokio::test]
async fn a_mapping_that_was_saved_anew_may_read_the_same_file_otherwise() {
    let world = World::new().await;
    world.database.set_business_clock(instant("2026-03-02T04:00:00Z")).await;
    assert!(deliver(&world, &file("contacts.csv", 1), Outcome::Imported).await);
    world.database.set_business_clock(instant("2026-03-02T05:00:00Z")).await;
    let mapping = Mapping::try_from(serde_json::from_str::<MappingFile>(MAPPING).unwrap()).unwrap();
    let name = SourceName::parse("contacts").unwrap();
    mappings::save(&world.database.app, world.institution, &name, &mapping, MAPPING).await.unwrap();
    world.database.set_business_clock(instant("2026-03-02T06:00:00Z")).await;
    assert!(deliver(&world, &file("contacts.csv", 1), Outcome::Imported).await);
    assert!(!deliver(&world, &file("contacts.csv", 1), Outcome::Imported).await);
}

#[tokio::test]
async fn every_attempt_is_as_of_the_first() {
    let world = World::new().await;
    let found = file("contacts.csv", 1);
    world.database.set_business_clock(instant("2026-03-02T04:00:00Z")).await;
    let (number, first) = importing(&begin(&world, &found).await);
    world.database.set_business_clock(instant("2026-03-09T04:00:00Z")).await;
    assert_eq!(importing(&begin(&world, &found).await), (number, first));
    let (another, later) = importing(&begin(&world, &file("contacts-2.csv", 1)).await);
    assert!(another > number && later > first);

    finish(&world, number, Outcome::Partly).await;
    let Begun::Finished(finished) = begin(&world, &found).await else { panic!("it came to its end") };
    assert_eq!((finished.file, finished.outcome), (number, Outcome::Partly));
    assert_eq!((finished.moved_to.as_str(), finished.report.as_str()), ("moved.csv", "{\"a\": 1}"));
}

fn importing(begun: &Begun) -> (i64, DateTime<Utc>) {
    let Begun::Import { file, as_of, .. } = begun else { panic!("{begun:?} is not to be imported") };
    (*file, *as_of)
}

#[tokio::test]
async fn a_file_that_was_taken_away_is_another_file_when_it_comes_back() {
    let world = World::new().await;
    let (gone, there) = (file("gone.csv", 1), file("there.csv", 2));
    let (first, _) = importing(&begin(&world, &gone).await);
    let (stays, _) = importing(&begin(&world, &there).await);
    let settle_absent = |mut tx: store::Tx| async move {
        watched::settle_absent(&mut tx, &["contacts".to_owned()], &["there.csv".to_owned()]).await?;
        tx.commit(()).await
    };
    world.database.app.scoped(world.institution, settle_absent).await.unwrap();
    assert_ne!(importing(&begin(&world, &gone).await).0, first);
    assert_eq!(importing(&begin(&world, &there).await).0, stays);
}

#[tokio::test]
async fn one_watcher_of_an_institution_works_at_a_time() {
    let world = World::new().await;
    let other = World::inside(world.database.clone(), "elsewhere").await;
    let app = &world.database.app;
    let first = watched::turn(app, world.institution).await.unwrap();
    assert!(first.is_some());
    assert!(watched::turn(app, world.institution).await.unwrap().is_none());
    assert!(watched::turn(app, other.institution).await.unwrap().is_some());
    drop(first);
    let comes_free = async {
        while watched::turn(app, world.institution).await.unwrap().is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), comes_free).await.unwrap();
}
