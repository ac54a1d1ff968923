//! A private PostgreSQL: found, initialised once, started, steered, stopped.
//!
//! Cast: [`PostgresOptions`] say where the data lives and how safe it is; [`PrivatePostgres`] is the running server;
//! [`PostgresAddress`] is how to reach it. Connections come over a Unix socket in a private folder, so that no other
//! user of the machine can use the superuser, who needs no password; the loopback port is opened on demand only.
//!
//! Nothing here reads `DATABASE_URL`: a demo or a test must not meet somebody's real database.

mod binaries;
mod data;
mod options;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::ServerError;
use crate::account::Account;
use crate::error::last_lines_of;
use crate::folder::TemporaryFolder;
use crate::port::free_port;
use crate::watched::{Launch, Readiness, Signal, Watched};

pub use binaries::PostgresBinaries;
pub use options::{Durability, PostgresOptions};

/// The superuser that `initdb` makes.
const SUPERUSER: &str = "postgres";
/// The oldest major version whose SQL the product writes.
const OLDEST: u32 = 15;
/// Crash recovery of a large database takes a while.
const PATIENCE: Duration = Duration::from_secs(120);
/// Attempts to find a port that nobody takes between our look and the server's.
const PORTS_TRIED: u32 = 5;

/// How to reach a server, in the parts that a client's connection options want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresAddress {
    /// The folder of the Unix socket (the `host` of libpq).
    pub socket_dir: PathBuf,
    /// The port; part of the socket's name, and the loopback port when [`PostgresOptions::tcp`] was asked for.
    pub port: u16,
    /// The superuser, who connects without a password.
    pub superuser: &'static str,
}

/// A PostgreSQL server of our own. Stopped on drop; a temporary one is removed as well.
#[derive(Debug)]
pub struct PrivatePostgres {
    // Dropped in this order: the server ends before its folder goes.
    process: Option<Watched>,
    home: TemporaryFolder,
    binaries: PostgresBinaries,
    account: Option<Account>,
    data: PathBuf,
    settings: Vec<(String, String)>,
    tcp: bool,
    port: u16,
}

impl PrivatePostgres {
    /// Finds the programs, initialises the data folder when it is new, starts the server and waits until it is ready.
    ///
    /// # Errors
    /// When PostgreSQL 15 or later is missing, a folder does not suit, the data folder was made by another version, or
    /// the server does not start; the message quotes the end of its log.
    pub fn start(options: &PostgresOptions) -> Result<Self, ServerError> {
        let binaries = PostgresBinaries::find()?;
        let account = Account::to_drop_to("postgres")?;
        let home = TemporaryFolder::make("rappel-pg", account.as_ref())?;
        let data = match &options.data {
            None => home.path().join("data"),
            Some(folder) => data::adopt(folder, account.as_ref())?,
        };
        let mut server = Self {
            process: None,
            home,
            binaries,
            account,
            data,
            settings: options.all_settings(),
            tcp: options.tcp,
            port: 0,
        };
        if !data::is_initialised(&server.data) {
            server.initialise(options.durability)?;
        }
        data::check_version(&server.data, &server.binaries)?;
        server.start_on_a_free_port()?;
        Ok(server)
    }

    /// How to reach the server.
    #[must_use]
    pub fn address(&self) -> PostgresAddress {
        PostgresAddress { socket_dir: self.socket_dir().to_path_buf(), port: self.port, superuser: SUPERUSER }
    }

    /// The folder of the Unix socket; the same across restarts.
    #[must_use]
    pub fn socket_dir(&self) -> &Path {
        self.home.path()
    }

    /// The port; the same across restarts.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A connection URL over the Unix socket, in libpq's form.
    #[must_use]
    pub fn url(&self, user: &str, database: &str) -> String {
        format!("postgres://{user}@localhost:{}/{database}?host={}", self.port, self.socket_dir().display())
    }

