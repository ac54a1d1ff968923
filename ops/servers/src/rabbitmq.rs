//! A private RabbitMQ node: own name, ports, folder and port mapper, loopback only, no plugins.
//!
//! Its data is always temporary: the product treats a broker that lost everything as a normal event, and the tests make
//! it happen ([`PrivateRabbit::wipe`]). Starting takes seconds, so tests share a node where they can.
//!
//! The user is `guest`, which RabbitMQ accepts from this machine only. Any user of the machine can connect: a private
//! node is for tests.

mod binaries;
mod node;

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::ServerError;
use crate::account::Account;
use crate::error::last_lines_of;
use crate::folder::TemporaryFolder;
use crate::watched::{Launch, Readiness, Signal, Watched};
use node::Ports;

pub use binaries::RabbitBinaries;

/// The folder of the node's data, below its home.
const DATA: &str = "data";
/// A node starts in 3 to 20 s, more on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// Attempts to find ports that nobody takes between our look and the server's.
const PORTS_TRIED: u32 = 5;
/// How AMQP 0-9-1 begins; a server that is up answers with its Start method.
const AMQP_HEADER: &[u8] = b"AMQP\x00\x00\x09\x01";

/// A RabbitMQ node of our own. Stopped and removed on drop.
#[derive(Debug)]
pub struct PrivateRabbit {
    // Dropped in this order: the node ends, then its port mapper, then the folder goes.
    process: Option<Watched>,
    port_mapper: Option<Watched>,
    home: TemporaryFolder,
    binaries: RabbitBinaries,
    account: Option<Account>,
    ports: Ports,
}

impl PrivateRabbit {
    /// Finds the programs, starts a node with empty data and waits until it answers AMQP.
    ///
    /// # Errors
    /// When RabbitMQ or Erlang is missing, no folder suits, or the node does not start; the message quotes the end of
    /// its log.
    pub fn start() -> Result<Self, ServerError> {
        let binaries = RabbitBinaries::find()?;
        let account = Account::to_drop_to("rabbitmq")?;
        let home = TemporaryFolder::make("rappel-mq", account.as_ref())?;
        let ports = Ports::choose()?;
        let mut server = Self { process: None, port_mapper: None, home, binaries, account, ports };
        let mut attempt = 1;
        loop {
            match server.start_with_port_mapper() {
                Err(error) if attempt < PORTS_TRIED && is_taken_port(&error) => {
                    attempt += 1;
                    server.ports = Ports::choose()?;
                }
                other => return other.map(|()| server),
            }
        }
    }

