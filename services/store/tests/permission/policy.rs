//! A policy is a series of versions: what was in force can be told for every moment, and nobody writes over the past.

use chrono::{TimeZone as _, Utc};
use model::policy::Policy;
use model::vocabulary::{Channel, ClickTracking, UnsetMeans};
use store::policy;
use store::testing::Database;
use store::{Result, StoreError};

use crate::scene::Scene;

async fn change(scene: &Scene, with: fn(&mut Policy)) -> Result<policy::Changed> {
    let change = move |mut tx| async move {
        let mut wanted = policy::version_in_force(&mut tx, None).await?.chosen;
        with(&mut wanted);
        let changed = policy::change(&mut tx, &wanted, "Ada", "a test").await?;
        tx.commit(changed).await
    };
    scene.database.app.scoped(scene.silo, change).await
}

/// The number of the version in force, and what unset by post means under the law of that day.
async fn in_force(scene: &Scene, on: (i32, u32, u32)) -> (i32, UnsetMeans, UnsetMeans) {
    let at = Utc.with_ymd_and_hms(on.0, on.1, on.2, 12, 0, 0).unwrap();
    let told = move |mut tx| async move {
        let version = policy::version_in_force(&mut tx, Some(at)).await?;
        let held = version.on(at.date_naive())?;
        let both = (version.number, *held.unset.get(Channel::Phone), *held.unset.get(Channel::Post));
        tx.commit(both).await
    };
    scene.database.app.scoped(scene.silo, told).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_in_force_is_told_for_every_day() {
    use UnsetMeans::{Explicit, RefusalsOnly};
    let database = Database::fresh().await;
    database.set_business_clock(Utc.with_ymd_and_hms(2026, 2, 1, 9, 0, 0).unwrap()).await;
    let silo = database.institution("policy").await;
    let owner = sqlx::postgres::PgPool::connect_with(database.owner.clone()).await.unwrap();
    let scene = Scene { database, owner, silo };
    scene.database.set_business_clock(Utc.with_ymd_and_hms(2026, 3, 1, 9, 0, 0).unwrap()).await;
    let changed = change(&scene, |policy| policy.unset.phone = RefusalsOnly).await.unwrap();
    assert_eq!(changed, policy::Changed { version: 2, loosened: true });
    scene.database.set_business_clock(Utc.with_ymd_and_hms(2026, 4, 1, 9, 0, 0).unwrap()).await;
    let changed = change(&scene, |policy| policy.unset.post = RefusalsOnly).await.unwrap();
    assert_eq!((changed.version, changed.loosened), (3, true));
    for (on, expected) in [
        ((2025, 1, 1), (1, Explicit, Explicit)),
        ((2026, 2, 28), (1, Explicit, Explicit)),
        ((2026, 3, 1), (2, RefusalsOnly, Explicit)),
        ((2026, 4, 2), (3, RefusalsOnly, RefusalsOnly)),
        ((2026, 8, 10), (3, RefusalsOnly, RefusalsOnly)),
        // From this day on calls need consent in France, whatever was chosen before.
        ((2026, 8, 11), (3, Explicit, RefusalsOnly)),
    ] {
        assert_eq!(in_force(&scene, on).await, expected, "{on:?}");
    }
    scene.database.set_business_clock(Utc.with_ymd_and_hms(2026, 9, 1, 9, 0, 0).unwrap()).await;
    let refused = change(&scene, |policy| policy.click_tracking = ClickTracking::Off).await.unwrap_err();
    assert!(
        refused.to_string().starts_with("unset_phone: the FR pack does not allow refusals_only"),
        "{refused}"
    );
    let changed = change(&scene, |policy| {
        policy.unset.phone = Explicit;
        policy.consent_age = 18;
    });
    assert!(!changed.await.unwrap().loosened);
    let kept: i16 = sqlx::query_scalar("SELECT consent_age FROM policy WHERE version = 4")
        .fetch_one(&scene.owner)
        .await
        .unwrap();
    assert_eq!(kept, 15, "the gates are projected with it");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_change_it_at_once_do_not_lose_one_of_the_changes() {
    let scene = Scene::new().await;
    let (one, other) = tokio::join!(
        change(&scene, |policy| policy.retention_months = 30),
        change(&scene, |policy| policy.click_tracking = ClickTracking::Off),
    );
    let numbers: Vec<i32> =
        sqlx::query_scalar("SELECT version FROM policy ORDER BY 1").fetch_all(&scene.owner).await.unwrap();
    let won = [&one, &other].iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(numbers.len(), 1 + won, "{one:?} {other:?}");
    for outcome in [one, other] {
        match outcome {
            Ok(changed) => assert!(numbers.contains(&changed.version)),
            Err(StoreError::Refused(text)) => assert!(text.contains("at the same time"), "{text}"),
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_application_cannot_write_over_the_past() {
    let scene = Scene::new().await;
    for statement in ["UPDATE policy SET unset_email = 1", "DELETE FROM policy"] {
        let granted: bool = sqlx::query_scalar("SELECT has_table_privilege('rappel_app', 'policy', $1)")
            .bind(statement.split_once(' ').unwrap().0)
            .fetch_one(&scene.owner)
            .await
            .unwrap();
        assert!(!granted, "{statement}");
    }
}
