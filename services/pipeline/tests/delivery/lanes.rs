//! A notice never waits behind a newsletter.

use model::vocabulary::Lane;

use crate::house::{House, addresses};

#[tokio::test(flavor = "multi_thread")]
async fn the_notice_lane_flows_while_every_bulk_session_is_held() {
    let house = House::new().await;
    house.launch(&addresses("hold-after-dot", 50), Lane::Bulk).await;
    let (dispatcher, worker) = (house.dispatcher(), house.worker(2).await);
    house.wait("the bulk lane is full", "SELECT count(*) FROM attempt", |attempts| attempts >= 2).await;
    house.launch(&addresses("anna", 25), Lane::Notice).await;
    let notices =
        "SELECT count(*) FROM message m JOIN launch l USING (occurrence_id) WHERE l.lane = 0 AND m.state = 2";
    house.wait("every notice is accepted", notices, |accepted| accepted == 25).await;
    assert_eq!(house.number("SELECT count(*) FROM message m JOIN launch l USING (occurrence_id) WHERE l.lane = 1 AND m.state = 2").await, 0);
    house.execute("UPDATE launch SET state = 1 WHERE lane = 1").await;
    let stopping = tokio::spawn(worker.stop());
    // Sends past their dot get their full time to be answered.
    while !stopping.is_finished() {
        house.sink.release();
        tokio::task::yield_now().await;
    }
    stopping.await.unwrap().unwrap();
    dispatcher.stop().await;
    house.check_invariants().await;
}
