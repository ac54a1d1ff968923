//! A port to play on, and the words of the scenarios.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use model::ambient::Entropy;
use model::ids::{ContactId, InstitutionId, OccurrenceId};
use model::vocabulary::{Channel, Lane};
use pipeline::queue::{
    Consumer, Delivery, InProcess, Limits, OpenError, Outcome, Outgoing, Port, Publisher, Rabbit,
};
use queues::messages::{Body, DispatchChunk, Version};
use queues::topology::{QueueId, TOPOLOGY, Topology};
use servers::rabbitmq::PrivateRabbit;
use tokio::sync::{Mutex, MutexGuard, OnceCell};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Far longer than any scenario takes: a hang is a failure, not a wait.
const LIMIT: Duration = Duration::from_secs(120);
/// The notice queue is made small, so that it can be filled.
pub const NOTICES_AT_MOST: u32 = 20;
/// And a message comes back to it this often.
pub const NOTICE_RETURNS: u16 = 3;

/// What a scenario plays on.
pub struct Stage {
    pub port: Arc<dyn Port>,
    wipe: Box<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>,
}

impl Stage {
    pub fn publisher(&self) -> Box<dyn Publisher> {
        self.port.publisher(CancellationToken::new())
    }

    pub fn consumer(&self, queue: QueueId) -> Box<dyn Consumer> {
        self.consumer_of(queue, 100, CancellationToken::new())
    }

    pub fn consumer_of(&self, queue: QueueId, prefetch: u16, cancel: CancellationToken) -> Box<dyn Consumer> {
        self.port.consumer(queue, NonZeroU16::new(prefetch).unwrap(), cancel)
    }

    /// Loses everything that the port holds, and comes back empty.
    pub async fn wipe(&self) {
        (self.wipe)().await;
    }

    /// Publishes one message on the bulk lane, again and again until it is confirmed.
    pub async fn publish_for_sure(&self, number: i64) {
        publish_for_sure(&*self.publisher(), &[bulk(number)]).await;
    }

    /// What still stands in a queue: everything that comes before a message that is published now.
    pub async fn left_in(&self, queue: QueueId) -> BTreeSet<i64> {
        const LAST: i64 = i64::MAX;
        let lane = if queue == QueueId::EmailNotice { Lane::Notice } else { Lane::Bulk };
        publish_for_sure(&*self.publisher(), &[chunk(lane, LAST)]).await;
        let mut consumer = self.consumer(queue);
        let mut left = BTreeSet::new();
        loop {
            let delivery = consumer.next().await.unwrap();
            let found = number(&delivery);
            delivery.ack().await;
            if found == LAST {
                return left;
            }
            left.insert(found);
        }
    }
}

/// Runs a scenario on empty queues in this process.
pub async fn in_process<F: Future<Output = ()>>(_: &str, scenario: impl FnOnce(Stage) -> F) {
    let queues = InProcess::new(topology(""));
    let port = Arc::new(queues.clone());
    let wipe = Box::new(move || {
        queues.wipe();
        async {}.boxed()
    });
    within(scenario(Stage { port, wipe })).await;
}

/// Runs a scenario on queues of its own on the private node.
pub async fn rabbit<F: Future<Output = ()>>(name: &str, scenario: impl FnOnce(Stage) -> F) {
    let node = node().await;
    let port = Arc::new(open(&node.url().await, name, Limits::default()).await.unwrap());
    let shared = node.shared();
    let wipe = Box::new(move || wipe(Arc::clone(&shared)).boxed());
    within(scenario(Stage { port, wipe })).await;
}

async fn wipe(node: Arc<Mutex<PrivateRabbit>>) {
    on_node(node, |node| {
        node.wipe().unwrap();
        node.start_again().unwrap();
    })
    .await;
}

/// Does something slow to the node without holding up the runtime.
pub async fn on_node(node: Arc<Mutex<PrivateRabbit>>, act: impl FnOnce(&mut PrivateRabbit) + Send + 'static) {
    let mut node = node.lock_owned().await;
    tokio::task::spawn_blocking(move || act(&mut node)).await.unwrap();
}

/// The port on a node, with names of its own.
pub async fn open(url: &str, test: &str, limits: Limits) -> Result<Rabbit, OpenError> {
    Rabbit::open(url, topology(test), limits, Arc::new(Dice::default())).await
}