    /// Where clients connect.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.ports.amqp).into()
    }

    /// The URL for clients, default virtual host; the same across restarts.
    #[must_use]
    pub fn url(&self) -> String {
        format!("amqp://guest:guest@{}/%2f", self.address())
    }

    /// The process id of the node; `None` when it was stopped or killed.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Watched::pid)
    }

    /// Stops the node as an operator does: queues are closed in order, clients are told.
    ///
    /// # Errors
    /// When it is still there after two minutes.
    pub fn stop(&mut self) -> Result<(), ServerError> {
        self.end(Signal::Terminate, "RabbitMQ stop")
    }

    /// Kills the node as `kill -9` does.
    ///
    /// # Errors
    /// When a process of it is still there after two minutes.
    pub fn kill9(&mut self) -> Result<(), ServerError> {
        self.end(Signal::Kill, "RabbitMQ's end after kill -9")
    }

    /// Kills the node when it runs, and removes everything it stored: queues, exchanges, messages.
    ///
    /// # Errors
    /// When the node does not end or the data cannot be removed.
    pub fn wipe(&mut self) -> Result<(), ServerError> {
        self.kill9()?;
        let data = self.home.path().join(DATA);
        if data.exists() {
            fs::remove_dir_all(&data).map_err(ServerError::folder(&data))?;
        }
        Ok(())
    }

    /// Starts the node after a stop, kill or wipe, with the same ports and name, on the data that is there.
    ///
    /// # Errors
    /// As [`PrivateRabbit::start`].
    pub fn start_again(&mut self) -> Result<(), ServerError> {
        self.stop()?;
        let program = self.binaries.server();
        let arguments = ["-noshell", "-noinput"].map(str::to_owned).to_vec();
        let process = self.launch(&program, arguments, Some(self.home.path()))?;
        match process.wait_until(|| answers_amqp(self.address()), PATIENCE) {
            Readiness::Ready => {
                self.process = Some(process);
                Ok(())
            }
            Readiness::Ended => Err(self.failed("RabbitMQ start")),
            Readiness::TooSlow => Err(self.too_slow("RabbitMQ start")),
        }
    }

    fn start_with_port_mapper(&mut self) -> Result<(), ServerError> {
        node::write_settings(self.home.path(), self.ports).map_err(ServerError::folder(self.home.path()))?;
        let port = self.ports.epmd;
        let arguments = ["-address", "127.0.0.1", "-port", &port.to_string()].map(str::to_owned).to_vec();
        let mapper = self.launch(self.binaries.epmd(), arguments, None)?;
        let listens = || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok();
        match mapper.wait_until(listens, PATIENCE) {
            Readiness::Ready => self.port_mapper = Some(mapper),
            Readiness::Ended => return Err(self.failed("epmd start")),
            Readiness::TooSlow => return Err(self.too_slow("epmd start")),
        }
        self.start_again()
    }

    fn launch(
        &self,
        program: &Path,
        arguments: Vec<String>,
        leftover: Option<&Path>,
    ) -> Result<Watched, ServerError> {
        let launch = Launch {
            program,
            arguments,
            environment: node::environment(self.home.path(), self.ports),
            working_folder: self.home.path(),
            log: &self.log(),
            account: self.account.as_ref(),
            // The data is temporary: when we go, nothing is worth an orderly end.
            stop: Signal::Kill,
            leftover,
        };
        Watched::start(&launch)
            .map_err(|source| ServerError::NotRun { program: program.to_path_buf(), source })
    }

    fn end(&mut self, signal: Signal, step: &'static str) -> Result<(), ServerError> {
        let Some(mut process) = self.process.take() else { return Ok(()) };
        // An error says that the process is gone already, which is what was wanted.
        let _ = process.signal(signal);
        if process.gone_within(PATIENCE) { Ok(()) } else { Err(self.too_slow(step)) }
    }

    fn log(&self) -> PathBuf {
        self.home.path().join("server.log")
    }

    fn failed(&self, step: &'static str) -> ServerError {
        ServerError::Failed { step, log: last_lines_of(&self.log()) }
    }

    fn too_slow(&self, step: &'static str) -> ServerError {
        ServerError::TooSlow { step, seconds: PATIENCE.as_secs(), log: last_lines_of(&self.log()) }
    }
}

fn is_taken_port(error: &ServerError) -> bool {
    let words = error.to_string();
    ["eaddrinuse", "Address already in use"].iter().any(|sign| words.contains(sign))
}

/// Whether an AMQP server answers: the listener opens at the end of the node's start.
fn answers_amqp(address: SocketAddr) -> bool {
    let ask = || {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(AMQP_HEADER)?;
        let mut method_frame = [0];
        stream.read_exact(&mut method_frame)?;
        Ok::<_, std::io::Error>(method_frame == [1])
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_starts_apart_survives_a_kill_and_a_wipe_and_leaves_nothing() {
        let mut node = PrivateRabbit::start().unwrap();
        let (address, first) = (node.address(), node.pid().unwrap());
        let home = node.home.path().to_path_buf();
        let command_line = fs::read_to_string(format!("/proc/{first}/cmdline")).unwrap();
        assert!(command_line.contains("beam"), "the process started is the server: {command_line}");
        assert!(command_line.contains(home.to_str().unwrap()));

        node.kill9().unwrap();
        assert!(!answers_amqp(address) && node.pid().is_none());
        node.start_again().unwrap();
        assert!(answers_amqp(address));

        let marker = home.join(DATA).join("marker");
        fs::write(&marker, "").unwrap();
        node.stop().unwrap();
        assert!(marker.exists());
        node.wipe().unwrap();
        assert!(!marker.exists());
        node.start_again().unwrap();
        assert_eq!(node.address(), address);
        assert_ne!(node.pid(), Some(first));

        let epmd = node.ports.epmd;
        drop(node);
        assert!(!home.exists());
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, epmd)).is_err());
    }

    #[test]
    fn a_taken_port_is_recognised() {
        let log = "{listen_error,{acceptor,eaddrinuse}}".to_owned();
        assert!(is_taken_port(&ServerError::Failed { step: "RabbitMQ start", log }));
        assert!(!is_taken_port(&ServerError::Failed { step: "RabbitMQ start", log: "no".into() }));
    }
}
