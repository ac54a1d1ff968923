use servers::postgres::PrivatePostgres;
use store::testing::Database;
use tokio_util::sync::CancellationToken;

use crate::http::{get, post};
use crate::stage::{LINKS, Opening, Stage, count, keys, keys_under, link, own_database, unsubscribe};

const ONE_CLICK: &str = "List-Unsubscribe=One-Click";
const NO_RECORDS: &str = "SELECT count(*) FROM consent_record WHERE answer = 2";
/// Rows of trackers that hold back claims, however fresh their beat.
const HOLDING: &str = "SELECT count(*) FROM worker WHERE role = 'track' AND ended_at IS NULL AND lost_at IS NULL AND NOT spool_empty";
const OPEN: &str = "SELECT count(*) FROM worker WHERE role = 'track' AND ended_at IS NULL";

fn stop(server: &mut PrivatePostgres) {
    tokio::task::block_in_place(|| server.stop());
}

fn start(server: &mut PrivatePostgres) {
    tokio::task::block_in_place(|| server.start_again().unwrap());
}

async fn stage_of(database: Database) -> Stage {
    let stage = Stage::on(database).await;
    stage.tracker.refresh().await;
    stage
}

fn opening(secret: u8, stage: &Stage) -> Opening {
    Opening { keys: keys_under(secret), store: Some(stage.database.app.clone()), trusted_proxies: Vec::new() }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_database_links_lead_on_and_refusals_are_kept() {
    let (mut server, database) = own_database().await;
    let stage = stage_of(database).await;
    assert_eq!((stage.count(OPEN).await, stage.count(HOLDING).await), (1, 0));
    stop(&mut server);
    assert_eq!(get(stage.server, &link(&stage.sent, 1, 1)).await.header("location"), Some(LINKS[1]));
    let page = get(stage.server, &unsubscribe(&stage.sent, 1)).await;
    assert_eq!(page.status, 200, "the page works, and names nobody");
    assert!(!page.body.contains("La Scène"));
    for (contact, body) in [(1, ONE_CLICK), (2, "scope=institution"), (1, ONE_CLICK)] {
        let answer = post(stage.server, &unsubscribe(&stage.sent, contact), body).await;
        assert_eq!((answer.status, answer.header("location")), (200, None));
    }
    stage.tracker.refresh().await;
    start(&mut server);
    assert_eq!(stage.count(NO_RECORDS).await, 0);
    stage.tracker.refresh().await;
    assert_eq!(stage.count(NO_RECORDS).await, 3, "each act is recorded");
    assert_eq!(stage.count("SELECT count(*) FROM consent_record WHERE origin = 'spool'").await, 3);
    assert_eq!(stage.count("SELECT count(*) FROM authorisation WHERE answer = 2").await, 2);
    let early = "SELECT count(*) FROM consent_record WHERE answer = 2 AND happened_at > learned_at";
    assert_eq!(stage.count(early).await, 0, "the refusal keeps its own time");
    assert_eq!((stage.count(OPEN).await, stage.count(HOLDING).await), (1, 0));
    stage.tracker.refresh().await;
    assert_eq!(stage.count(NO_RECORDS).await, 3);
    assert_eq!(post(stage.server, &unsubscribe(&stage.sent, 3), ONE_CLICK).await.status, 200);
    assert_eq!(stage.count("SELECT count(*) FROM consent_record WHERE origin = 'one_click'").await, 1);
    assert_eq!(stage.hits().await.len(), 1);
}

/// A killed tracker's refusals are replayed by the next run, which also ends the row that held the claims for them.
#[tokio::test(flavor = "multi_thread")]
async fn a_tracker_that_was_killed_with_refusals_holds_claims_until_the_next_run_replayed_them() {
    let (mut server, database) = own_database().await;
    let stage = stage_of(database).await;
    stop(&mut server);
    assert_eq!(post(stage.server, &unsubscribe(&stage.sent, 1), ONE_CLICK).await.status, 200);
    start(&mut server);
    // The next run has lost its keys: it can say that something is there, and not of whom.
    let without_key = opening(9, &stage);
    let stage = stage.open_again(without_key).await;
    stage.tracker.refresh().await;
    assert_eq!((stage.count(OPEN).await, stage.count(HOLDING).await), (2, 1));
    assert_eq!(stage.count(NO_RECORDS).await, 0);
    // And the one after that has them again.
    let with_key = opening(1, &stage);
    let stage = stage.open_again(with_key).await;
    stage.tracker.refresh().await;
    assert_eq!((stage.count(OPEN).await, stage.count(HOLDING).await), (1, 0));
    assert_eq!(stage.count(NO_RECORDS).await, 1);
    // Its own row is the one that is left, and it goes with it.
    let stop = CancellationToken::new();
    stop.cancel();
    stage.tracker.run(stop).await;
    assert_eq!(stage.count(OPEN).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tracker_starts_without_the_database_and_finds_it_later() {
    let (mut server, database) = own_database().await;
    let stage = Stage::on(database).await;
    stop(&mut server);
    let alone = Opening { keys: keys(), store: None, trusted_proxies: Vec::new() };
    let stage = stage.open_again(alone).await;
    assert_eq!(post(stage.server, &unsubscribe(&stage.sent, 1), ONE_CLICK).await.status, 200);
    start(&mut server);
    stage.tracker.refresh().await;
    assert_eq!(stage.count(NO_RECORDS).await, 1);
}

/// Signing off with refusals in the spool would release the claims that must not overtake them.
#[tokio::test(flavor = "multi_thread")]
async fn a_tracker_does_not_sign_off_with_refusals_in_its_spool() {
    let (mut server, database) = own_database().await;
    let stage = stage_of(database).await;
    stop(&mut server);
    post(stage.server, &unsubscribe(&stage.sent, 1), ONE_CLICK).await;
    let cancelled = CancellationToken::new();
    cancelled.cancel();
    stage.tracker.run(cancelled).await;
    start(&mut server);
    let (database, _, _folder) = stage.kill().await;
    assert_eq!(count(&database, OPEN).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tracker_that_was_declared_lost_registers_anew() {
    let stage = Stage::set().await;
    stage.tracker.refresh().await;
    stage.count("WITH lost AS (UPDATE worker SET lost_at = beat_at) SELECT 1::bigint").await;
    stage.tracker.refresh().await;
    let living = "SELECT count(*) FROM worker WHERE lost_at IS NULL AND ended_at IS NULL AND spool_empty";
    assert_eq!(stage.count(living).await, 1);
}

/// As the role runs it: the background sees the refusal of an outage through without being asked.
#[tokio::test(flavor = "multi_thread")]
async fn the_background_replays_and_signs_off() {
    let (mut server, database) = own_database().await;
    let stage = stage_of(database).await;
    let (tracker, cancel) = (stage.tracker.clone(), CancellationToken::new());
    let token = cancel.clone();
    let running = tokio::spawn(async move { tracker.run(token).await });
    stop(&mut server);
    assert_eq!(post(stage.server, &unsubscribe(&stage.sent, 1), ONE_CLICK).await.status, 200);
    start(&mut server);
    while stage.count(NO_RECORDS).await == 0 {
        tokio::task::yield_now().await;
    }
    cancel.cancel();
    running.await.unwrap();
    assert_eq!((stage.count(NO_RECORDS).await, stage.count(OPEN).await), (1, 0));
}
