//! What only a broker on a network can do to us.

use std::collections::BTreeSet;
use std::num::NonZeroU16;
use std::time::{Duration, Instant};

use futures::FutureExt;
use lapin::options::{BasicPublishOptions, QueueDeleteOptions};
use lapin::{BasicProperties, Connection, ConnectionProperties};
use model::vocabulary::{Channel, Lane};
use pipeline::queue::{Consumer, Limits, Outcome, Port, Publisher, Rabbit, Why};
use queues::topology::QueueId::EmailBulk;
use queues::topology::Route;
use tokio_util::sync::CancellationToken;

use crate::proxy::Proxy;
use crate::stage::{
    Node, ack_all, bulk, node, number, numbers, on_node, open, publish, publish_for_sure, take, within,
};

/// Connection.Blocked with the reason "low" and Connection.Unblocked, as frames on channel 0.
const BLOCKED: &[u8] = b"\x01\x00\x00\x00\x00\x00\x08\x00\x0a\x00\x3c\x03low\xce";
const UNBLOCKED: &[u8] = b"\x01\x00\x00\x00\x00\x00\x04\x00\x0a\x00\x3d\xce";

fn publisher(rabbit: &Rabbit) -> Box<dyn Publisher> {
    rabbit.publisher(CancellationToken::new())
}

fn consumer(rabbit: &Rabbit) -> Box<dyn Consumer> {
    rabbit.consumer(EmailBulk, NonZeroU16::new(100).unwrap(), CancellationToken::new())
}

