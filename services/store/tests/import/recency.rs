//! Recency equals its rebuild, whatever was added, corrected and taken back, in whatever order (TI-05 to TI-08).

use chrono::{Days, NaiveDate};
use intake::Kind;
use model::ambient::Entropy as _;
use model::ids::{ContactId, OrganisationId};
use model::recency::{ProductDay, counts_on};
use model::vocabulary::{ActivityKind, LineState, ProductState};
use store::recency::{Activity, record_activity, remove_activity};
use store::testing::SeededEntropy;
use uuid::Uuid;

use crate::support::World;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn click(contact: ContactId, id: u128, happened_on: NaiveDate) -> Activity {
    Activity {
        contact,
        activity_id: Uuid::from_u128(id),
        organisation: OrganisationId::WHOLE_INSTITUTION,
        kind: ActivityKind::Click,
        happened_on,
    }
}

impl World {
    async fn record(&self, activity: Activity) -> bool {
        self.database
            .app
            .scoped(self.institution, move |mut tx| async move {
                let moved = record_activity(&mut tx, &activity).await?;
                tx.commit(moved).await
            })
            .await
            .unwrap()
    }

    async fn remove(&self, contact: ContactId, id: u128) -> bool {
        self.database
            .app
            .scoped(self.institution, move |mut tx| async move {
                let removed = remove_activity(&mut tx, contact, Uuid::from_u128(id)).await?;
                tx.commit(removed).await
            })
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn sql_and_rust_agree_on_the_day_of_every_kind_of_fact() {
    let world = World::new().await;
    let (happened, valid) = (day("2025-11-03"), day("2026-06-01"));
    let mut owner = world.owner().await;
    for kind in ActivityKind::ALL {
        for product in std::iter::once(None).chain(ProductState::ALL.iter().map(|state| Some(*state))) {
            for valid_on in [None, Some(valid)] {
                for line in std::iter::once(None).chain(LineState::ALL.iter().map(|state| Some(*state))) {
                    let voided = matches!(line, Some(LineState::Returned | LineState::Cancelled));
                    let sql: Option<NaiveDate> =
                        sqlx::query_scalar("SELECT counting_day($1, $2, $3, $4, $5)")
                            .bind(kind.number())
                            .bind(happened)
                            .bind(product.and(valid_on))
                            .bind(product.map(ProductState::number))
                            .bind(voided)
                            .fetch_one(&mut owner)
                            .await
                            .unwrap();
                    let product = product.map(|state| ProductDay { valid_on, state });
                    assert_eq!(sql, counts_on(*kind, happened, product, line), "{kind} {product:?} {line:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_click_raises_recency_once_and_its_removal_restores_it() {
    let world = World::new().await;
    world.import(Kind::Contacts, "external_id,kind,created_on\nC-1,individual,2019-05-04\n").await;
    let contact = world.contact("C-1").await;
    assert!(world.record(click(contact, 1, day("2026-01-10"))).await);
    assert!(!world.record(click(contact, 1, day("2026-01-10"))).await, "the same fact again");
    assert!(!world.record(click(contact, 2, day("2026-01-09"))).await, "an older fact moves nothing");
    assert!(!world.record(click(ContactId(-1), 3, day("2026-01-09"))).await, "nobody's fact");
    assert_eq!(world.recency().await, ["C-1 2026-01-10"]);
    assert!(world.remove(contact, 1).await);
    assert_eq!(world.recency().await, ["C-1 2026-01-09"]);
    assert!(world.remove(contact, 2).await);
    assert!(!world.remove(contact, 2).await);
    assert_eq!(world.recency().await, ["C-1 2019-05-04"], "creation is the fallback");
    world.check_projections().await;
}

#[tokio::test]
async fn a_removal_and_an_addition_at_once_do_not_overlook_each_other() {
    let world = World::new().await;
    world.import(Kind::Contacts, "external_id,kind\nC-1,individual\n").await;
    let contact = world.contact("C-1").await;
    for round in 0..20_u128 {
        world.record(click(contact, 1, day("2026-01-10"))).await;
        let newer = click(contact, 100 + round, day("2026-01-05") + Days::new(0));
        let (_, removed) = tokio::join!(world.record(newer), world.remove(contact, 1));
        assert!(removed);
        assert_eq!(world.recency().await, ["C-1 2026-01-05"], "round {round}");
        world.remove(contact, 100 + round).await;
    }
}

#[tokio::test]
async fn a_damaged_recency_is_found() {
    let world = World::new().await;
    world
        .import(Kind::Contacts, "external_id,kind,created_on\nC-1,individual,2019-05-04\nC-2,individual,\n")
        .await;
    let contact = world.contact("C-2").await;
    let verify = || async {
        world
            .database
            .app
            .scoped(world.institution, |mut tx| async move {
                let found = store::recency::verify(&mut tx).await?;
                tx.roll_back(found).await
            })
            .await
            .unwrap()
    };
    assert!(verify().await.is_empty());
    for damage in [
        "UPDATE recency SET active_on = '2030-01-01' WHERE contact_id = $1",
        "UPDATE recency SET active_on = NULL, created_on = '2030-01-01' WHERE contact_id = $1",
        "DELETE FROM recency WHERE contact_id = $1",
    ] {
        sqlx::query(damage).bind(contact.0).execute(&mut world.owner().await).await.unwrap();
        assert_eq!(verify().await, [contact], "{damage}");
    }
}

/// Random facts are recorded, re-judged and taken back; after each, recency is the latest of those that remain.
#[tokio::test]
async fn recency_is_the_latest_remaining_evidence_in_any_history() {
    let world = World::new().await;
    world
        .import(Kind::Contacts, "external_id,kind,created_on\nC-0,individual,2019-05-04\nC-1,individual,\n")
        .await;
    let contacts = [world.contact("C-0").await, world.contact("C-1").await];
    let created = [Some(day("2019-05-04")), None];
    let dice = SeededEntropy::new("recency");
    let roll = |sides: u64| dice.uuid().as_u64_pair().1 % sides;
    let mut facts: Vec<(usize, u128, NaiveDate)> = Vec::new();
    for step in 0..150_u128 {
        if facts.is_empty() || roll(5) < 3 {
            let who = usize::from(roll(2) == 1);
            let when = day("2024-01-01") + Days::new(roll(900));
            facts.push((who, step, when));
            world.record(click(contacts[who], step, when)).await;
        } else {
            let at = usize::try_from(roll(facts.len() as u64)).unwrap();
            let (who, id, _) = facts.swap_remove(at);
            assert!(world.remove(contacts[who], id).await);
        }
        let expected: Vec<String> = (0..2)
            .map(|who| {
                let latest =
                    facts.iter().filter(|fact| fact.0 == who).map(|fact| fact.2).max().or(created[who]);
                format!("C-{who} {}", latest.map_or("unknown".to_owned(), |day| day.to_string()))
            })
            .collect();
        assert_eq!(world.recency().await, expected, "after step {step}");
    }
    world.check_projections().await;
}
