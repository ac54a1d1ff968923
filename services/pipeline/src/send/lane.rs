//! One lane of a worker: its claimer, press, queue of ready messages and sessions.

use std::io;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;

use model::vocabulary::{self, Channel};
use queues::topology::{QueueId, Route, TOPOLOGY};
use store::result::{Ending, Report};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::claimer::{Claimer, rate};
use super::load::Load;
use super::press::Press;
use super::ready::Ready;
use super::recorder::Ended;
use super::{LaneSettings, Shared, session};

/// Chunks in hand: the one that is being claimed, and the next.
const PREFETCH: NonZeroU16 = NonZeroU16::MIN.saturating_add(1);
/// Between two looks for messages that no session took in time.
const GLANCE: Duration = Duration::from_millis(250);

pub(super) struct Lane {
    load: Arc<Load>,
    claimer: Option<JoinHandle<Press>>,
    press: Option<Press>,
    behind: TaskTracker,
    stop_behind: CancellationToken,
}

impl Lane {
    pub(super) fn start(shared: &Arc<Shared>, settings: LaneSettings) -> io::Result<Self> {
        let (load, ready) = (Arc::new(Load::default()), Arc::new(Ready::default()));
        let press = Press::start(shared, &ready, settings)?;
        let (behind, stop_behind) = (TaskTracker::new(), CancellationToken::new());
        for number in 0..settings.sessions.get() {
            let (shared, load, ready) = (Arc::clone(shared), Arc::clone(&load), Arc::clone(&ready));
            behind.spawn(session::run(shared, load, ready, number, stop_behind.clone()));
        }
        behind.spawn(give_back_the_old(Arc::clone(shared), ready, stop_behind.clone()));
        behind.close();
        let queue = queue(settings.lane);
        let claimer = Claimer {
            shared: Arc::clone(shared),
            queue: TOPOLOGY.queue(queue).name,
            load: Arc::clone(&load),
            press,
            rate: rate(settings.per_second),
        };
        let consumer = shared.parts.port.consumer(queue, PREFETCH, shared.health.stop().clone());
        let claimer = Some(tokio::spawn(claimer.run(consumer)));
        Ok(Self { load, claimer, press: None, behind, stop_behind })
    }

    /// Waits until nothing more is claimed.
    pub(super) async fn claimed_all(&mut self) {
        if let Some(claimer) = self.claimer.take() {
            self.press = claimer.await.ok();
        }
    }

    /// Waits until the end of every claim is recorded.
    pub(super) async fn idle(&self) {
        self.load.idle().await;
    }

    /// Ends threads and sessions.
    pub(super) async fn close(self) {
        if let Some(press) = self.press {
            // Joins threads.
            let _ = tokio::task::spawn_blocking(move || press.close()).await;
        }
        self.stop_behind.cancel();
        self.behind.wait().await;
    }
}

/// The queue of a lane: the one that its chunks are routed to.
fn queue(lane: vocabulary::Lane) -> QueueId {
    let route = Route::dispatch(Channel::Email, lane);
    match TOPOLOGY.reached_by(route).next() {
        Some(queue) => queue.id,
        None => unreachable!("the topology has a queue for each lane of email, which a test of it proves"),
    }
}

/// When every session is busy with a slow server, nobody else looks at the messages behind.
async fn give_back_the_old(shared: Arc<Shared>, ready: Arc<Ready>, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(GLANCE)).await.is_some() {
        for letter in ready.too_old() {
            let report = Report::without_reply(letter.ticket.lease, Ending::Released, shared.chance());
            shared.recorder.submit(Ended { ticket: letter.ticket, report: Some(report), mark: None });
        }
    }
}
