//! An installation of the product as it is run in production: its release build, one process for each role, on a PostgreSQL
//! and a RabbitMQ of its own. Relay is the sink.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;
use servers::postgres::{Durability, PostgresOptions, PrivatePostgres};
use servers::rabbitmq::PrivateRabbit;
use servers::{Program, TemporaryFolder, free_port};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection};

use super::spent::{Processes, Spent, peak_memory_of};
use crate::sink::SinkProcess;

/// Open sessions of either side.
pub const SESSIONS: usize = 8;
/// Messages in each before it is opened anew.
pub const MESSAGES_PER_SESSION: usize = 100;
/// How either side calls itself.
pub const HELLO: &str = "rappel.hall.example";
/// The domain of From and of the signature.
pub const SENDER_DOMAIN: &str = "hall.example";
/// Where links and pages of a message are.
pub const PUBLIC_URL: &str = "https://news.hall.example";
/// The selector of the signature.
pub const SELECTOR: &str = "rappel1";

/// More than two cores can do, so that it holds nothing back; the dispatcher's window is as large as it gets.
const RATE_PER_SECOND: usize = 20_000;
const ROLES: [&str; 3] = ["schedule", "track", "work"];
/// How long a role may take to finish what is open.
const FAREWELL: Duration = Duration::from_secs(60);
/// Between two looks at what processes have come to.
const GLANCE: Duration = Duration::from_millis(20);
const DATABASE: &str = "rappel";

/// Who signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// The product.
    Product,
    /// The relay, or nobody.
    Relay,
}

/// The installation. Dropping it ends every process and removes every file of it.
#[derive(Debug)]
pub struct Stage {
    // Dropped in this order: processes first, then what they use.
    roles: Vec<Program>,
    /// Where messages go.
    pub sink: SinkProcess,
    /// A connection that sees everything.
    pub owner: PgConnection,
    rabbit: PrivateRabbit,
    postgres: PrivatePostgres,
    folder: TemporaryFolder,
}

impl Stage {
    /// Starts the servers, and makes schema and keys.
    pub async fn set() -> anyhow::Result<Self> {
        binary()?;
        let folder = TemporaryFolder::private("rappel-load")?;
        let options = PostgresOptions { durability: Durability::Durable, ..PostgresOptions::throw_away() };
        let postgres = PrivatePostgres::start(&options.with("max_wal_size", "4GB"))?;
        let mut maintenance = connection(&postgres, "postgres").await?;
        sqlx::query("CREATE DATABASE rappel").execute(&mut maintenance).await?;
        let owner = connection(&postgres, DATABASE).await?;
        let (rabbit, sink) = (PrivateRabbit::start()?, SinkProcess::start()?);
        let stage = Self { roles: Vec::new(), sink, owner, rabbit, postgres, folder };
        stage.write_settings(Signing::Product)?;
        stage.rappel(&["migrate"])?;
        stage.rappel(&["keys"])?;
        Ok(stage)
    }

    /// Runs a command to its end; what it said.
    pub fn rappel(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let ran = Command::new(binary()?).args(arguments).arg("--settings").arg(self.settings()).output()?;
        let complained = String::from_utf8_lossy(&ran.stderr);
        anyhow::ensure!(ran.status.success(), "rappel {}: {complained}", arguments.join(" "));
        Ok(String::from_utf8(ran.stdout)?)
    }

    /// The key that the product signs with, in PEM.
    pub fn signing_key(&self) -> anyhow::Result<Vec<u8>> {
        Ok(fs::read(self.folder.path().join("state/keys/dkim.pem"))?)
    }

    /// A file of this installation.
    pub fn write(&self, name: &str, text: &str) -> anyhow::Result<PathBuf> {
        let path = self.folder.path().join(name);
        fs::write(&path, text)?;
        Ok(path)
    }

