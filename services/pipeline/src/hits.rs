//! Hits on tracked links, from the spool of a tracker to PostgreSQL (delivery 2.13, A.5).
//!
//! The cast: the [`Forwarder`] runs beside the tracker, reads its spool and publishes **stretches** of it; the [`Taker`] runs
//! with the workers, opens the tokens, commits the hits and says how far the spool was dealt with; the forwarder then lets
//! the spool go up to there.
//!
//! Guarantees
//! * A hit that the tracker wrote to its disk is stored once, unless it may not be stored at all, whatever the broker
//!   loses or repeats: a confirm moves nothing but the reading position, and what is not dealt with after a while is
//!   published again.
//! * Stretches touch each other, and the database moves its mark only from one to the next, so a stretch that was lost in
//!   the middle holds the mark until it came again.
//!
//! Deliberately absent: the verdict. What is stored here is a request, not yet a click.

mod forward;
mod take;

use std::sync::Arc;

use store::Store;

pub use forward::{ForwardError, Forwarder, ForwarderParts, Step};
pub use take::{Taken, Taker};

/// The database as a process sees it that can do without: `None` while it is away.
pub type StoreWhenThere = Arc<dyn Fn() -> Option<Store> + Send + Sync>;
