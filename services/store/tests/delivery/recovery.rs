//! Leases of workers that are gone: by their owner, never by age alone.

use std::time::Duration;

use model::vocabulary::MessageState;
use store::lease::Recovered;
use store::worker::WorkerRole;

use crate::support::{Scene, WORKER};

async fn claimed_by_a_worker() -> Scene {
    let scene = Scene::with(3).await;
    scene.database.app.register_worker(WORKER, "host", WorkerRole::Work).await.unwrap();
    scene.dispatched().await;
    assert_eq!(scene.claim(&scene.contacts, 1).await.claimed.len(), 3);
    scene
}

async fn recover(scene: &Scene) -> Recovered {
    scene.database.dispatcher.recover_leases(0).await.unwrap()
}

#[tokio::test]
async fn a_slow_but_living_worker_is_never_robbed() {
    let scene = claimed_by_a_worker().await;
    scene.execute("UPDATE outbox SET claimed_at = claimed_at - interval '1 day'").await;
    scene.execute("UPDATE worker SET beat_at = beat_at - interval '1 day'").await;
    assert_eq!(recover(&scene).await, Recovered::default());
}

#[tokio::test]
async fn what_an_ended_worker_left_was_never_sent() {
    let scene = claimed_by_a_worker().await;
    let institution = scene.launch.institution;
    assert_eq!(scene.database.app.leases_of(institution, WORKER, Duration::ZERO).await.unwrap().len(), 3);
    scene.database.app.end_worker(WORKER).await.unwrap();
    assert!(!scene.database.app.beat(WORKER, true).await.unwrap(), "it learns that it has ended");
    assert_eq!(recover(&scene).await, Recovered { released: 3, unknown: 0 });
    assert_eq!(scene.dispatched().await.len(), 3);
    assert_eq!(scene.claim(&scene.contacts, 2).await.claimed.len(), 3);
}

#[tokio::test]
async fn a_lost_host_leaves_unknown_and_nothing_is_sent_again() {
    let scene = claimed_by_a_worker().await;
    let app = &scene.database.app;
    app.declare_host_lost("host").await.expect_err("it has just beaten");
    scene.execute("UPDATE worker SET beat_at = beat_at - interval '31 s'").await;
    assert_eq!(app.declare_host_lost("elsewhere").await.unwrap(), 0);
    assert_eq!(app.declare_host_lost("host").await.unwrap(), 1);
    assert!(!app.beat(WORKER, true).await.unwrap(), "it must stop should it come back");
    assert_eq!(recover(&scene).await, Recovered::default(), "not before a quarter of an hour");
    scene.execute("UPDATE worker SET beat_at = beat_at - interval '15 min'").await;
    assert_eq!(recover(&scene).await, Recovered { released: 0, unknown: 3 });
    for contact in &scene.contacts {
        assert_eq!(scene.state(*contact).await, MessageState::Unknown);
    }
    assert_eq!(scene.number("SELECT count(*) FROM outbox").await, 0);
}

#[tokio::test]
async fn a_worker_sees_its_own_old_leases_only() {
    let scene = claimed_by_a_worker().await;
    let institution = scene.launch.institution;
    let of = |age| scene.database.app.leases_of(institution, WORKER, age);
    assert!(of(Duration::from_secs(60)).await.unwrap().is_empty());
    scene
        .execute("UPDATE outbox SET claimed_at = claimed_at - interval '61 s' WHERE contact_id % 3 = 0")
        .await;
    assert_eq!(of(Duration::from_secs(60)).await.unwrap().len(), 1);
    let other = uuid::Uuid::from_u128(5);
    assert!(scene.database.app.leases_of(institution, other, Duration::ZERO).await.unwrap().is_empty());
}