async fn see(consumer: &mut dyn Consumer, wanted: &BTreeSet<i64>) {
    let mut seen = BTreeSet::new();
    while !seen.is_superset(wanted) {
        let delivery = consumer.next().await.unwrap();
        seen.insert(number(&delivery));
        delivery.ack().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_broker_comes_back_with_all_that_it_confirmed() {
    let node = node().await;
    within(survive_a_kill(&node)).await;
}

async fn survive_a_kill(node: &Node) {
    let rabbit = open(&node.url().await, "killed", Limits::default()).await.unwrap();
    let publisher = publisher(&rabbit);
    let before: Vec<_> = (0..500).map(bulk).collect();
    publish(&*publisher, &before).await;
    let mut consumer = consumer(&rabbit);
    let held = take(&mut *consumer, 50).await;

    // Killed while it is published to: what is confirmed in this moment must be there afterwards too.
    let during: Vec<_> = (500..5000).map(bulk).collect();
    let (report, ()) =
        futures::join!(publisher.publish(&during), on_node(node.shared(), |node| node.kill9().unwrap()));
    ack_all(held).await;
    let confirmed = report.outcomes.iter().zip(500..).filter(|(outcome, _)| **outcome == Outcome::Confirmed);
    let mut wanted: BTreeSet<i64> = confirmed.map(|(_, n)| n).collect();
    wanted.extend(0..500);

    on_node(node.shared(), |node| node.start_again().unwrap()).await;
    let began = Instant::now();
    publish_for_sure(&*publisher, &[bulk(5000)]).await;
    wanted.insert(5000);
    see(&mut *consumer, &wanted).await;
    assert!(began.elapsed() < Duration::from_secs(15), "back after {:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_broker_is_given_up_at_the_limit() {
    let node = node().await;
    let mut proxy = Proxy::before(node.address().await).await;
    let limits =
        Limits { connect: Duration::from_secs(1), confirm: Duration::from_millis(500), ..Limits::default() };
    let rabbit = open(&proxy.url(), "frozen", limits).await.unwrap();
    let publisher = publisher(&rabbit);
    within(async {
        proxy.client_left().await;
        publish(&*publisher, &[bulk(1)]).await;
        proxy.freeze(true);
        let report = publisher.publish(&[bulk(2), bulk(3)]).await;
        assert_eq!(report.outcomes, vec![Outcome::NotConfirmed(Why::Unanswered); 2]);
        proxy.client_left().await;
        let report = publisher.publish(&[bulk(2)]).await;
        assert_eq!(report.outcomes, [Outcome::NotConfirmed(Why::Unreachable)]);
        proxy.freeze(false);
        publish_for_sure(&*publisher, &[bulk(2)]).await;
        see(&mut *consumer(&rabbit), &BTreeSet::from([1, 2])).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_in_need_is_waited_for_up_to_the_limit() {
    let node = node().await;
    let proxy = Proxy::before(node.address().await).await;
    let limits = Limits { confirm: Duration::from_millis(500), ..Limits::default() };
    let rabbit = open(&proxy.url(), "blocked", limits).await.unwrap();
    let publisher = publisher(&rabbit);
    within(async {
        publish(&*publisher, &[bulk(0)]).await;
        proxy.inject(BLOCKED);
        let mut last = 0;
        let why = loop {
            last += 1;
            if let [Outcome::NotConfirmed(why)] = publisher.publish(&[bulk(last)]).await.outcomes[..] {
                break why;
            }
        };
        assert_eq!(why, Why::Blocked);
        proxy.inject(UNBLOCKED);
        publish_for_sure(&*publisher, &[bulk(last)]).await;
        see(&mut *consumer(&rabbit), &(0..=last).collect()).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_connection_is_rebuilt_and_redelivers() {
    let node = node().await;
    let proxy = Proxy::before(node.address().await).await;
    let rabbit = open(&proxy.url(), "cut", Limits::default()).await.unwrap();
    let (publisher, mut consumer) = (publisher(&rabbit), consumer(&rabbit));
    within(async {
        publish(&*publisher, &[bulk(1), bulk(2)]).await;
        let held = take(&mut *consumer, 2).await;
        proxy.cut();
        let again = take(&mut *consumer, 2).await;
        assert_eq!(numbers(&again), BTreeSet::from([1, 2]));
        ack_all(held).await;
        ack_all(again).await;
        publish_for_sure(&*publisher, &[bulk(3)]).await;
        assert_eq!(
            numbers(&take(&mut *consumer, 1).await),
            BTreeSet::from([3]),
            "answers went to their own channel"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_queue_is_declared_again() {
    let node = node().await;
    let url = node.url().await;
    let rabbit = open(&url, "deleted", Limits::default()).await.unwrap();
    let (publisher, mut consumer) = (publisher(&rabbit), consumer(&rabbit));
    within(async {
        publish(&*publisher, &[bulk(1)]).await;
        see(&mut *consumer, &BTreeSet::from([1])).await;
        let operator = Connection::connect(&url, ConnectionProperties::default()).await.unwrap();
        let channel = operator.create_channel().await.unwrap();
        let name = "deleted.send.email.bulk.v1";
        channel.queue_delete(name.into(), QueueDeleteOptions::default()).await.unwrap();
        let report = publisher.publish(&[bulk(2)]).await;
        assert_eq!(report.outcomes, [Outcome::NotConfirmed(Why::Unroutable)], "mandatory: nobody took it");
        let (batch, wanted) = ([bulk(2)], BTreeSet::from([2]));
        futures::join!(publish_for_sure(&*publisher, &batch), see(&mut *consumer, &wanted));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_message_has_no_name() {
    let node = node().await;
    let url = node.url().await;
    let rabbit = open(&url, "stranger", Limits::default()).await.unwrap();
    within(async {
        let stranger = Connection::connect(&url, ConnectionProperties::default()).await.unwrap();
        let channel = stranger.create_channel().await.unwrap();
        for name in [None, Some("\"><script>")] {
            let properties = BasicProperties::default();
            let properties = name.map_or(properties.clone(), |name| properties.with_message_id(name.into()));
            let key = "stranger.send.email.bulk.v1".into();
            channel
                .basic_publish("".into(), key, BasicPublishOptions::default(), b"?", properties)
                .await
                .unwrap();
        }
        let mut consumer = consumer(&rabbit);
        for delivery in take(&mut *consumer, 2).await {
            assert_eq!((delivery.message_id, &delivery.body[..]), (None, &b"?"[..]));
            delivery.ack().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_return_spoils_its_whole_window() {
    let node = node().await;
    let rabbit = open(&node.url().await, "spoilt", Limits::default()).await.unwrap();
    within(async {
        let nowhere = Route::dispatch(Channel::Sms, Lane::Bulk);
        let mut batch: Vec<_> = (0..50).map(bulk).collect();
        batch[17].route = nowhere;
        let report = publisher(&rabbit).publish(&batch).await;
        let mut expected = vec![Outcome::NotConfirmed(Why::BesideUnroutable); 50];
        expected[17] = Outcome::NotConfirmed(Why::Unroutable);
        assert_eq!(report.outcomes, expected);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_a_lost_broker_can_be_cancelled() {
    let node = node().await;
    let proxy = Proxy::before(node.address().await).await;
    let for_ever = Duration::from_secs(3600);
    let limits = Limits { connect: for_ever, confirm: for_ever, ..Limits::default() };
    let rabbit = open(&proxy.url(), "cancelled", limits).await.unwrap();
    within(async {
        let cancel = CancellationToken::new();
        let publisher = rabbit.publisher(cancel.clone());
        let mut connected = rabbit.consumer(EmailBulk, NonZeroU16::MIN, cancel.clone());
        let mut connecting = rabbit.consumer(EmailBulk, NonZeroU16::MIN, cancel.clone());
        publish(&*publisher, &[bulk(1)]).await;
        connected.next().await.unwrap().ack().await;
        proxy.freeze(true);

        let batch = [bulk(2)];
        let (mut confirm, mut first, mut second) =
            (publisher.publish(&batch), connected.next(), connecting.next());
        assert!((&mut confirm).now_or_never().is_none(), "nobody answers");
        assert!((&mut first).now_or_never().is_none(), "nobody sends");
        assert!((&mut second).now_or_never().is_none(), "nobody lets us in");
        cancel.cancel();
        assert_eq!(confirm.await.outcomes, [Outcome::NotConfirmed(Why::Cancelled)]);
        assert!(first.await.is_none() && second.await.is_none());
    })
    .await;
}
