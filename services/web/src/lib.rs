//! HTTP: tracked links, unsubscribe pages, refusals.
//!
//! The cast: a [`Tracker`] answers the three requests that a message can lead to (`follow` a link, `ask` whether to stop,
//! `refuse`); [`serve()`] gives it connections, with limits. Behind it, each with a file on local disk: `destinations` knows
//! where links lead, `hits` and `refusals` write down what came, `presence` says in the database that this process may
//! hold refusals, `database` knows whether the database is there.
//!
//! Guarantees
//! * No GET and no HEAD changes anything but the list of hits (TR-01, TR-14): refusing takes a POST.
//! * A redirect waits for nobody: it is answered from memory, its hit from a local file, with or without a database.
//! * A refusal is answered with "recorded" only when it is: committed, or on the local disk to be replayed (EM-23). While it is
//!   only there, the row of this process holds back every claim.
//! * Whatever is wrong with a token, the answer is one and the same (EM-25). No cookie is set, no address of a client is kept
//!   but for its network (TR-09), no token is logged.
//!
//! Deliberately absent: the broker and the relay. What this crate's manifest does not list, a request cannot do.

mod client;
mod business;
mod database;
mod destinations;
mod hits;
mod refusals;
mod presence;
mod page;
mod form;
mod follow;
mod ask;
mod refuse;
mod tracker;
mod serve;

pub use serve::serve;
pub use tracker::{OpenError, Tracker, TrackerParts};
