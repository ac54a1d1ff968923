//! The servers Rappel needs beside it, started privately: PostgreSQL, RabbitMQ, and an SMTP server that obeys a script.
//!
//! The product's demo, `cargo xtask` and the tests share this crate, so it depends on nothing but the standard library.
//!
//! Guarantees
//! * A server that is started here is reachable from this machine only, uses its own folder, ports and node name, and
//!   never touches one that already runs.
//! * Only processes started here are ever signalled. A shell stands between us and each server ([`watched`]); it holds
//!   the server's process id until the end, so that a signal cannot reach a stranger that inherited the number.
//! * Nothing stays behind: the server ends and its temporary folder goes when its value is dropped, and also when this
//!   process is killed.
//! * As root, servers run as an unprivileged account, because PostgreSQL refuses root and RabbitMQ should.
//!
//! It does not speak SQL or AMQP: callers connect with their own client.

pub mod postgres;
pub mod rabbitmq;
pub mod sink;

mod account;
mod error;
mod folder;
mod port;
mod watched;
mod program;

pub use account::running_as_root;
pub use error::ServerError;
pub use folder::TemporaryFolder;
pub use port::free_port;
pub use program::Program;
