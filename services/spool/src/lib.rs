//! Append-only local files that survive a kill: send-journal, hit spool, refusal spool.
//!
//! The cast: a **spool** is a locked folder; its **records** are octets in a frame with a checksum, each at an
//! **offset** that is never given twice; **segments** are the files that the records lie in, deleted as the consumer
//! moves on. One module keeps all three kinds; [`journal`], [`hits`] and [`refusals`] say what a record means.
//!
//! Guarantees
//! * A record is one `write(2)`, so what [`Spool::append`] has returned survives `kill -9`; what
//!   [`Spool::wait_durable`] has returned survives the loss of power.
//! * No damaged record is ever read as a good one. A torn end is reported and cut off under the lock; damage
//!   with good records behind it is an error that names the offset, and nothing is guessed.
//! * What cannot be recorded is an error at once, and after a failed write or fsync for ever: who cannot record
//!   must not send.
//! * One process at a time. A journal is read back by [`journal::SendJournal`] only, which holds the lock.
//!
//! Not done here: nothing knows PostgreSQL or a queue, nothing runs in the background, and no call is async; an async
//! caller takes a blocking thread for what waits on fsync.

mod frame;
mod segment;
mod group_sync;
mod spool;
mod reader;
mod codec;
mod records;
pub mod journal;
pub mod hits;
pub mod refusals;
pub mod error;

pub use error::SpoolError;
pub use reader::{Entry, Reader, Tail};
pub use records::{Record, Records, TypedEntry};
pub use segment::{Kind, SpoolId};
pub use spool::{Appended, Options, Spool, SyncPolicy, Torn};

use std::fmt;

/// A place in the stream of records of one spool: the octets of records before it since the spool began.
///
/// Segments come and go without moving it, so (spool id, offset) is a key for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Offset(pub u64);

impl Offset {
    /// The place so many octets further on.
    pub(crate) fn plus(self, octets: usize) -> Self {
        Self(self.0.saturating_add(octets as u64))
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
