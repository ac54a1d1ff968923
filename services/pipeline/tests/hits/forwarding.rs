use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use pipeline::hits::{ForwardError, Step};
use pipeline::queue::{Outcome, Outgoing, Port as _, PublishReport, Publisher, Why};
use spool::SpoolId;
use spool::hits::HitSpool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn hits_arrive_once_and_then_the_spool_lets_go() {
    let stage = Stage::set().await;
    let mut forwarder = stage.forwarder();
    stage.clicks(450);
    let step = forwarder.step().await.unwrap();
    assert_eq!(step, Step { published: 3, on_the_way: 3, ..Step::default() });
    assert!(!stage.is_trimmed(), "a confirm lets go of nothing");
    assert_eq!(stage.take(3).await, 450);
    let step = forwarder.step().await.unwrap();
    assert_eq!(step, Step { dealt_with: 3, ..Step::default() });
    assert!(stage.is_trimmed());
    assert_eq!(forwarder.step().await.unwrap(), Step::default());
    stage.clicks(1);
    assert_eq!(forwarder.step().await.unwrap().published, 1);
    assert_eq!(stage.take(1).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_broker_lost_after_its_confirm_comes_again() {
    let stage = Stage::set().await;
    let mut forwarder = stage.forwarder();
    stage.clicks(250);
    assert_eq!(forwarder.step().await.unwrap().published, 2);
    stage.queue.wipe();
    stage.clock.advance(TimeDelta::seconds(59));
    assert_eq!(forwarder.step().await.unwrap(), Step { on_the_way: 2, ..Step::default() });
    stage.clock.advance(TimeDelta::seconds(1));
    let step = forwarder.step().await.unwrap();
    assert_eq!(step, Step { again: true, published: 2, on_the_way: 2, ..Step::default() });
    assert_eq!(stage.take(2).await, 250);
    forwarder.step().await.unwrap();
    assert!(stage.is_trimmed());
}

/// Of three stretches the first is lost. The others are stored, and hold the spool until the first came again.
#[tokio::test(flavor = "multi_thread")]
async fn a_hole_holds_the_spool_and_is_filled() {
    let stage = Stage::set().await;
    let mut forwarder = stage.forwarder();
    stage.clicks(600);
    forwarder.step().await.unwrap();
    let mut consumer = stage.consumer();
    let mut received = stage.receive(&mut *consumer, 3).await.into_iter();
    received.next().unwrap().ack().await;
    for delivery in received {
        stage.taker.take(&delivery.body).await.unwrap();
        delivery.ack().await;
    }
    drop(consumer);
    assert_eq!(stage.stored().await, 400);
    assert_eq!(forwarder.step().await.unwrap().dealt_with, 0);
    stage.clock.advance(TimeDelta::seconds(60));
    assert!(forwarder.step().await.unwrap().again);
    assert_eq!(stage.take(3).await, 200, "only the hole was missing");
    assert_eq!(forwarder.step().await.unwrap().dealt_with, 3);
    assert!(stage.is_trimmed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_comes_twice_is_stored_once() {
    let stage = Stage::set().await;
    let mut forwarder = stage.forwarder();
    stage.clicks(10);
    forwarder.step().await.unwrap();
    let mut consumer = stage.consumer();
    // Taken, and not acknowledged: as when the worker dies between its commit and its answer.
    for delivery in stage.receive(&mut *consumer, 1).await {
        stage.taker.take(&delivery.body).await.unwrap();
        delivery.requeue().await;
    }
    drop(consumer);
    assert_eq!(stage.take(1).await, 0);
    assert_eq!(stage.stored().await, 10);
}

/// A tracker that starts again, with some of its spool taken, published and not yet published.
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_goes_on_behind_what_the_database_has() {
    let mut stage = Stage::set().await;
    let mut forwarder = stage.forwarder();
    stage.clicks(200);
    forwarder.step().await.unwrap();
    assert_eq!(stage.take(1).await, 200);
    stage.clicks(30);
    forwarder.step().await.unwrap();
    stage.clicks(5);
    drop(forwarder);
    let unused =
        Arc::new(HitSpool::open(&stage.folder.path().join("other"), SpoolId(Uuid::from_u128(1))).unwrap());
    drop(std::mem::replace(&mut stage.spool, unused));
    stage.spool = Arc::new(HitSpool::open(stage.folder.path(), SpoolId(Uuid::from_u128(2))).unwrap());
    let mut forwarder = stage.forwarder();
    let step = forwarder.step().await.unwrap();
    assert_eq!(step, Step { published: 1, on_the_way: 1, ..Step::default() }, "one stretch of 35");
    // What the last run had published arrives as well; the stretches overlap.
    assert_eq!(stage.take(2).await, 35);
    assert_eq!(forwarder.step().await.unwrap().dealt_with, 1);
    assert!(stage.is_trimmed());
    assert_eq!(stage.stored().await, 235);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_that_the_database_lost_is_found_again() {
    let stage = Stage::set().await;
    let mut forwarder = stage.forwarder();
    stage.clicks(10);
    forwarder.step().await.unwrap();
    stage.take(1).await;
    forwarder.step().await.unwrap();
    // A backup from before is restored.
    stage
        .count("WITH gone AS (DELETE FROM spool_progress), hits AS (DELETE FROM hit) SELECT 1::bigint")
        .await;
    stage.clicks(10);
    forwarder.step().await.unwrap();
    stage.take(1).await;
    stage.clock.advance(TimeDelta::seconds(60));
    assert!(forwarder.step().await.unwrap().again, "a stretch that does not touch the mark does not move it");
    stage.take(1).await;
    forwarder.step().await.unwrap();
    assert!(stage.is_trimmed());
    assert!(stage.stored().await >= 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_away_nothing_counts_as_lost() {
    let stage = Stage::set().await;
    let (there, store) = (Arc::new(AtomicUsize::new(0)), stage.database.app.clone());
    let seen = Arc::clone(&there);
    let when_there = Arc::new(move || (seen.load(Ordering::SeqCst) == 1).then(|| store.clone()));
    let mut forwarder = stage.forwarder_with(stage.queue.publisher(CancellationToken::new()), when_there);
    stage.clicks(10);
    assert_eq!(forwarder.step().await.unwrap(), Step::default(), "nobody knows where to begin");
    there.store(1, Ordering::SeqCst);
    assert_eq!(forwarder.step().await.unwrap().published, 1);
    there.store(0, Ordering::SeqCst);
    stage.clock.advance(TimeDelta::hours(1));
    stage.clicks(10);
    let step = forwarder.step().await.unwrap();
    assert_eq!(step, Step { published: 1, on_the_way: 2, ..Step::default() }, "publishing goes on");
    there.store(1, Ordering::SeqCst);
    assert!(!forwarder.step().await.unwrap().again, "the consumer gets its time");
    assert_eq!(stage.take(2).await, 20);
    assert_eq!(forwarder.step().await.unwrap().dealt_with, 2);
}

/// Takes the first message of each batch and no other.
struct OnlyTheFirst(Box<dyn Publisher>);

impl Publisher for OnlyTheFirst {
    fn publish<'a>(&'a self, batch: &'a [Outgoing]) -> BoxFuture<'a, PublishReport> {
        async move {
            let mut report = self.0.publish(&batch[..1]).await;
            report.outcomes.resize(batch.len(), Outcome::NotConfirmed(Why::Rejected));
            report
        }
        .boxed()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_confirmed_is_published_again_in_order() {
    let stage = Stage::set().await;
    let publisher = OnlyTheFirst(stage.queue.publisher(CancellationToken::new()));
    let mut forwarder = stage.forwarder_with(Box::new(publisher), stage.database_is_there());
    stage.clicks(500);
    for _ in 0..3 {
        assert_eq!(forwarder.step().await.unwrap().published, 1);
    }
    assert_eq!(forwarder.step().await.unwrap().published, 0);
    assert_eq!(stage.take(3).await, 500);
    assert_eq!(forwarder.step().await.unwrap().dealt_with, 3);
    assert!(stage.is_trimmed());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_copy_of_a_spool_is_refused() {
    let stage = Stage::set().await;
    stage.clicks(3);
    let end = stage.spool.spool().end().0;
    stage.database.app.advance_spool(Uuid::from_u128(77), 0, end + 500).await.unwrap();
    let refused = stage.forwarder().step().await.unwrap_err();
    assert!(matches!(refused, ForwardError::OldCopy { taken_to, .. } if taken_to == end + 501), "{refused}");
}
