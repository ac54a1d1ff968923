//! Everything that crosses the broker: the topology and the bodies.
//!
//! The cast: an **exchange** takes a message and hands it to the **queues** that are bound to its **route**; a **body**
//! names the route that it travels. [`topology::TOPOLOGY`] is the only place that knows which queues exist;
//! `definitions.json` is generated from it for operators, and `README.md` draws it.
//!
//! Guarantees
//! * A body holds ids and numbers, never an address, a name or a text (AN-20, EM-66): whoever receives it reads the
//!   world again from PostgreSQL. A test walks every field of every body.
//! * A body is read strictly. An unknown version, an unknown field, a body that is too long or lists too much is
//!   refused, never guessed.
//! * Every work queue says where a body goes that nobody can read (EM-67 in the form of delivery A.3).
//!
//! It declares and never connects: no client library is in its manifest. Nothing in here knows how often a message
//! arrives; the broker may be wiped at any time, because what it holds is also in PostgreSQL or in a spool.

pub mod definitions;
pub mod messages;
pub mod topology;