    /// Starts one process for each role, none of which runs, and waits until all are ready.
    pub async fn start(&mut self, signing: Signing) -> anyhow::Result<()> {
        self.write_settings(signing)?;
        let folder = self.folder.path().to_path_buf();
        let log = |role: &str| folder.join(format!("{role}.log"));
        for role in ROLES {
            // The log of an earlier start would say that this one is ready.
            fs::write(log(role), "")?;
            let arguments = [role, "--settings"].map(str::to_owned).into_iter();
            let arguments = arguments.chain([self.settings().display().to_string()]).collect();
            self.roles.push(Program::start(&binary()?, arguments, vec![], &folder, &log(role))?);
        }
        for (role, program) in ROLES.iter().zip(&self.roles) {
            let says = || fs::read_to_string(log(role));
            while !says()?.contains("ready: ") {
                anyhow::ensure!(!program.ends_within(Duration::ZERO), "rappel {role}: {}", says()?);
                glance().await;
            }
        }
        Ok(())
    }

    /// Stops every role.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        for role in &mut self.roles {
            role.terminate();
        }
        for role in self.roles.drain(..) {
            anyhow::ensure!(role.ends_within(FAREWELL), "a role does not stop");
        }
        Ok(())
    }

    /// Another connection that sees everything.
    pub async fn another_owner(&self) -> anyhow::Result<PgConnection> {
        connection(&self.postgres, DATABASE).await
    }

    /// What the installation has spent since its servers were started and its roles were.
    pub fn spent(&self) -> anyhow::Result<Spent> {
        let processes = Processes::now()?;
        let of = |pid: Option<u32>| pid.map(|pid| processes.spent_by(pid)).context("a server is gone");
        Ok(Spent {
            product: self.roles.iter().map(|role| processes.spent_by(role.pid())).sum(),
            postgres: of(self.postgres.pid())?,
            rabbitmq: of(self.rabbit.pid())?,
        })
    }

    /// The most memory that each role has had, in KiB.
    pub fn peaks(&self) -> anyhow::Result<Vec<u64>> {
        self.roles.iter().map(|role| peak_memory_of(role.pid())).collect()
    }

    fn settings(&self) -> PathBuf {
        self.folder.path().join("settings.toml")
    }

    fn write_settings(&self, signing: Signing) -> anyhow::Result<()> {
        let url = |user| self.postgres.url(user, DATABASE);
        let (app, dispatcher, owner) =
            (url("rappel_app"), url("rappel_dispatcher"), url(self.postgres.address().superuser));
        let (broker, relay, tracker) = (self.rabbit.url(), self.sink.port(), free_port()?);
        let state = self.folder.path().join("state").display().to_string();
        let signature = match signing {
            Signing::Product => format!("dkim_selector = \"{SELECTOR}\"\ndkim_domain = \"{SENDER_DOMAIN}\""),
            Signing::Relay => String::new(),
        };
        let text = format!(
            r#"state = "{state}"
[database]
app_url = "{app}"
dispatcher_url = "{dispatcher}"
owner_url = "{owner}"
[broker]
url = "{broker}"
[relay]
host = "127.0.0.1"
port = {relay}
tls = "none"
hello = "{HELLO}"
sessions = {SESSIONS}
messages_per_session = {MESSAGES_PER_SESSION}
rate_per_second = {RATE_PER_SECOND}
{signature}
[tracker]
listen = "127.0.0.1:{tracker}"
"#
        );
        fs::write(self.settings(), text)?;
        Ok(())
    }
}

/// Waits a little before the next look.
pub async fn glance() {
    tokio::time::sleep(GLANCE).await;
}

/// The release build of the product, which `cargo xtask bench` puts beside this program.
fn binary() -> anyhow::Result<PathBuf> {
    let binary = std::env::current_exe()?.with_file_name("rappel");
    anyhow::ensure!(
        binary.exists(),
        "{} is missing: cargo build --release --package rappel",
        binary.display()
    );
    Ok(binary)
}

async fn connection(server: &PrivatePostgres, database: &str) -> anyhow::Result<PgConnection> {
    let address = server.address();
    let options = PgConnectOptions::new_without_pgpass()
        .socket(address.socket_dir)
        .port(address.port)
        .username(address.superuser)
        .database(database)
        .disable_statement_logging();
    Ok(options.connect().await?)
}
