//! What the sink remembers: events, accepted messages, and the line form of an event.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A step of the dialogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A client connected.
    Connect,
    /// MAIL was answered.
    Mail,
    /// RCPT was answered; `to` is that one recipient.
    Rcpt,
    /// DATA was answered.
    Data,
    /// The line with the single dot arrived: with an accepting script, the sink is now responsible for the message.
    Dot,
    /// The reply to the dot was written.
    Reply,
    /// The connection ended, whoever ended it.
    Close,
}

impl EventKind {
    /// The name in the log file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Mail => "mail",
            Self::Rcpt => "rcpt",
            Self::Data => "data",
            Self::Dot => "dot",
            Self::Reply => "reply",
            Self::Close => "close",
        }
    }
}

/// One event. Its `Display` is one line of the log file: eight columns in the text form of PostgreSQL's COPY
/// (tabs, `\N` for nothing): wall clock and monotonic clock in microseconds, connection, kind, reply code, envelope
/// sender, recipients (separated by commas), Message-ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The wall clock of this machine.
    pub wall: SystemTime,
    /// Since the sink started.
    pub monotonic: Duration,
    /// Counts from 1.
    pub connection: u64,
    /// The step.
    pub kind: EventKind,
    /// The code of our answer; `None` when there was none.
    pub reply: Option<u16>,
    /// The envelope sender, empty for the null sender.
    pub from: Option<String>,
    /// The envelope recipients that the step is about.
    pub to: Vec<String>,
    /// The message's Message-ID, from the dot on.
    pub message_id: Option<String>,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wall = self.wall.duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
        let (monotonic, connection, kind) = (self.monotonic.as_micros(), self.connection, self.kind.name());
        write!(f, "{wall}\t{monotonic}\t{connection}\t{kind}\t")?;
        match self.reply {
            Some(code) => write!(f, "{code}\t")?,
            None => f.write_str("\\N\t")?,
        }
        let to = if self.to.is_empty() { None } else { Some(self.to.join(",")) };
        let columns = [self.from.as_deref(), to.as_deref(), self.message_id.as_deref()].map(column);
        f.write_str(&columns.join("\t"))
    }
}

fn column(value: Option<&str>) -> String {
    match value {
        None => "\\N".to_owned(),
        Some(text) => text.replace('\\', "\\\\").replace(|c: char| c.is_control(), "?"),
    }
}

/// A message that the sink took responsibility for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured {
    /// The connection that brought it.
    pub connection: u64,
    /// The envelope sender, empty for the null sender.
    pub envelope_from: String,
    /// The accepted envelope recipients.
    pub to: Vec<String>,
    /// The Message-ID with its angle brackets.
    pub message_id: Option<String>,
    /// The message as it was before dot-stuffing, CRLF line ends; empty without `keep_bodies`.
    pub raw: Arc<[u8]>,
    /// When the dot arrived, on this machine's wall clock.
    pub dot_at: SystemTime,
}

/// Everything remembered so far; what [`super::Sink::wait_for`] looks at.
#[derive(Debug, Default)]
pub struct SinkState {
    /// All events in order; empty without `keep_events`.
    pub events: Vec<Event>,
    /// Messages accepted in total.
    pub taken: u64,
    /// The accepted messages in the order of their dots; empty without `keep_messages`.
    pub accepted: Vec<Captured>,
    /// Connections open at this moment.
    pub open_connections: usize,
    /// Connections opened in total.
    pub connections: u64,
    /// Messages whose reply waits for [`super::Sink::release`].
    pub held: usize,
}

impl SinkState {
    /// How often each Message-ID was accepted: more than once is a duplicate (I5, I6).
    #[must_use]
    pub fn acceptances_by_message_id(&self) -> HashMap<String, usize> {
        let mut counts = HashMap::new();
        for message_id in self.accepted.iter().filter_map(|message| message.message_id.clone()) {
            *counts.entry(message_id).or_insert(0) += 1;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_that_copy_can_read() {
        let event = Event {
            wall: UNIX_EPOCH + Duration::from_micros(1_700_000_000_000_001),
            monotonic: Duration::from_millis(2),
            connection: 3,
            kind: EventKind::Rcpt,
            reply: Some(550),
            from: Some(String::new()),
            to: vec!["a\\b\t@example.org".into(), "c@example.org".into()],
            message_id: None,
        };
        let line = "1700000000000001\t2000\t3\trcpt\t550\t\ta\\\\b?@example.org,c@example.org\t\\N";
        assert_eq!(event.to_string(), line);
    }
}