/// The private node, for one test at a time.
pub struct Node {
    node: Arc<Mutex<PrivateRabbit>>,
    _turn: MutexGuard<'static, ()>,
}

impl Node {
    pub async fn url(&self) -> String {
        self.node.lock().await.url()
    }

    pub async fn address(&self) -> SocketAddr {
        self.node.lock().await.address()
    }

    pub fn shared(&self) -> Arc<Mutex<PrivateRabbit>> {
        Arc::clone(&self.node)
    }
}

/// Waits for the node; starts it when it is not there (the first test), or not any more (a test that failed half-way).
pub async fn node() -> Node {
    static TURN: Mutex<()> = Mutex::const_new(());
    static NODE: OnceCell<Arc<Mutex<PrivateRabbit>>> = OnceCell::const_new();
    let turn = TURN.lock().await;
    let start = || async {
        let node = tokio::task::spawn_blocking(PrivateRabbit::start).await.unwrap();
        Arc::new(Mutex::new(node.unwrap()))
    };
    let node = Arc::clone(NODE.get_or_init(start).await);
    let running = node.lock().await.pid().is_some();
    if !running {
        on_node(Arc::clone(&node), |node| node.start_again().unwrap()).await;
    }
    Node { node, _turn: turn }
}

/// The table with names of its own and a notice queue that is easily filled.
pub fn topology(test: &str) -> Topology {
    let mut topology = Topology { prefix: format!("{test}.").into(), ..TOPOLOGY };
    let notices = &mut topology.queues[QueueId::EmailNotice as usize];
    notices.max_length = NOTICES_AT_MOST;
    notices.delivery_limit = NOTICE_RETURNS;
    topology
}

/// Chance without chance.
#[derive(Default)]
pub struct Dice(AtomicU64);

impl Entropy for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let step = self.0.fetch_add(1, Ordering::Relaxed);
            *byte = (step.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8;
        }
    }
}

/// A message on the bulk lane that carries a number.
pub fn bulk(number: i64) -> Outgoing {
    chunk(Lane::Bulk, number)
}

/// A message on a lane that carries a number, as the only contact of its chunk.
pub fn chunk(lane: Lane, number: i64) -> Outgoing {
    let body = DispatchChunk {
        v: Version,
        institution: InstitutionId(1),
        occurrence: OccurrenceId(1),
        channel: Channel::Email,
        lane,
        contacts: vec![ContactId(number)],
    };
    Outgoing::new(message_id(number), &body).unwrap()
}

pub fn message_id(number: i64) -> Uuid {
    Uuid::from_u64_pair(0, number.unsigned_abs())
}

/// The number that a delivery carries.
pub fn number(delivery: &Delivery) -> i64 {
    DispatchChunk::parse(&delivery.body).unwrap().contacts[0].0
}

/// Fails instead of hanging.
pub async fn within<T>(what: impl Future<Output = T>) -> T {
    timeout(LIMIT, what).await.expect("the test ends")
}

/// The next deliveries, not settled.
pub async fn take(consumer: &mut dyn Consumer, count: usize) -> Vec<Delivery> {
    let mut taken = Vec::with_capacity(count);
    for _ in 0..count {
        taken.push(consumer.next().await.expect("nobody cancelled"));
    }
    taken
}

pub fn numbers<'a>(deliveries: impl IntoIterator<Item = &'a Delivery>) -> BTreeSet<i64> {
    deliveries.into_iter().map(number).collect()
}

pub async fn ack_all(deliveries: Vec<Delivery>) {
    for delivery in deliveries {
        delivery.ack().await;
    }
}

/// Publishes what is not confirmed again, as the dispatcher does.
pub async fn publish_for_sure(publisher: &dyn Publisher, batch: &[Outgoing]) {
    let mut open = batch.to_vec();
    while !open.is_empty() {
        let report = publisher.publish(&open).await;
        let mut outcomes = report.outcomes.into_iter();
        open.retain(|_| outcomes.next() != Some(Outcome::Confirmed));
    }
}

/// Publishes a batch that must be confirmed as a whole.
pub async fn publish(publisher: &dyn Publisher, batch: &[Outgoing]) {
    let report = publisher.publish(batch).await;
    assert!(report.all_confirmed(), "{:?}", report.not_confirmed().collect::<Vec<_>>());
}
