//! Reports: what a confirm means and what is never confirmed.

use std::collections::BTreeSet;

use model::vocabulary::{Channel, Lane};
use pipeline::queue::{Outcome, Outgoing, Why};
use queues::topology::QueueId::{EmailBulk, EmailNotice};
use queues::topology::Route;
use tokio_util::sync::CancellationToken;

use crate::stage::{NOTICES_AT_MOST, Stage, bulk, chunk, number, publish, publish_for_sure};

pub async fn a_report_has_an_outcome_for_each_message(stage: Stage) {
    let publisher = stage.publisher();
    assert_eq!(publisher.publish(&[]).await.outcomes, []);
    let batch: Vec<_> = (1..=600).map(bulk).collect();
    let report = publisher.publish(&batch).await;
    assert_eq!(report.outcomes, vec![Outcome::Confirmed; 600]);
    assert!(report.all_confirmed());
    assert_eq!(stage.left_in(EmailBulk).await, (1..=600).collect());
}

pub async fn a_full_queue_rejects_and_keeps_what_it_confirmed(stage: Stage) {
    let publisher = stage.publisher();
    let mut confirmed = BTreeSet::new();
    let mut rejected = 0;
    for round in 0..10 {
        let batch: Vec<_> = (0..10).map(|n| chunk(Lane::Notice, round * 10 + n)).collect();
        let report = publisher.publish(&batch).await;
        for (outcome, n) in report.outcomes.iter().zip(0..) {
            match outcome {
                Outcome::Confirmed => drop(confirmed.insert(round * 10 + n)),
                Outcome::NotConfirmed(why) => {
                    assert_eq!(*why, Why::Rejected);
                    rejected += 1;
                }
            }
        }
    }
    assert!(rejected > 0, "a hundred messages do not fit into {NOTICES_AT_MOST}");
    assert!(confirmed.len() >= NOTICES_AT_MOST as usize, "{confirmed:?}");

    let mut consumer = stage.consumer(EmailNotice);
    let mut seen = BTreeSet::new();
    while !seen.is_superset(&confirmed) {
        let delivery = consumer.next().await.unwrap();
        seen.insert(number(&delivery));
        delivery.ack().await;
    }
    publish_for_sure(&*publisher, &[chunk(Lane::Notice, 1000)]).await;
    while !seen.contains(&1000) {
        let delivery = consumer.next().await.unwrap();
        seen.insert(number(&delivery));
        delivery.ack().await;
    }
}

pub async fn what_reaches_no_queue_is_never_confirmed(stage: Stage) {
    let publisher = stage.publisher();
    let nowhere = Route::dispatch(Channel::Sms, Lane::Bulk);
    let batch: Vec<_> = (0..1000)
        .map(|n| if n % 3 == 0 { Outgoing { route: nowhere, ..bulk(n) } } else { bulk(n) })
        .collect();
    let report = publisher.publish(&batch).await;
    assert_eq!(report.outcomes.len(), batch.len());
    let mut confirmed = BTreeSet::new();
    for (message, (outcome, n)) in batch.iter().zip(report.outcomes.iter().zip(0..)) {
        if message.route == nowhere {
            assert!(
                matches!(outcome, Outcome::NotConfirmed(Why::Unroutable | Why::BesideUnroutable)),
                "{outcome:?}"
            );
        } else if *outcome == Outcome::Confirmed {
            confirmed.insert(n);
        }
    }
    assert!(report.outcomes.contains(&Outcome::NotConfirmed(Why::Unroutable)));
    assert!(stage.left_in(EmailBulk).await.is_superset(&confirmed));
    publish(&*publisher, &[bulk(1)]).await;
}

pub async fn a_cancelled_publisher_confirms_nothing(stage: Stage) {
    let cancel = CancellationToken::new();
    let publisher = stage.port.publisher(cancel.clone());
    publish(&*publisher, &[bulk(1)]).await;
    cancel.cancel();
    let report = publisher.publish(&[bulk(2), bulk(3)]).await;
    assert_eq!(report.outcomes, vec![Outcome::NotConfirmed(Why::Cancelled); 2]);
}
