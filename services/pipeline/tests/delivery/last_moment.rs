//! The last decision: what is refused, paused or cancelled between dispatch and dot does not leave.

use std::time::Duration;

use model::vocabulary::{Lane, MessageState};
use store::control::Cancelled;

use crate::house::{ENDED_ATTEMPTS, House, addresses};

#[tokio::test(flavor = "multi_thread")]
async fn who_refuses_after_the_launch_gets_nothing() {
    let house = House::new().await;
    let (_, contacts) = house.launch(&addresses("anna", 40), Lane::Bulk).await;
    for contact in contacts.iter().step_by(4) {
        house.refuse(*contact).await;
    }
    house.until_final(40).await;
    assert_eq!(house.sink.accepted().len(), 30);
    for (place, contact) in contacts.iter().enumerate() {
        let expected = if place % 4 == 0 { MessageState::Excluded } else { MessageState::Accepted };
        assert_eq!(house.state(*contact).await, expected);
    }
}

/// A server that answers RCPT after eight seconds: the claim is too old by then, and is decided again before the dot. Who
/// refused meanwhile gets nothing, the others get theirs within the same attempt.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_server_makes_the_worker_ask_again() {
    let house = House::new().await;
    let (_, contacts) = house.launch(&addresses("slow-8", 2), Lane::Bulk).await;
    let (dispatcher, worker) = (house.dispatcher(), house.worker(2).await);
    house.wait("both are claimed", "SELECT count(*) FROM attempt", |attempts| attempts == 2).await;
    house.refuse(contacts[0]).await;
    house.wait("both are final", "SELECT count(*) FROM message WHERE state <> 0", |ended| ended == 2).await;
    worker.stop().await.unwrap();
    dispatcher.stop().await;
    assert_eq!(house.state(contacts[0]).await, MessageState::Excluded);
    assert_eq!(house.state(contacts[1]).await, MessageState::Accepted);
    assert_eq!(house.sink.accepted().len(), 1);
    assert_eq!(house.number("SELECT count(*) FROM attempt").await, 2);
    assert_eq!(house.number("SELECT count(*) FROM attempt WHERE outcome = 6").await, 1);
    house.check_invariants().await;
    // Settled within fifteen seconds, by the machine's clock.
    assert_eq!(house.database.app.settle_refusals(house.institution).await.unwrap(), 0);
    let slow = "SELECT count(*) FROM refusal WHERE settled_at - committed_at > interval '15 s'";
    assert_eq!(house.number(slow).await, 0);
}

/// A server that takes longer than any claim may: broken off before the dot and given back.
#[tokio::test(flavor = "multi_thread")]
async fn a_dialogue_that_does_not_come_to_its_dot_is_broken_off() {
    let house = House::new().await;
    house.launch(&addresses("slow-30", 1), Lane::Bulk).await;
    let (dispatcher, worker) = (house.dispatcher(), house.worker(1).await);
    house
        .wait("the claim is given back", "SELECT count(*) FROM attempt WHERE outcome = 5", |back| back > 0)
        .await;
    let open = "SELECT count(*) FROM attempt WHERE outcome = 5 AND ended_at - claimed_at > interval '15 s'";
    assert_eq!(house.number(open).await, 0);
    house.execute("UPDATE launch SET state = 1").await;
    worker.stop().await.unwrap();
    dispatcher.stop().await;
    assert!(house.sink.accepted().is_empty());
    house.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_cancel_has_returned_nothing_leaves() {
    let house = House::new().await;
    let (launch, _) = house.launch(&addresses("slow-20ms", 300), Lane::Bulk).await;
    let (dispatcher, worker) = (house.dispatcher(), house.worker(2).await);
    house
        .wait("some are accepted", "SELECT count(*) FROM message WHERE state = 2", |accepted| accepted > 5)
        .await;
    let Cancelled { messages, open } = house.database.app.cancel(launch).await.unwrap();
    let dots = house.sink.accepted().len();
    assert_eq!(open, 0);
    worker.stop().await.unwrap();
    dispatcher.stop().await;
    assert_eq!(house.sink.accepted().len(), dots);
    let cancelled = house.number("SELECT count(*) FROM message WHERE state = 5").await;
    assert_eq!(messages, cancelled.unsigned_abs());
    assert_eq!(dots + messages as usize, 300);
    house.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_launch_rests_and_resumes() {
    let house = House::new().await;
    let (launch, _) = house.launch(&addresses("slow-20ms", 200), Lane::Bulk).await;
    let (dispatcher, worker) = (house.dispatcher(), house.worker(2).await);
    house
        .wait("some are accepted", "SELECT count(*) FROM message WHERE state = 2", |accepted| accepted > 5)
        .await;
    house.database.app.pause(launch).await.unwrap();
    let open = "SELECT count(*) FROM outbox WHERE claim_token IS NOT NULL";
    house.wait("open claims end", open, |open| open == 0).await;
    let attempts = house.number(ENDED_ATTEMPTS).await;
    assert!(attempts < 200, "paused in time");
    // Deliveries that were on their way when it was paused are handed back, unsent.
    let published = "SELECT count(*) FROM outbox WHERE published_at IS NOT NULL";
    house.wait("deliveries come back", published, |published| published == 0).await;
    assert_eq!(house.number(ENDED_ATTEMPTS).await, attempts);
    house.database.app.resume(launch).await.unwrap();
    house
        .wait("all are accepted", "SELECT count(*) FROM message WHERE state = 2", |accepted| accepted == 200)
        .await;
    worker.stop().await.unwrap();
    dispatcher.stop().await;
    house.check_invariants().await;
}

/// Tokens come before the claim, so a rate holds back claims and never ages them.
#[tokio::test(flavor = "multi_thread")]
async fn a_rate_is_kept() {
    let house = House::new().await;
    house.launch(&addresses("anna", 30), Lane::Bulk).await;
    let mut settings = house.settings(4);
    for lane in &mut settings.lanes {
        lane.per_second = std::num::NonZeroU32::new(10);
    }
    let stop = tokio_util::sync::CancellationToken::new();
    let worker = pipeline::send::Worker::start(house.parts(), settings, &stop).await.unwrap();
    let (dispatcher, running) = (house.dispatcher(), tokio::spawn(worker.run()));
    house
        .wait("all are accepted", "SELECT count(*) FROM message WHERE state = 2", |accepted| accepted == 30)
        .await;
    stop.cancel();
    running.await.unwrap().unwrap();
    dispatcher.stop().await;
    let events = house.sink.accepted();
    let lasted = events.last().unwrap().dot_at.duration_since(events[0].dot_at).unwrap();
    assert!(lasted >= Duration::from_millis(1_800), "30 at 10 a second, 10 of them at once: {lasted:?}");
    let old = "SELECT count(*) FROM attempt WHERE ended_at - claimed_at > interval '4 s'";
    assert_eq!(house.number(old).await, 0);
}
