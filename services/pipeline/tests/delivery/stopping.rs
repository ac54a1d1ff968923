//! Told to stop, a worker leaves nothing behind; declared ended, it stops.

use model::vocabulary::Lane;
use pipeline::send::SendError;

use crate::house::{FINAL, House, addresses};

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_stopped_leaves_no_lease_and_no_journal() {
    let house = House::new().await;
    house.launch(&addresses("slow-10ms", 400), Lane::Bulk).await;
    let dispatcher = house.dispatcher();
    for _ in 0..3 {
        let before = house.number(FINAL).await;
        let worker = house.worker(4).await;
        house.wait("progress", FINAL, |ended| ended > before + 20).await;
        worker.stop().await.unwrap();
        assert_eq!(house.number("SELECT count(*) FROM outbox WHERE claim_token IS NOT NULL").await, 0);
        assert_eq!(house.journals_left(), 0);
        assert_eq!(house.number("SELECT count(*) FROM worker WHERE ended_at IS NULL").await, 0);
    }
    assert_eq!(house.number("SELECT count(*) FROM message WHERE state = 4").await, 0, "nothing is unknown");
    dispatcher.stop().await;
    house.until_final(400).await;
    assert_eq!(house.number("SELECT count(*) FROM message WHERE state = 2").await, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_was_declared_ended_stops() {
    let house = House::new().await;
    let (id, worker) = house.named_worker(1).await;
    house.database.app.end_worker(id).await.unwrap();
    assert!(matches!(worker.ended().await, Err(SendError::Fenced)));
    assert_eq!(house.journals_left(), 1, "what it knows is kept");
}
