//! Pause, resume and cancel, against claims that are open or just being made.

use model::vocabulary::MessageState;
use store::StoreError;
use store::claim::{self, Claiming};
use store::control::Cancelled;
use store::result::Ending;
use tokio::sync::oneshot;

use crate::support::Scene;

#[tokio::test]
async fn a_cancelled_launch_ends_everything_that_waits() {
    let scene = Scene::with(30).await;
    scene.database.dispatcher.take(scene.launch, 10).await.unwrap();
    let lease = scene.claim_one(scene.contacts[0], 1).await.lease;
    assert_eq!(scene.report(lease, Ending::Deferred).await, 1);
    let lease = scene.claim_one(scene.contacts[1], 2).await.lease;
    scene.accepted(lease).await;
    let cancelled = scene.database.app.cancel(scene.launch).await.unwrap();
    assert_eq!(cancelled, Cancelled { messages: 29, open: 0 });
    assert_eq!(scene.number("SELECT count(*) FROM message WHERE state = 5").await, 29);
    assert_eq!(scene.state(scene.contacts[1]).await, MessageState::Accepted);
    assert_eq!(scene.number("SELECT count(*) FROM outbox").await, 0);
    assert_eq!(scene.number("SELECT state::int8 FROM launch").await, 3);
    assert!(scene.claim(&scene.contacts, 3).await.claimed.is_empty());
    for refused in [
        scene.database.app.pause(scene.launch).await,
        scene.database.app.resume(scene.launch).await,
        scene.database.app.cancel(scene.launch).await.map(|_| ()),
    ] {
        assert!(matches!(refused, Err(StoreError::Refused(text)) if text.contains("is cancelled")));
    }
}

/// The call returns only when the claim that was open has ended.
#[tokio::test(flavor = "multi_thread")]
async fn cancel_waits_for_open_claims() {
    let scene = Scene::with(2).await;
    scene.dispatched().await;
    let lease = scene.claim_one(scene.contacts[0], 1).await.lease;
    let (app, launch) = (scene.database.app.clone(), scene.launch);
    let cancelling = tokio::spawn(async move { app.cancel(launch).await });
    while scene.state(scene.contacts[1]).await == MessageState::Planned {}
    assert!(!cancelling.is_finished());
    assert_eq!(scene.database.dispatcher.go_on_cancelling().await.unwrap(), 1);
    scene.accepted(lease).await;
    // What the dispatcher carried out counts as well.
    assert_eq!(cancelling.await.unwrap().unwrap(), Cancelled { messages: 1, open: 0 });
    assert_eq!(scene.number("SELECT state::int8 FROM launch").await, 3);
    assert_eq!(scene.state(scene.contacts[0]).await, MessageState::Accepted);
}

/// What comes back while its launch is being cancelled is cancelled too, by whoever goes on.
#[tokio::test]
async fn an_abandoned_cancellation_is_finished_by_the_dispatcher() {
    let scene = Scene::with(2).await;
    scene.dispatched().await;
    let lease = scene.claim_one(scene.contacts[0], 1).await.lease;
    scene.execute("UPDATE launch SET state = 2").await;
    let dispatcher = &scene.database.dispatcher;
    assert_eq!(dispatcher.go_on_cancelling().await.unwrap(), 1);
    assert_eq!(scene.state(scene.contacts[1]).await, MessageState::Cancelled);
    assert_eq!(scene.report(lease, Ending::Deferred).await, 1);
    assert_eq!(dispatcher.go_on_cancelling().await.unwrap(), 1);
    assert_eq!(dispatcher.go_on_cancelling().await.unwrap(), 0);
    assert_eq!(scene.state(scene.contacts[0]).await, MessageState::Cancelled);
}

/// A claim that has read "running" and is not committed: the change of state waits for it, so that its lease is seen.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_state_waits_for_claims_in_the_making() {
    let scene = Scene::with(1).await;
    scene.dispatched().await;
    let (commit, may_commit) = oneshot::channel::<()>();
    let (taken, is_taken) = oneshot::channel();
    let request = scene.request(&scene.contacts, 1);
    let (app, launch) = (scene.database.app.clone(), scene.launch);
    let claiming = tokio::spawn(async move {
        app.scoped(launch.institution, move |mut tx| async move {
            let claiming = claim::take(&mut tx, &request).await?;
            taken.send(()).unwrap();
            may_commit.await.unwrap();
            tx.commit(claiming).await
        })
        .await
    });
    is_taken.await.unwrap();
    let app = scene.database.app.clone();
    let pausing = tokio::spawn(async move { app.pause(launch).await });
    scene.waiting_for_locks(1).await;
    assert!(!pausing.is_finished());
    commit.send(()).unwrap();
    pausing.await.unwrap().unwrap();
    assert!(matches!(claiming.await.unwrap().unwrap(), Claiming::Decided(claim) if claim.claimed.len() == 1));
    assert_eq!(scene.number("SELECT count(*) FROM outbox WHERE claim_token IS NOT NULL").await, 1);
}

#[tokio::test]
async fn a_launch_that_is_not_there_is_named() {
    let scene = Scene::with(1).await;
    let mut launch = scene.launch;
    launch.occurrence.0 += 1;
    for refused in
        [scene.database.app.pause(launch).await, scene.database.app.cancel(launch).await.map(|_| ())]
    {
        assert!(matches!(refused, Err(StoreError::Refused(text)) if text.contains("there is no launch")));
    }
}
