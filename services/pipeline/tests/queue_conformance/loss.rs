//! A confirm promises nothing that PostgreSQL or a spool does not hold (delivery A.5).

use std::collections::BTreeSet;

use queues::topology::QueueId::EmailBulk;

use crate::stage::{Stage, ack_all, bulk, number, numbers, publish, publish_for_sure, take};

pub async fn the_queue_is_lost_between_confirm_and_delivery(stage: Stage) {
    let publisher = stage.publisher();
    let old: Vec<_> = (1..=10).map(bulk).collect();
    publish(&*publisher, &old).await;
    let mut consumer = stage.consumer_of(EmailBulk, 3, tokio_util::sync::CancellationToken::new());
    let held = take(&mut *consumer, 3).await;
    assert!(numbers(&held).is_subset(&(1..=10).collect()));

    stage.wipe().await;
    ack_all(held).await;

    let new: Vec<_> = (11..=20).map(bulk).collect();
    let ((), seen) = futures::join!(publish_for_sure(&*publisher, &new), async {
        let mut seen = BTreeSet::new();
        while !seen.is_superset(&(11..=20).collect()) {
            let delivery = consumer.next().await.unwrap();
            seen.insert(number(&delivery));
            delivery.ack().await;
        }
        seen
    });
    assert_eq!(seen, (11..=20).collect(), "what was confirmed before is gone, what is published now arrives");
    drop(consumer);
    stage.publish_for_sure(21).await;
    assert!(stage.left_in(EmailBulk).await.contains(&21));
}
