//! Where a private server keeps its data, and what it promises about it.

use std::path::PathBuf;

/// What a server's COMMIT is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// A commit survives the death of the server's processes, not that of the machine: for demos and tests.
    /// (`synchronous_commit` stays on: with it off, `kill -9` loses commits, and the proofs would measure that.)
    ThrowAway,
    /// PostgreSQL's own promise: a commit survives the machine.
    Durable,
}

impl Durability {
    fn settings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::ThrowAway => &[
                ("fsync", "off"),
                ("full_page_writes", "off"),
                // In the data folder, so that a killed server leaves nothing in the system's shared memory.
                ("dynamic_shared_memory_type", "mmap"),
            ],
            Self::Durable => &[],
        }
    }
}

/// What kind of server to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresOptions {
    /// The data folder, kept for the next start; `None`: a temporary one, removed at the end.
    pub data: Option<PathBuf>,
    /// What a COMMIT is worth.
    pub durability: Durability,
    /// Also listen on 127.0.0.1, for tests that put a proxy in between. Any user of the machine can then connect as
    /// the superuser.
    pub tcp: bool,
    /// Further settings, by their names in `postgresql.conf`; they win over the ones above.
    pub settings: Vec<(String, String)>,
}

impl PostgresOptions {
    /// A server for a demo or a test: temporary data, no fsync, reachable by its socket.
    #[must_use]
    pub fn throw_away() -> Self {
        Self { data: None, durability: Durability::ThrowAway, tcp: false, settings: vec![] }
    }

    /// A server whose data stays in this folder and survives the machine.
    #[must_use]
    pub fn kept_in(data: impl Into<PathBuf>) -> Self {
        Self { data: Some(data.into()), durability: Durability::Durable, tcp: false, settings: vec![] }
    }

    /// Adds a setting of `postgresql.conf`.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Also listens on 127.0.0.1.
    #[must_use]
    pub fn with_tcp(mut self) -> Self {
        self.tcp = true;
        self
    }

    pub(super) fn all_settings(&self) -> Vec<(String, String)> {
        let implied =
            self.durability.settings().iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let zone =
            [("timezone", "UTC"), ("log_timezone", "UTC")].map(|(name, value)| (name.into(), value.into()));
        implied.chain(zone).chain(self.settings.iter().cloned()).collect()
    }
}
