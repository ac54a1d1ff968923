//! The settings file of an installation.

use std::fs;
use std::path::{Path, PathBuf};

use servers::postgres::PrivatePostgres;

use super::campaign::SENDER_DOMAIN;

/// The three URLs of one database.
#[derive(Clone, Debug)]
pub struct Database {
    pub app_url: String,
    pub dispatcher_url: String,
    pub owner_url: String,
}

/// What differs between installations.
#[derive(Clone, Debug)]
pub struct Settings {
    pub folder: PathBuf,
    pub database: Database,
    pub broker_url: String,
    pub relay_port: u16,
    pub tracker_port: u16,
    /// Of each process; the dispatcher publishes a few seconds of it ahead.
    pub rate_per_second: u32,
    /// A line or section more, for what a single test needs.
    pub more: String,
}

impl Database {
    pub fn on(server: &PrivatePostgres, name: &str) -> Self {
        Self {
            app_url: server.url("rappel_app", name),
            dispatcher_url: server.url("rappel_dispatcher", name),
            owner_url: server.url(server.address().superuser, name),
        }
    }

    /// Nobody listens there.
    pub fn missing() -> Self {
        let url = "postgres://nobody@127.0.0.1:1/nothing".to_owned();
        Self { app_url: url.clone(), dispatcher_url: url.clone(), owner_url: url }
    }
}

impl Settings {
    /// Everything well formed, and nobody behind any address.
    pub fn nowhere(folder: &Path) -> Self {
        Self {
            folder: folder.to_path_buf(),
            database: Database::missing(),
            broker_url: "amqp://guest:guest@127.0.0.1:1/%2f".to_owned(),
            relay_port: 1,
            tracker_port: servers::free_port().unwrap(),
            rate_per_second: 2_000,
            more: String::new(),
        }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.join("settings.toml")
    }

    pub fn state(&self) -> PathBuf {
        self.folder.join("state")
    }

    /// Writes the file and says where.
    pub fn write(&self) -> PathBuf {
        let Self {
            database: Database { app_url, dispatcher_url, owner_url },
            broker_url,
            relay_port,
            tracker_port,
            rate_per_second,
            more,
            ..
        } = self;
        let state = self.state();
        let text = format!(
            r#"state = "{}"
[database]
app_url = "{app_url}"
dispatcher_url = "{dispatcher_url}"
owner_url = "{owner_url}"
pool = 8
[broker]
url = "{broker_url}"
[relay]
host = "127.0.0.1"
port = {relay_port}
tls = "none"
hello = "rappel.example"
sessions = 4
rate_per_second = {rate_per_second}
dkim_selector = "rappel1"
dkim_domain = "{SENDER_DOMAIN}"
[tracker]
listen = "127.0.0.1:{tracker_port}"
[schedule]
tick_ms = 50
republish_after_s = 3
{more}"#,
            state.display()
        );
        fs::write(self.path(), text).unwrap();
        self.path()
    }
}
