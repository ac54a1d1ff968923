//! Publishes in windows and believes a confirm only when the whole window is answered.
//!
//! The library hands a returned message to whichever confirm it meets first. So a clean confirm means something only
//! when every publish of the channel has been answered and none was returned: then, and only then, a window counts.
//! Whatever breaks off in the middle takes its connection with it, because late answers must not meet the next window.

use std::collections::HashSet;
use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt};
use futures::stream::StreamExt;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Confirmation};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::{Backoff, Broker, Line};
use crate::queue::{Outcome, Outgoing, PublishReport, Publisher, Why};

/// How many publishes are in flight. More gains little, and all of them are in doubt when one is.
const WINDOW: usize = 256;
/// Written to disk before it is confirmed.
const PERSISTENT: u8 = 2;

pub(super) struct RabbitPublisher {
    broker: Arc<Broker>,
    cancel: CancellationToken,
    state: Mutex<State>,
}

struct State {
    line: Option<Line>,
    backoff: Backoff,
}

impl RabbitPublisher {
    pub(super) fn new(broker: Arc<Broker>, cancel: CancellationToken) -> Self {
        let state = Mutex::new(State { line: None, backoff: broker.backoff() });
        Self { broker, cancel, state }
    }

    async fn publish_all(&self, batch: &[Outgoing]) -> PublishReport {
        let mut outcomes = Vec::with_capacity(batch.len());
        let mut windows = batch.chunks(WINDOW);
        let failed = loop {
            let Some(window) = windows.next() else { break None };
            let answered = self.cancel.run_until_cancelled(self.publish_window(window)).await;
            match answered.unwrap_or(Err(Why::Cancelled)) {
                Ok(answers) => outcomes.extend(answers),
                Err(why) => break Some(why),
            }
        };
        if let Some(why) = failed {
            outcomes.resize(batch.len(), Outcome::NotConfirmed(why));
        }
        PublishReport { outcomes }
    }

    async fn publish_window(&self, window: &[Outgoing]) -> Result<Vec<Outcome>, Why> {
        let mut state = self.state.lock().await;
        // Taken out: when this future is dropped, the connection goes with it.
        let line = self.line(&mut state).await?;
        let deadline = Instant::now() + self.broker.limits.confirm;
        if timeout_at(deadline, unblocked(&line)).await.is_err() {
            state.line = Some(line);
            return Err(Why::Blocked);
        }
        let answered = timeout_at(deadline, send(&line, &self.broker, window)).await;
        let why = match answered {
            Ok(Ok(outcomes)) => {
                state.line = Some(line);
                state.backoff.worked();
                return Ok(outcomes);
            }
            Ok(Err(error)) => {
                tracing::warn!(reason = %error, "lost the broker while publishing");
                Why::Lost
            }
            Err(_) if line.connection.status().blocked() => Why::Blocked,
            Err(_) => Why::Unanswered,
        };
        state.backoff.failed();
        Err(why)
    }

    async fn line(&self, state: &mut State) -> Result<Line, Why> {
        if let Some(line) = state.line.take_if(|line| line.alive()) {
            return Ok(line);
        }
        state.line = None;
        state.backoff.passed().await;
        match open(&self.broker).await {
            Ok(line) => Ok(line),
            Err(reason) => {
                tracing::warn!(reason, "cannot publish: no connection to the broker");
                state.backoff.failed();
                Err(Why::Unreachable)
            }
        }
    }
}

impl Publisher for RabbitPublisher {
    fn publish<'a>(&'a self, batch: &'a [Outgoing]) -> BoxFuture<'a, PublishReport> {
        self.publish_all(batch).boxed()
    }
}

impl Drop for RabbitPublisher {
    fn drop(&mut self) {
        if let Some(line) = self.state.get_mut().line.take() {
            line.close_later(self.broker.limits.settle);
        }
    }
}

async fn open(broker: &Broker) -> Result<Line, String> {
    let line = Line::open(broker, "publisher").await.map_err(|error| error.to_string())?;
    let confirms = line.channel.confirm_select(ConfirmSelectOptions::default());
    match timeout(broker.limits.connect, confirms).await {
        Ok(Ok(())) => Ok(line),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer to our wish for confirms".to_owned()),
    }
}

/// Waits while the broker asks publishers to wait; every event is a reason to look again.
async fn unblocked(line: &Line) {
    let mut events = std::pin::pin!(line.connection.events_listener());
    while line.alive() && line.connection.status().blocked() && events.next().await.is_some() {}
}

async fn send(line: &Line, broker: &Broker, window: &[Outgoing]) -> lapin::Result<Vec<Outcome>> {
    let options = BasicPublishOptions { mandatory: true, ..Default::default() };
    let mut confirms = Vec::with_capacity(window.len());
    for message in window {
        let exchange = broker.topology.name(broker.topology.exchange(message.route.exchange).name);
        let properties = BasicProperties::default()
            .with_delivery_mode(PERSISTENT)
            .with_content_type("application/json".into())
            .with_message_id(message.message_id.to_string().into());
        let (exchange, key) = (exchange.into(), message.route.key.into());
        confirms.push(line.channel.basic_publish(exchange, key, options, &message.body, properties).await?);
    }
    let mut answers = Vec::with_capacity(confirms.len());
    for confirm in confirms {
        answers.push(confirm.await?);
    }
    Ok(judge(window, answers))
}

/// Turns the answers of a whole window into outcomes.
fn judge(window: &[Outgoing], answers: Vec<Confirmation>) -> Vec<Outcome> {
    let taken: Vec<bool> = answers.iter().map(Confirmation::is_ack).collect();
    let returned: HashSet<String> = answers
        .into_iter()
        .filter_map(Confirmation::take_message)
        .map(|message| message.properties.message_id().as_ref().map(ToString::to_string).unwrap_or_default())
        .collect();
    let outcome = |(message, taken): (&Outgoing, bool)| match taken {
        _ if returned.contains(&message.message_id.to_string()) => Outcome::NotConfirmed(Why::Unroutable),
        _ if !returned.is_empty() => Outcome::NotConfirmed(Why::BesideUnroutable),
        true => Outcome::Confirmed,
        false => Outcome::NotConfirmed(Why::Rejected),
    };
    window.iter().zip(taken).map(outcome).collect()
}
