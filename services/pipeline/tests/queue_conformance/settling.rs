//! Deliveries: settled, given back, dropped, cancelled.

use std::collections::BTreeSet;

use bytes::Bytes;
use futures::FutureExt;
use model::vocabulary::Lane;
use pipeline::queue::Outgoing;
use queues::messages::{Body, DispatchChunk};
use queues::topology::QueueId::{EmailBulk, EmailNotice};
use tokio_util::sync::CancellationToken;

use crate::stage::{NOTICE_RETURNS, Stage, ack_all, bulk, chunk, message_id, number, numbers, publish, take};

pub async fn what_is_published_is_delivered_once(stage: Stage) {
    publish(&*stage.publisher(), &[bulk(1), bulk(2), bulk(3)]).await;
    let mut consumer = stage.consumer(EmailBulk);
    let taken = take(&mut *consumer, 3).await;
    assert_eq!(numbers(&taken), BTreeSet::from([1, 2, 3]));
    assert!(taken.iter().all(|delivery| delivery.message_id == Some(message_id(number(delivery)))));
    ack_all(taken).await;
    drop(consumer);
    assert_eq!(stage.left_in(EmailBulk).await, BTreeSet::new());
    assert_eq!(stage.left_in(EmailNotice).await, BTreeSet::new(), "the other lane saw nothing");
}

pub async fn what_is_unsettled_comes_again_when_its_consumer_ends(stage: Stage) {
    publish(&*stage.publisher(), &[bulk(1), bulk(2), bulk(3)]).await;
    let mut first = stage.consumer(EmailBulk);
    let held = take(&mut *first, 3).await;
    drop(first);
    let mut second = stage.consumer(EmailBulk);
    let again = take(&mut *second, 3).await;
    assert_eq!(numbers(&again), BTreeSet::from([1, 2, 3]));
    ack_all(held).await;
    drop(again);
    let again = take(&mut *second, 3).await;
    assert_eq!(numbers(&again), BTreeSet::from([1, 2, 3]), "an answer that came too late settled nothing");
    ack_all(again).await;
    drop(second);
    assert_eq!(stage.left_in(EmailBulk).await, BTreeSet::new());
}

pub async fn a_dropped_or_requeued_delivery_comes_again(stage: Stage) {
    publish(&*stage.publisher(), &[bulk(1)]).await;
    let mut consumer = stage.consumer(EmailBulk);
    drop(consumer.next().await.unwrap());
    let again = consumer.next().await.unwrap();
    assert_eq!(number(&again), 1);
    again.requeue().await;
    let again = consumer.next().await.unwrap();
    assert_eq!(number(&again), 1);
    again.ack().await;
    drop(consumer);
    assert_eq!(stage.left_in(EmailBulk).await, BTreeSet::new());
}

pub async fn poison_does_not_loop(stage: Stage) {
    let poison = Outgoing { body: Bytes::from_static(b"{\"v\":1,\"to\":"), ..bulk(1) };
    publish(&*stage.publisher(), &[poison, bulk(2)]).await;
    let mut consumer = stage.consumer(EmailBulk);
    let mut dead_letters = Vec::new();
    let mut good = None;
    while good.is_none() || dead_letters.is_empty() {
        let delivery = consumer.next().await.unwrap();
        match DispatchChunk::parse(&delivery.body) {
            Ok(body) => good = Some(body.contacts[0].0),
            Err(refused) => dead_letters.push((delivery.message_id, refused.to_string())),
        }
        delivery.ack().await;
    }
    assert_eq!(good, Some(2));
    assert_eq!(dead_letters.len(), 1);
    assert_eq!(dead_letters[0].0, Some(message_id(1)));
    drop(consumer);
    assert_eq!(stage.left_in(EmailBulk).await, BTreeSet::new());
}

pub async fn what_always_comes_back_is_dropped_at_the_limit(stage: Stage) {
    publish(&*stage.publisher(), &[chunk(Lane::Notice, 1)]).await;
    let mut consumer = stage.consumer(EmailNotice);
    for _ in 0..=NOTICE_RETURNS {
        let delivery = consumer.next().await.unwrap();
        assert_eq!(number(&delivery), 1);
        delivery.requeue().await;
    }
    publish(&*stage.publisher(), &[chunk(Lane::Notice, 2)]).await;
    let next = consumer.next().await.unwrap();
    assert_eq!(number(&next), 2, "the first message is gone and nothing waits behind it");
    next.ack().await;
    drop(consumer);
    assert_eq!(stage.left_in(EmailNotice).await, BTreeSet::new());
}

pub async fn no_more_than_the_prefetch_is_handed_out(stage: Stage) {
    publish(&*stage.publisher(), &[bulk(1), bulk(2), bulk(3), bulk(4), bulk(5)]).await;
    let mut narrow = stage.consumer_of(EmailBulk, 2, CancellationToken::new());
    let mut held = take(&mut *narrow, 2).await;
    assert!(narrow.next().now_or_never().is_none(), "three wait, and two are unsettled");
    let mut wide = stage.consumer(EmailBulk);
    let others = take(&mut *wide, 3).await;
    let mut all = numbers(&held);
    all.extend(numbers(&others));
    assert_eq!(all, BTreeSet::from([1, 2, 3, 4, 5]));

    ack_all(others).await;
    drop(wide);
    held.pop().unwrap().ack().await;
    publish(&*stage.publisher(), &[bulk(6)]).await;
    assert_eq!(number(&narrow.next().await.unwrap()), 6, "one settled makes room for one");
}

pub async fn a_cancelled_consumer_leaves_the_rest_to_others(stage: Stage) {
    publish(&*stage.publisher(), &[bulk(1), bulk(2), bulk(3)]).await;
    let cancel = CancellationToken::new();
    let mut leaving = stage.consumer_of(EmailBulk, 100, cancel.clone());
    let mut held = take(&mut *leaving, 2).await;
    cancel.cancel();
    assert!(leaving.next().await.is_none());
    assert!(leaving.next().await.is_none(), "and stays cancelled");

    let mut staying = stage.consumer(EmailBulk);
    let third = staying.next().await.unwrap();
    assert!(!numbers(&held).contains(&number(&third)));
    third.ack().await;
    let finished = held.pop().unwrap();
    let unfinished = numbers(&held);
    finished.ack().await;
    drop(leaving);
    let again = staying.next().await.unwrap();
    assert_eq!(BTreeSet::from([number(&again)]), unfinished);
    again.ack().await;
    drop(staying);
    assert_eq!(
        stage.left_in(EmailBulk).await,
        BTreeSet::new(),
        "what was settled after the cancel stays settled"
    );
}

pub async fn a_wait_that_is_dropped_loses_nothing(stage: Stage) {
    let publisher = stage.publisher();
    let mut consumer = stage.consumer(EmailBulk);
    publish(&*publisher, &[bulk(0)]).await;
    consumer.next().await.unwrap().ack().await;
    let mut seen = Vec::new();
    for round in 0..20 {
        let batch: Vec<_> = (0..5).map(|n| bulk(round * 5 + n + 1)).collect();
        publish(&*publisher, &batch).await;
        while let Some(delivery) = consumer.next().now_or_never() {
            let delivery = delivery.unwrap();
            seen.push(number(&delivery));
            delivery.ack().await;
        }
    }
    while seen.len() < 100 {
        let delivery = consumer.next().await.unwrap();
        seen.push(number(&delivery));
        delivery.ack().await;
    }
    seen.sort_unstable();
    assert_eq!(seen, (1..=100).collect::<Vec<_>>());
}
