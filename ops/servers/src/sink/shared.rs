//! What the connections of a sink share: the record, the log file, and the conditions that scripts wait for.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Write};
use std::net::TcpStream;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::SinkOptions;
use super::record::{Captured, Event, EventKind, SinkState};

/// Between two looks at whether the client of a held reply is still there.
const GLANCE: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(super) struct Shared {
    started: Instant,
    pub(super) pipelining: bool,
    keep_messages: bool,
    keep_bodies: bool,
    keep_events: bool,
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    state: SinkState,
    log: Option<File>,
    seen: HashSet<String>,
    releases: u64,
    closing: bool,
}

impl Shared {
    pub(super) fn new(options: &SinkOptions) -> io::Result<Self> {
        let open = |path| File::options().create(true).append(true).open(path);
        let log = options.log.as_ref().map(open).transpose()?;
        Ok(Self {
            started: Instant::now(),
            pipelining: options.pipelining,
            keep_messages: options.keep_messages,
            keep_bodies: options.keep_bodies,
            keep_events: options.keep_events,
            inner: Mutex::new(Inner { log, ..Inner::default() }),
            changed: Condvar::new(),
        })
    }

    /// Looks at the record.
    pub(super) fn look<T>(&self, look: impl FnOnce(&SinkState) -> T) -> T {
        look(&self.lock().state)
    }

    /// Waits for a condition of the record, at most this long, and tells whether it came.
    pub(super) fn wait_for(&self, condition: impl Fn(&SinkState) -> bool, longest: Duration) -> bool {
        let inner = self.lock();
        let (inner, _) = self
            .changed
            .wait_timeout_while(inner, longest, |inner| !condition(&inner.state))
            .unwrap_or_else(PoisonError::into_inner);
        condition(&inner.state)
    }

    pub(super) fn opened(&self) {
        let mut inner = self.lock();
        inner.state.connections += 1;
        inner.state.open_connections += 1;
    }

    pub(super) fn closed(&self, connection: u64) {
        self.note(connection, EventKind::Close, None, None, vec![], None);
        self.lock().state.open_connections -= 1;
        self.changed.notify_all();
    }

    /// Records an event, now, and returns its wall time.
    pub(super) fn note(
        &self,
        connection: u64,
        kind: EventKind,
        reply: Option<u16>,
        from: Option<String>,
        to: Vec<String>,
        message_id: Option<String>,
    ) -> SystemTime {
        let mut inner = self.lock();
        // Stamped under the lock, so that the record is in the order of its stamps.
        let (wall, monotonic) = (wall_clock(), self.started.elapsed());
        let event = Event { wall, monotonic, connection, kind, reply, from, to, message_id };
        if let Some(log) = inner.log.as_mut() {
            // One write a line: a sink that is killed has told everything it did. A full disk must not end the dialogue.
            let _ = log.write_all(format!("{event}\n").as_bytes());
        }
        if self.keep_events {
            inner.state.events.push(event);
        }
        self.changed.notify_all();
        wall
    }

    pub(super) fn take(&self, mut message: Captured) {
        if !self.keep_bodies {
            message.raw = Vec::new().into();
        }
        let mut inner = self.lock();
        inner.state.taken += 1;
        if self.keep_messages {
            inner.state.accepted.push(message);
        }
        drop(inner);
        self.changed.notify_all();
    }

    /// Whether this address is seen for the first time.
    pub(super) fn first_time(&self, address: &str) -> bool {
        self.lock().seen.insert(address.to_owned())
    }

    /// Waits that long, or until the sink closes.
    pub(super) fn pause(&self, delay: Duration) {
        drop(self.changed.wait_timeout_while(self.lock(), delay, |inner| !inner.closing));
    }

    /// Waits for the next release. `false`: the client went away, or the sink closes.
    pub(super) fn hold(&self, client: &TcpStream) -> io::Result<bool> {
        let mut inner = self.lock();
        let before = inner.releases;
        inner.state.held += 1;
        self.changed.notify_all();
        let released = loop {
            let waiting = |inner: &mut Inner| inner.releases == before && !inner.closing;
            (inner, _) = self
                .changed
                .wait_timeout_while(inner, GLANCE, waiting)
                .unwrap_or_else(PoisonError::into_inner);
            if inner.releases > before {
                break Ok(true);
            }
            match is_gone(client) {
                Ok(false) if !inner.closing => {}
                other => break other.map(|_| false),
            }
        };
        inner.state.held -= 1;
        self.changed.notify_all();
        released
    }

    /// Lets all held replies go; later ones are held again.
    pub(super) fn release(&self) {
        self.lock().releases += 1;
        self.changed.notify_all();
    }

    /// Ends every wait.
    pub(super) fn close(&self) {
        self.lock().closing = true;
        self.changed.notify_all();
    }

    pub(super) fn is_closing(&self) -> bool {
        self.lock().closing
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the client closed its side; never waits.
fn is_gone(client: &TcpStream) -> io::Result<bool> {
    client.set_nonblocking(true)?;
    let peeked = client.peek(&mut [0]);
    client.set_nonblocking(false)?;
    match peeked {
        Ok(bytes) => Ok(bytes == 0),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
        Err(_) => Ok(true),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the sink stands for another machine, whose clock is not the product's"
)]
fn wall_clock() -> SystemTime {
    SystemTime::now()
}
