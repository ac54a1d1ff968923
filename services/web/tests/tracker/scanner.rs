//! TR-14 on the level of the database: a scanner may open everything, as often as it likes.

use std::num::NonZeroU16;
use std::sync::Arc;

use chrono::TimeDelta;
use pipeline::hits::{Forwarder, ForwarderParts, Taken, Taker};
use pipeline::judge::Judge;
use pipeline::queue::{InProcess, Port as _};
use queues::topology::{QueueId, TOPOLOGY};
use sqlx::ConnectOptions as _;
use store::testing::SeededEntropy;
use store::verdict::Changes;
use tokio_util::sync::CancellationToken;

use crate::http::{get, head};
use crate::stage::{LINKS, MachineClock, Stage, accepted_at, keys, link, unsubscribe};

/// Everything that a scanner must leave as it is, to the octet.
async fn everything_but_hits(stage: &Stage) -> Vec<(String, String)> {
    let mut owner = stage.database.owner.connect().await.unwrap();
    sqlx::query_as(
        "SELECT 'consent_record', coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM consent_record t
         UNION ALL SELECT 'authorisation', coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM authorisation t
         UNION ALL SELECT 'gate', coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM gate t
         UNION ALL SELECT 'gate_scope', coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM gate_scope t
         UNION ALL SELECT 'address', coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM address t
         UNION ALL SELECT 'refusal', coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM refusal t
         UNION ALL SELECT 'activity', coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM activity t
         UNION ALL SELECT 'recency', coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM recency t
         UNION ALL SELECT 'contact', coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM contact t
         UNION ALL SELECT 'message', coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM message t
         UNION ALL SELECT 'seal_leaf', coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM seal_leaf t",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap()
}

/// Brings what is in the spool into the database, and judges it after its quarantine.
async fn judged(stage: &Stage, queue: &InProcess, hours: i64) -> Changes {
    stage.tracker.flush().await;
    let mut forwarder = Forwarder::new(ForwarderParts {
        spool: stage.tracker.hit_spool(),
        publisher: queue.publisher(CancellationToken::new()),
        store: stage.tracker.store_when_there(),
        clock: Arc::new(MachineClock),
        entropy: Arc::new(SeededEntropy::new("forwarder")),
        republish_after: TimeDelta::seconds(60),
    });
    assert_eq!(forwarder.step().await.unwrap().published, 1);
    let taker = Taker::new(stage.database.app.clone(), keys(), Arc::new(MachineClock));
    let mut consumer = queue.consumer(QueueId::Hits, NonZeroU16::new(10).unwrap(), CancellationToken::new());
    let delivery = consumer.next().await.unwrap();
    assert!(matches!(taker.take(&delivery.body).await.unwrap(), Taken::Stored(1..)));
    delivery.ack().await;
    assert_eq!(forwarder.step().await.unwrap().dealt_with, 1);
    stage.database.set_business_clock(accepted_at() + TimeDelta::hours(hours)).await;
    stage.tracker.refresh().await;
    Judge::new(stage.database.app.clone()).due().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_changes_nothing_and_a_person_moves_recency() {
    let stage = Stage::set().await;
    let queue = InProcess::new(TOPOLOGY);
    stage.tracker.refresh().await;
    let before = everything_but_hits(&stage).await;
    for _ in 0..2 {
        for number in 0..3 {
            let path = link(&stage.sent, 1, number);
            assert_eq!(head(stage.server, &path).await.status, 302);
            assert_eq!(get(stage.server, &path).await.status, 302);
        }
        let page = unsubscribe(&stage.sent, 1);
        assert_eq!(head(stage.server, &page).await.status, 200);
        assert_eq!(get(stage.server, &page).await.status, 200);
    }
    let changes = judged(&stage, &queue, 2).await;
    assert_eq!(changes, Changes { machine: 12, ..Changes::default() });
    assert_eq!(everything_but_hits(&stage).await, before);
    assert!(before.iter().all(|(table, rows)| !rows.is_empty()
        || ["gate_scope", "refusal", "activity", "seal_leaf"].contains(&table.as_str())));

    // An hour later the same person reads the message and follows a link.
    assert_eq!(get(stage.server, &link(&stage.sent, 1, 2)).await.header("location"), Some(LINKS[2]));
    let changes = judged(&stage, &queue, 3).await;
    assert_eq!(changes, Changes { human: 1, raised: 1, ..Changes::default() });
    let moved = "SELECT count(*) FROM recency WHERE contact_id = 1 AND counts_on = '2000-01-15'";
    assert_eq!(stage.count(moved).await, 1);
    let activities = "SELECT count(*) FROM activity WHERE kind = 5 AND contact_id = 1";
    assert_eq!(stage.count(activities).await, 1);
}
