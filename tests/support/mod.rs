//! What journeys and failures are told with: a whole installation of the product, started as its users start it.
//!
//! Cast: a [`product::Product`] is one installation (private PostgreSQL and RabbitMQ, a sink for its mail, a state folder,
//! a settings file) whose roles run as child processes; [`files`] and [`campaign`] write what a person would hand in;
//! [`client`] is a person's or a scanner's browser; [`mail`] reads what arrived; [`invariants`] says after every test
//! what must hold whatever happened.
//!
//! Nothing waits for time: [`wait`] waits for conditions, and the business clock is moved by command.

pub mod product;
pub mod launches;
pub mod files;
pub mod inbox;
pub mod campaign;
pub mod client;
pub mod mail;
pub mod dkim;
pub mod invariants;
pub mod privacy;
pub mod quiet;
pub mod roles;
pub mod settings;
pub mod servers;
pub mod owner;
pub mod command;
pub mod wait;
pub mod chance;
