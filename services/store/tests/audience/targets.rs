//! Several targets and exclusions in one audience: nobody twice, nobody who may be meant by an exclusion, and who came by what.

use model::permission::Reason;
use sqlx::{ConnectOptions as _, PgConnection};
use store::StoreError;
use store::audience::{Audience, MOST_TARGETS, Target, Targets};
use store::testing::Database;

use crate::support::{EVERYBODY, audience, confirmed, count, do_launch, new_launch, proven, target};

fn city(name: &str) -> String {
    format!(r#"{{"leaf": "identity", "field": "city", "equals": "{name}"}}"#)
}

/// Nine contacts: 1 to 3 in Lyon, 4 to 6 in Paris, the others in no known city; odd ones have loyalty and speak French, of 8 no
/// language is known, the others speak German.
async fn nine(connection: &mut PgConnection, silo: model::ids::InstitutionId) {
    proven(connection, silo, 9).await;
    let change = "UPDATE contact
         SET city_key = CASE WHEN contact_id <= 3 THEN 'lyon' WHEN contact_id <= 6 THEN 'paris' END,
             language = CASE WHEN contact_id % 2 = 1 THEN 'fr' WHEN contact_id <> 8 THEN 'de' END
         WHERE institution_id = $1";
    sqlx::query(change).bind(silo.0).execute(connection).await.unwrap();
}

const GERMAN: &str = r#"{"leaf": "identity", "field": "language", "equals": "de"}"#;
const FRENCH: &str = r#"{"leaf": "identity", "field": "language", "equals": "fr"}"#;

fn lyon_or_french_without_germans() -> Audience {
    audience(Targets {
        targets: vec![target("lyon", &city("Lyon")), target("french", FRENCH)],
        exclude: vec![target("germans", GERMAN)],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn targets_add_up_and_nobody_stands_twice() {
    let database = Database::fresh().await;
    let silo = database.institution("several").await;
    nine(&mut database.owner.connect().await.unwrap(), silo).await;
    let counted = count(&database, silo, lyon_or_french_without_germans()).await.waterfall;
    // In Lyon: 1, 2, 3. French: 1, 3, 5, 7, 9. Together six; contact 2 speaks German.
    assert_eq!((counted.matched, counted.planned), (6, 5));
    assert_eq!(counted.excluded, [(Reason::ExcludedTarget, 1)].into());
    let parts: Vec<_> =
        counted.targets.iter().map(|part| (part.name.as_str(), part.matched, part.only)).collect();
    assert_eq!(parts, [("lyon", 3, 1), ("french", 5, 3)]);
    let part = &counted.exclusions[0];
    assert_eq!((part.name.as_str(), part.matched, part.unknown), ("germans", 1, 0));

    let new = confirmed(new_launch("several", lyon_or_french_without_germans()), 5);
    let launched = do_launch(&database, silo, new).await.unwrap();
    assert_eq!(launched.waterfall, counted, "the frozen waterfall has every part too");
    let mut connection = database.owner.connect().await.unwrap();
    let (query, targets): (serde_json::Value, serde_json::Value) =
        sqlx::query_as("SELECT query, targets FROM launch").fetch_one(&mut connection).await.unwrap();
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(query, serde_json::json!({"any": [json(&city("Lyon")), json(FRENCH)]}));
    assert_eq!(
        targets,
        serde_json::json!({
            "targets": [{"name": "lyon", "query": json(&city("Lyon"))}, {"name": "french", "query": json(FRENCH)}],
            "exclude": [{"name": "germans", "query": json(GERMAN)}],
        })
    );
}

/// An exclusion names people who must not be written to: what is not on file about them must not let them in.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_be_meant_by_an_exclusion_is_left_out_and_counted_apart() {
    let database = Database::fresh().await;
    let silo = database.institution("unknown").await;
    nine(&mut database.owner.connect().await.unwrap(), silo).await;
    let without =
        |exclude: Vec<Target>| audience(Targets { targets: vec![target("all", EVERYBODY)], exclude });
    let counted = count(&database, silo, without(vec![target("lyon", &city("Lyon"))])).await;
    // Three live in Lyon, and of three no city is known.
    assert_eq!((counted.waterfall.planned, counted.waterfall.excluded[&Reason::ExcludedTarget]), (3, 6));
    assert_eq!((counted.waterfall.exclusions[0].matched, counted.waterfall.exclusions[0].unknown), (3, 3));
    assert_eq!(counted.without[&Reason::ExcludedTarget], 6);

    // Whoever wants those in whose city is not known says so, and it is unknown no more.
    let known = format!(
        r#"{{"all": [{}, {{"leaf": "identity", "field": "city", "is_present": true}}]}}"#,
        city("Lyon")
    );
    let counted = count(&database, silo, without(vec![target("lyon", &known)])).await.waterfall;
    assert_eq!((counted.planned, counted.exclusions[0].unknown), (6, 0));

    // Two exclusions: in either is out; known to be in one, it does not matter what is unknown of the other.
    let both = without(vec![target("lyon", &known), target("germans", GERMAN)]);
    let counted = count(&database, silo, both.clone()).await.waterfall;
    // Lyon: 1, 2, 3. German: 2, 4, 6. Unknown: 8.
    assert_eq!((counted.planned, counted.excluded[&Reason::ExcludedTarget]), (3, 6));
    let parts: Vec<_> = counted.exclusions.iter().map(|part| (part.matched, part.unknown)).collect();
    assert_eq!(parts, [(3, 0), (3, 1)]);
    let launched = do_launch(&database, silo, confirmed(new_launch("unknown", both), 3)).await.unwrap();
    assert_eq!(launched.waterfall, counted);
}

#[tokio::test(flavor = "multi_thread")]
async fn targets_that_cannot_be_told_apart_or_counted_are_refused() {
    let database = Database::fresh().await;
    let silo = database.institution("wrong").await;
    let several = |number: usize| (0..number).map(|place| target(&format!("t{place}"), EVERYBODY)).collect();
    for (targets, exclude, words) in [
        (vec![], vec![], "at least one target"),
        (several(MOST_TARGETS + 1), vec![], "targets: 16 are too many"),
        (several(1), several(MOST_TARGETS + 1), "exclude: 16 are too many"),
        (several(1), several(1), "the name t0 stands twice"),
    ] {
        let audience = audience(Targets { targets, exclude });
        let asked = database.app.scoped(silo, move |mut tx| async move {
            let counted = audience.count(&mut tx).await?;
            tx.commit(counted).await
        });
        let refused = asked.await.unwrap_err();
        assert!(matches!(&refused, StoreError::Refused(text) if text.contains(words)), "{refused}");
    }
    // The most that there may be are counted.
    let named = |letter: char| {
        (0..MOST_TARGETS).map(|place| target(&format!("{letter}{place}"), EVERYBODY)).collect::<Vec<_>>()
    };
    nine(&mut database.owner.connect().await.unwrap(), silo).await;
    let most = audience(Targets { targets: named('t'), exclude: named('x') });
    let counted = count(&database, silo, most).await.waterfall;
    assert_eq!((counted.matched, counted.planned), (9, 0));
    assert!(counted.targets.iter().all(|part| (part.matched, part.only) == (9, 0)));
    assert!(counted.exclusions.iter().all(|part| (part.matched, part.unknown) == (9, 0)));
}
