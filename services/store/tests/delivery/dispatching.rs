//! The dispatcher: order, crashes between its steps, lost rows, the end of a launch.

use std::time::Duration;

use model::vocabulary::{Channel, Lane};
use store::dispatch::Reconciled;
use store::result::Ending;

use crate::support::Scene;

#[tokio::test]
async fn rows_leave_in_the_order_of_the_key_and_only_once() {
    let scene = Scene::with(25).await;
    let dispatcher = &scene.database.dispatcher;
    let mut seen = Vec::new();
    for most in [10, 10, 10, 10] {
        seen.extend(dispatcher.take(scene.launch, most).await.unwrap());
    }
    assert_eq!(seen, scene.contacts);
    let agenda = dispatcher.agenda().await.unwrap();
    assert_eq!(agenda.waiting, []);
    assert_eq!(agenda.on_the_way(Lane::Bulk), 25);
    assert_eq!(agenda.on_the_way(Lane::Notice), 0);
}

#[tokio::test]
async fn excluded_rows_are_stepped_over() {
    let scene = Scene::with(10).await;
    scene.execute("UPDATE message SET state = 1, blocks_launch = 8 WHERE contact_id % 2 = 0").await;
    let taken = scene.dispatched().await;
    assert_eq!(taken.len(), 5);
    assert!(taken.iter().all(|contact| contact.0 % 2 == 1));
    assert_eq!(scene.database.dispatcher.agenda().await.unwrap().waiting, []);
}

#[tokio::test]
async fn a_dispatcher_that_dies_between_commit_and_publish_loses_nothing() {
    let scene = Scene::with(5).await;
    let dispatcher = &scene.database.dispatcher;
    let lost = scene.dispatched().await;
    assert_eq!(lost.len(), 5);
    // Nothing was published. Too young for the sweeper:
    assert_eq!(dispatcher.sweep(Lane::Bulk, Duration::from_secs(60)).await.unwrap(), 0);
    scene.execute("UPDATE outbox SET published_at = published_at - interval '61 s'").await;
    assert_eq!(dispatcher.sweep(Lane::Notice, Duration::from_secs(60)).await.unwrap(), 0);
    assert_eq!(dispatcher.sweep(Lane::Bulk, Duration::from_secs(60)).await.unwrap(), 5);
    let mut again = scene.dispatched().await;
    again.sort_unstable();
    assert_eq!(again, scene.contacts);
}

#[tokio::test]
async fn a_nack_publishes_again_but_never_takes_a_claim_back() {
    let scene = Scene::with(2).await;
    scene.dispatched().await;
    // The timeout of the publish said nothing: the first was delivered and claimed.
    scene.claim_one(scene.contacts[0], 1).await;
    let rows = scene
        .database
        .dispatcher
        .unpublish(scene.launch, Channel::Email, scene.contacts.clone())
        .await
        .unwrap();
    assert_eq!(rows, 1);
    assert_eq!(scene.dispatched().await, [scene.contacts[1]]);
}

#[tokio::test]
async fn only_running_launches_are_taken_from() {
    let scene = Scene::with(3).await;
    scene.database.app.pause(scene.launch).await.unwrap();
    assert_eq!(scene.database.dispatcher.agenda().await.unwrap().waiting, []);
    assert_eq!(scene.dispatched().await, []);
    scene.database.app.resume(scene.launch).await.unwrap();
    assert_eq!(scene.dispatched().await, scene.contacts);
}

#[tokio::test]
async fn a_second_dispatcher_takes_nothing_twice() {
    let scene = Scene::with(2_000).await;
    let (one, two) = (scene.database.dispatcher.clone(), scene.database.dispatcher.clone());
    let launch = scene.launch;
    let takes = |store: store::Store| async move {
        let mut all = Vec::new();
        while !store.agenda().await.unwrap().waiting.is_empty() {
            all.extend(store.take(launch, 50).await.unwrap());
        }
        all
    };
    let (mut all, other) = tokio::join!(takes(one), takes(two));
    all.extend(other);
    all.sort_unstable();
    assert_eq!(all, scene.contacts);
}

#[tokio::test]
async fn the_reconciler_returns_lost_rows_and_ends_the_launch() {
    let scene = Scene::with(4).await;
    let dispatcher = &scene.database.dispatcher;
    assert_eq!(
        dispatcher.reconcile(scene.launch).await.unwrap(),
        Reconciled::InOrder,
        "all ahead of the cursor"
    );
    scene.dispatched().await;
    assert_eq!(dispatcher.to_reconcile(true).await.unwrap(), [], "four rows are on their way");
    scene.execute("DELETE FROM outbox").await;
    assert_eq!(dispatcher.to_reconcile(true).await.unwrap(), [scene.launch]);
    assert_eq!(dispatcher.reconcile(scene.launch).await.unwrap(), Reconciled::Returned(4));
    assert_eq!(scene.dispatched().await.len(), 4);
    for claimed in scene.claim(&scene.contacts, 1).await.claimed {
        scene.accepted(claimed.lease).await;
    }
    assert_eq!(dispatcher.reconcile(scene.launch).await.unwrap(), Reconciled::Done);
    assert_eq!(dispatcher.to_reconcile(false).await.unwrap(), []);
}

#[tokio::test]
async fn a_lost_row_that_was_being_sent_comes_back_with_its_lease() {
    let scene = Scene::with(1).await;
    scene.dispatched().await;
    let claimed = scene.claim_one(scene.contacts[0], 1).await;
    scene.execute("DELETE FROM outbox").await;
    assert_eq!(scene.database.dispatcher.reconcile(scene.launch).await.unwrap(), Reconciled::Returned(1));
    // Nobody else may send it, and its holder's result counts.
    assert!(scene.claim(&scene.contacts, 2).await.claimed.is_empty());
    scene.accepted(claimed.lease).await;
}

#[tokio::test]
async fn attempts_are_numbered_on_after_a_loss() {
    let scene = Scene::with(1).await;
    scene.dispatched().await;
    let claimed = scene.claim_one(scene.contacts[0], 1).await;
    assert_eq!(scene.report(claimed.lease, Ending::Released).await, 1);
    scene.execute("DELETE FROM outbox").await;
    assert_eq!(scene.database.dispatcher.reconcile(scene.launch).await.unwrap(), Reconciled::Returned(1));
    assert_eq!(scene.claim_one(scene.contacts[0], 2).await.lease.attempt_no, 2);
}
