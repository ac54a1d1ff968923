//! An SMTP server for tests, demos and measurements: it does what the recipient's address says, and remembers.
//!
//! Cast: [`Sink`] listens on the loopback interface with one thread per connection; [`Behaviour`] is the script, named
//! by the recipient's local part; [`Event`] and [`Captured`] are the record, which a test waits on with
//! [`Sink::wait_for`] and reads afterwards. With a log file the sink can also run as a process of its own.
//!
//! It is strict where a lenient server would hide a fault of ours: line ends, line length, order of commands, commands
//! that come before their turn, extensions that were not offered. It delivers nothing and speaks no TLS.

mod behaviour;
mod command;
mod dialogue;
mod message;
mod record;
mod shared;

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use dialogue::Dialogue;
use shared::Shared;

pub use behaviour::Behaviour;
pub use record::{Captured, Event, EventKind, SinkState};

/// What to remember, and where to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkOptions {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Offer PIPELINING.
    pub pipelining: bool,
    /// Keep accepted messages; without it they are counted and forgotten.
    pub keep_messages: bool,
    /// Keep the content of the messages that are kept.
    pub keep_bodies: bool,
    /// Keep the events in memory.
    pub keep_events: bool,
    /// Append each event to this file, one line each ([`Event`] says the form).
    pub log: Option<PathBuf>,
}

impl SinkOptions {
    /// For measurements: a free port, and nothing kept but [`SinkState::taken`].
    #[must_use]
    pub fn counting() -> Self {
        Self { keep_messages: false, keep_bodies: false, keep_events: false, ..Self::default() }
    }
}

impl Default for SinkOptions {
    /// A free port, PIPELINING, everything kept in memory, no file.
    fn default() -> Self {
        Self {
            port: 0,
            pipelining: true,
            keep_messages: true,
            keep_bodies: true,
            keep_events: true,
            log: None,
        }
    }
}

/// The open connections, so that closing the sink can end them.
type Open = Arc<Mutex<HashMap<u64, (TcpStream, JoinHandle<()>)>>>;

/// A listening sink. Dropping it ends its connections and its threads.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

impl Sink {
    /// Listens on 127.0.0.1.
    ///
    /// # Errors
    /// When the port is taken, the log file cannot be opened, or no thread can be started.
    pub fn start(options: &SinkOptions) -> io::Result<Self> {
        let shared = Arc::new(Shared::new(options)?);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        let address = listener.local_addr()?;
        let served = Arc::clone(&shared);
        let thread = thread::Builder::new().name("sink".into()).spawn(move || listen(&listener, &served))?;
        Ok(Self { address, shared, listener: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The accepted messages so far, in the order of their dots.
    #[must_use]
    pub fn accepted(&self) -> Vec<Captured> {
        self.look(|state| state.accepted.clone())
    }

    /// The events so far.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.look(|state| state.events.clone())
    }

    /// How often each Message-ID was accepted.
    #[must_use]
    pub fn acceptances_by_message_id(&self) -> HashMap<String, usize> {
        self.look(SinkState::acceptances_by_message_id)
    }

    /// Looks at the record without copying it. Connections wait meanwhile.
    pub fn look<T>(&self, look: impl FnOnce(&SinkState) -> T) -> T {
        self.shared.look(look)
    }

    /// Waits until the record satisfies a condition, at most this long; tells whether it does.
    pub fn wait_for(&self, condition: impl Fn(&SinkState) -> bool, longest: Duration) -> bool {
        self.shared.wait_for(condition, longest)
    }

    /// Writes the replies that `hold-after-dot` holds at this moment.
    pub fn release(&self) {
        self.shared.release();
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.shared.close();
        // Wakes the listener, which then sees that the sink closes.
        let _ = TcpStream::connect(self.address);
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

fn listen(listener: &TcpListener, shared: &Arc<Shared>) {
    let open = Open::default();
    for (connection, stream) in (1..).zip(listener.incoming().flatten()) {
        if shared.is_closing() {
            break;
        }
        // A client that cannot be served is dropped; it sees its connection end.
        let _ = serve(connection, stream, shared, &open);
    }
    let left = std::mem::take(&mut *open.lock().unwrap_or_else(PoisonError::into_inner));
    for (stream, thread) in left.into_values() {
        let _ = stream.shutdown(Shutdown::Both);
        let _ = thread.join();
    }
}

fn serve(connection: u64, stream: TcpStream, shared: &Arc<Shared>, open: &Open) -> io::Result<()> {
    let handle = stream.try_clone()?;
    let (shared, registry) = (Arc::clone(shared), Arc::clone(open));
    // Held until the thread is registered, so that it cannot take itself out before.
    let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
    let thread = thread::Builder::new().name(format!("sink-{connection}")).spawn(move || {
        shared.opened();
        // An error is a client that went away; the record says so with the end of the connection.
        let _ = Dialogue::new(Arc::clone(&shared), connection, stream).and_then(Dialogue::run);
        shared.closed(connection);
        registry.lock().unwrap_or_else(PoisonError::into_inner).remove(&connection);
    })?;
    open.insert(connection, (handle, thread));
    Ok(())
}

#[cfg(test)]
mod tests;
