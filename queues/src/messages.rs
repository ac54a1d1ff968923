//! The bodies: what a message on a queue says, read strictly.
//!
//! A body is JSON, so that an operator can look at one, with its version first of all. It holds ids only: the worker
//! reads from PostgreSQL who that is, decides again, and treats "gone" and "already done" as success.

mod dispatch;
mod hits;
mod version;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::topology::Route;

pub use dispatch::DispatchChunk;
pub use hits::{ClientPrefix, HitBatch, HitBody, SealedToken};
pub use version::Version;

/// Why a body was not taken.
///
/// Says where, and never repeats what stood there: a foreign body may hold anything, and errors are logged.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BodyRefused {
    /// Longer than any body of its kind can be.
    #[error("{kind}: {bytes} bytes, and {limit} are the most that such a body has")]
    TooLong {
        /// The kind of body that was expected.
        kind: &'static str,
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        limit: usize,
    },
    /// Written by another version of the program.
    #[error("{kind}: version {found}, and this program reads version {known} only")]
    UnknownVersion {
        /// The kind of body that was expected.
        kind: &'static str,
        /// What its `v` says.
        found: u64,
        /// What is read here.
        known: u8,
    },
    /// Not JSON, or not these fields, or not these types.
    #[error(
        "{kind}: not the JSON object that version {known} defines, first wrong at line {line}, column {column}"
    )]
    Malformed {
        /// The kind of body that was expected.
        kind: &'static str,
        /// The version whose fields were expected.
        known: u8,
        /// Where reading stopped, from 1.
        line: usize,
        /// Where reading stopped, in bytes.
        column: usize,
    },
    /// A field that reads well and says something that cannot be.
    #[error("{kind}: {field} {problem}")]
    Field {
        /// The kind of body that was expected.
        kind: &'static str,
        /// The field.
        field: &'static str,
        /// What is wrong with it and what would be right.
        problem: &'static str,
    },
}

/// A body, its route, and how it is read.
pub trait Body: Serialize + DeserializeOwned {
    /// What it is called in errors and in the table `dead_letter`.
    const KIND: &'static str;
    /// The version that is written and read.
    const VERSION: u8;
    /// Longer ones are refused unread. The largest legal body fits, which a test proves.
    const MAX_BYTES: usize;

    /// Where it goes.
    fn route(&self) -> Route;

    /// What the types alone cannot say: counts, order, a route that leads to a queue.
    ///
    /// # Errors
    /// [`BodyRefused::Field`] with the first field that is wrong.
    fn check(&self) -> Result<(), BodyRefused>;

    /// Reads a body that came from a queue.
    ///
    /// # Errors
    /// The first reason to refuse it. Whoever reads puts it where [`crate::topology::Queue::poison`] says.
    fn parse(bytes: &[u8]) -> Result<Self, BodyRefused> {
        fits::<Self>(bytes.len())?;
        let version: version::Found =
            serde_json::from_slice(bytes).map_err(|error| malformed::<Self>(&error))?;
        if version.v != u64::from(Self::VERSION) {
            let (kind, known) = (Self::KIND, Self::VERSION);
            return Err(BodyRefused::UnknownVersion { kind, found: version.v, known });
        }
        let body: Self = serde_json::from_slice(bytes).map_err(|error| malformed::<Self>(&error))?;
        body.check()?;
        Ok(body)
    }

    /// Writes a body for a queue.
    ///
    /// # Errors
    /// As [`Self::parse`]: what nobody would read is not written.
    fn to_bytes(&self) -> Result<Vec<u8>, BodyRefused> {
        self.check()?;
        let bytes = serde_json::to_vec(self).map_err(|error| malformed::<Self>(&error))?;
        fits::<Self>(bytes.len())?;
        Ok(bytes)
    }
}

fn fits<B: Body>(bytes: usize) -> Result<(), BodyRefused> {
    if bytes > B::MAX_BYTES {
        return Err(BodyRefused::TooLong { kind: B::KIND, bytes, limit: B::MAX_BYTES });
    }
    Ok(())
}

fn malformed<B: Body>(error: &serde_json::Error) -> BodyRefused {
    BodyRefused::Malformed { kind: B::KIND, known: B::VERSION, line: error.line(), column: error.column() }
}
