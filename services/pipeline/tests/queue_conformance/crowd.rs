//! Many at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::join_all;
use pipeline::queue::{Consumer, Publisher};
use queues::topology::QueueId::EmailBulk;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::stage::{Stage, bulk, number, publish};

const PUBLISHERS: i64 = 4;
const EACH: i64 = 250;

pub async fn many_publishers_and_consumers_lose_and_double_nothing(stage: Stage) {
    let done = CancellationToken::new();
    let (tell, mut told) = mpsc::unbounded_channel();
    let consumers: Vec<_> = (0..4)
        .map(|_| tokio::spawn(consume(stage.consumer_of(EmailBulk, 10, done.clone()), tell.clone())))
        .collect();
    let publishers: Vec<_> =
        (0..PUBLISHERS).map(|who| tokio::spawn(publish_own(stage.publisher(), who))).collect();

    let mut times: BTreeMap<i64, u32> = BTreeMap::new();
    while times.len() < usize::try_from(PUBLISHERS * EACH).unwrap() {
        *times.entry(told.recv().await.unwrap()).or_default() += 1;
    }
    join_all(publishers).await.into_iter().for_each(Result::unwrap);
    done.cancel();
    join_all(consumers).await.into_iter().for_each(Result::unwrap);
    drop(tell);
    while let Some(again) = told.recv().await {
        *times.entry(again).or_default() += 1;
    }
    assert!(times.keys().copied().eq(0..PUBLISHERS * EACH));
    assert!(times.values().all(|times| *times == 1), "doubled: {times:?}");
    assert!(stage.left_in(EmailBulk).await.is_empty());
}

async fn publish_own(publisher: Box<dyn Publisher>, who: i64) {
    let publisher: Arc<dyn Publisher> = publisher.into();
    let all: Vec<_> = (who * EACH..(who + 1) * EACH).map(bulk).collect();
    // Batches of one publisher that overlap in time wait for each other.
    join_all(all.chunks(25).map(|batch| publish(&*publisher, batch))).await;
}

async fn consume(mut consumer: Box<dyn Consumer>, tell: mpsc::UnboundedSender<i64>) {
    while let Some(delivery) = consumer.next().await {
        tell.send(number(&delivery)).unwrap();
        delivery.ack().await;
    }
}
