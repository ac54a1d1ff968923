//! The queue loses everything, the database drops connections, bodies cannot be read: nothing is lost, nothing sent twice.

use std::time::Duration;

use model::vocabulary::{Channel, Lane};
use pipeline::queue::{Outgoing, Port};
use queues::topology::Route;
use tokio_util::sync::CancellationToken;

use crate::house::{FINAL, House, addresses};

#[tokio::test(flavor = "multi_thread")]
async fn a_wiped_queue_is_filled_again() {
    let house = House::new().await;
    house.launch(&addresses("anna", 150), Lane::Bulk).await;
    let dispatcher = house.dispatcher_with(Duration::from_millis(400));
    house.wait("everything is published", "SELECT count(*) FROM outbox", |rows| rows == 150).await;
    house.queue.wipe();
    let worker = house.worker(4).await;
    house.wait("everything is final", FINAL, |ended| ended == 150).await;
    worker.stop().await.unwrap();
    dispatcher.stop().await;
    house.check_invariants().await;
}

/// What two dispatchers, a late confirm or a sweep too early leave in the queue.
#[tokio::test(flavor = "multi_thread")]
async fn deliveries_that_come_again_send_nothing_again() {
    let house = House::new().await;
    house.launch(&addresses("slow-5ms", 200), Lane::Bulk).await;
    let (one, two) =
        (house.dispatcher_with(Duration::from_millis(40)), house.dispatcher_with(Duration::from_millis(40)));
    let (first, second) = (house.worker(2).await, house.worker(2).await);
    house.wait("everything is final", FINAL, |ended| ended == 200).await;
    for worker in [first, second] {
        worker.stop().await.unwrap();
    }
    one.stop().await;
    two.stop().await;
    assert_eq!(house.sink.accepted().len(), 200);
    assert_eq!(house.number("SELECT count(*) FROM attempt WHERE outcome NOT IN (1, 5)").await, 0);
    house.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_connections_to_the_database_are_survived() {
    let house = House::new().await;
    house.launch(&addresses("slow-5ms", 600), Lane::Bulk).await;
    let (dispatcher, worker) = (house.dispatcher(), house.worker(4).await);
    for wanted in (50..600).step_by(50) {
        house.wait("progress", FINAL, |ended| ended >= wanted).await;
        house
            .execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = current_database() AND usename <> current_user",
            )
            .await;
    }
    house.wait("everything is final", FINAL, |ended| ended == 600).await;
    worker.stop().await.unwrap();
    dispatcher.stop().await;
    assert_eq!(house.number("SELECT count(*) FROM message WHERE state = 2").await, 600);
    house.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_nobody_can_read_is_kept_for_a_person() {
    let house = House::new().await;
    let publisher = house.queue.publisher(CancellationToken::new());
    let poison = Outgoing {
        route: Route::dispatch(Channel::Email, Lane::Bulk),
        message_id: house.entropy.uuid(),
        body: b"{\"v\":9}".as_slice().into(),
    };
    assert!(publisher.publish(&[poison]).await.all_confirmed());
    house.launch(&addresses("anna", 3), Lane::Bulk).await;
    house.until_final(3).await;
    let dead: (String, String, Vec<u8>) =
        sqlx::query_as("SELECT queue, reason, body FROM dead_letter").fetch_one(&house.owner).await.unwrap();
    assert_eq!((dead.0.as_str(), dead.2.as_slice()), ("send.email.bulk.v1", b"{\"v\":9}".as_slice()));
    assert!(dead.1.contains("version"), "{}", dead.1);
}