    /// The process id of the postmaster; `None` when it was stopped or killed.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Watched::pid)
    }

    /// Stops in fast mode (open transactions are rolled back) and starts again.
    ///
    /// # Errors
    /// As [`PrivatePostgres::start`].
    pub fn restart(&mut self) -> Result<(), ServerError> {
        self.stop();
        self.start_again()
    }

    /// Stops in fast mode and stays down until [`PrivatePostgres::start_again`].
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Kills the postmaster as `kill -9` does, and waits until its children noticed and are gone too.
    ///
    /// # Errors
    /// When some of them are still there after two minutes.
    pub fn kill9(&mut self) -> Result<(), ServerError> {
        let Some(mut process) = self.process.take() else { return Ok(()) };
        // An error says that the process is gone already, which is what was wanted.
        let _ = process.signal(Signal::Kill);
        if process.gone_within(PATIENCE) {
            Ok(())
        } else {
            Err(self.too_slow("PostgreSQL's end after kill -9"))
        }
    }

    /// Starts the server on the same data, port and socket, after a stop or a kill.
    ///
    /// # Errors
    /// As [`PrivatePostgres::start`].
    pub fn start_again(&mut self) -> Result<(), ServerError> {
        self.stop();
        let process = self.launch("postgres", self.arguments(), Signal::Interrupt)?;
        match process.wait_until(|| self.is_ready(process.pid()), PATIENCE) {
            Readiness::Ready => {
                self.process = Some(process);
                Ok(())
            }
            Readiness::Ended => {
                Err(ServerError::Failed { step: "PostgreSQL start", log: last_lines_of(&self.log()) })
            }
            Readiness::TooSlow => Err(self.too_slow("PostgreSQL start")),
        }
    }

    fn initialise(&self, durability: Durability) -> Result<(), ServerError> {
        let unfinished = data::unfinished(&self.data)?;
        // On this signal `initdb` clears up after itself.
        let initdb =
            self.launch("initdb", data::initdb_arguments(&unfinished, durability), Signal::Terminate)?;
        match initdb.success_within(PATIENCE) {
            Ok(Some(true)) => fs::rename(&unfinished, &self.data).map_err(ServerError::folder(&self.data)),
            Ok(Some(false)) => Err(ServerError::Failed { step: "initdb", log: last_lines_of(&self.log()) }),
            Ok(None) => Err(self.too_slow("initdb")),
            Err(source) => Err(ServerError::NotRun { program: self.binaries.program("initdb"), source }),
        }
    }

    fn launch(&self, program: &str, arguments: Vec<String>, stop: Signal) -> Result<Watched, ServerError> {
        let program = self.binaries.program(program);
        let launch = Launch {
            program: &program,
            arguments,
            environment: vec![],
            working_folder: self.home.path(),
            log: &self.log(),
            account: self.account.as_ref(),
            stop,
            leftover: Some(self.home.path()),
        };
        Watched::start(&launch).map_err(|source| ServerError::NotRun { program: program.clone(), source })
    }

    fn start_on_a_free_port(&mut self) -> Result<(), ServerError> {
        let mut attempt = 1;
        loop {
            self.port = free_port()?;
            match self.start_again() {
                Err(ServerError::Failed { log, .. })
                    if log.contains("Address already in use") && attempt < PORTS_TRIED =>
                {
                    attempt += 1;
                }
                other => return other,
            }
        }
    }

    fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["-D".to_owned(), self.data.display().to_string()];
        let mut set =
            |name: &str, value: &str| arguments.extend(["-c".to_owned(), format!("{name}={value}")]);
        set("listen_addresses", if self.tcp { "127.0.0.1" } else { "" });
        set("unix_socket_directories", &self.home.path().display().to_string());
        set("port", &self.port.to_string());
        for (name, value) in &self.settings {
            set(name, value);
        }
        arguments
    }

    /// The postmaster writes its state to the eighth line of its pid file; `pg_ctl` waits for the same word.
    /// The first line guards against the file of a postmaster that was killed.
    fn is_ready(&self, pid: u32) -> bool {
        let Ok(text) = fs::read_to_string(self.data.join("postmaster.pid")) else { return false };
        let mut lines = text.lines();
        lines.next() == Some(pid.to_string().as_str()) && lines.nth(6).map(str::trim) == Some("ready")
    }

    fn log(&self) -> PathBuf {
        self.data.with_extension("log")
    }

    fn too_slow(&self, step: &'static str) -> ServerError {
        ServerError::TooSlow { step, seconds: PATIENCE.as_secs(), log: last_lines_of(&self.log()) }
    }
}

#[cfg(test)]
mod tests;
