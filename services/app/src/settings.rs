//! Every setting, parsed once. `ops/product.toml` is the annotated reference; a test keeps both equal.
//!
//! Later sources win: built-in defaults, the file named by `--settings`, then variables such as `RAPPEL__DATABASE__APP_URL`.
//! An unknown name is refused.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use secrecy::SecretString;
use serde::de::IntoDeserializer as _;
use serde::{Deserialize, Deserializer};

/// The settings of one process.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Folder for keys, journals and spools; outlives the process, never shared between hosts.
    pub state: PathBuf,
    /// PostgreSQL.
    pub database: DatabaseSettings,
    /// RabbitMQ.
    pub broker: BrokerSettings,
    /// The next hop for mail.
    pub relay: RelaySettings,
    /// Public pages and tracked links.
    pub tracker: TrackerSettings,
    /// Timing of the services behind the scenes.
    pub schedule: ScheduleSettings,
    /// Watched folders.
    pub imports: ImportSettings,
    /// Logs.
    pub log: LogSettings,
}

/// One URL per role: `postgres://user:password@host:port/database`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// A member of `rappel_app` that owns nothing.
    pub app_url: SecretString,
    /// A member of `rappel_dispatcher`.
    pub dispatcher_url: SecretString,
    /// The owner of the tables: `migrate` and `institution` only.
    pub owner_url: SecretString,
    /// Most connections of this process under each role.
    pub pool: u32,
}

/// The broker.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrokerSettings {
    /// `amqp://user:password@host:port/vhost`.
    pub url: SecretString,
}

/// How the connection to the relay is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RelayTls {
    /// Plain text: a relay on this machine only.
    None,
    /// STARTTLS, required.
    Starttls,
    /// TLS from the first byte.
    Implicit,
}

/// The next hop for mail: a relay, whose own queue life must be minutes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelaySettings {
    /// Name or address.
    pub host: String,
    /// 25, 465 or 587.
    pub port: u16,
    /// Protection of the connection.
    #[serde(deserialize_with = "one_of")]
    pub tls: RelayTls,
    /// User, when the relay asks for one.
    pub username: Option<String>,
    /// Password, when the relay asks for one.
    pub password: Option<SecretString>,
    /// How this host calls itself (EHLO).
    pub hello: String,
    /// Open sessions for newsletters.
    pub sessions: usize,
    /// Messages before a session is closed and opened anew.
    pub messages_per_session: u32,
    /// Most messages a second.
    pub rate_per_second: u32,
    /// DKIM selector of the key `state/keys/dkim.pem`; none: the relay signs.
    pub dkim_selector: Option<String>,
    /// The domain that signs, aligned with the From addresses (EM-21).
    pub dkim_domain: Option<String>,
}

/// What to do about half a signature: mail that somebody wants signed never leaves unsigned.
const HALF: &str = "set both to sign here, or neither when the relay signs";

impl RelaySettings {
    /// Selector and domain, when this installation signs.
    ///
    /// # Errors
    /// When one of them is set without the other.
    pub fn signature(&self) -> anyhow::Result<Option<(&str, &str)>> {
        match (self.dkim_selector.as_deref(), self.dkim_domain.as_deref()) {
            (Some(selector), Some(domain)) => Ok(Some((selector, domain))),
            (None, None) => Ok(None),
            (Some(_), None) => {
                anyhow::bail!("relay.dkim_selector is set, and relay.dkim_domain is missing: {HALF}")
            }
            (None, Some(_)) => {
                anyhow::bail!("relay.dkim_domain is set, and relay.dkim_selector is missing: {HALF}")
            }
        }
    }
}

/// The tracker.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrackerSettings {
    /// Address and port to listen on.
    pub listen: std::net::SocketAddr,
    /// Proxies whose `X-Forwarded-For` is believed (TR-09).
    pub trusted_proxies: Vec<std::net::IpAddr>,
}

/// Services behind the scenes.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleSettings {
    /// Milliseconds between two looks for work.
    pub tick_ms: u64,
    /// Seconds after which a published and unclaimed message is published again.
    pub republish_after_s: u32,
}

/// Watched folders.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportSettings {
    /// Milliseconds between two looks into the folder; a file is taken when two looks found it unchanged.
    pub look_every_ms: u64,
}

/// Logs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// `json` or `text`.
    #[serde(deserialize_with = "one_of")]
    pub format: LogFormat,
    /// As in `info,pipeline=debug`.
    pub filter: String,
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// A setting with a closed list of values. The list stands in the error, which that of `config` itself leaves out.
fn one_of<'de, D, T>(setting: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(String::deserialize(setting)?.into_deserializer())
}

/// What holds when nothing is said. Only what is the same everywhere has a default; places and secrets have none.
const DEFAULTS: &str = r#"
[database]
pool = 10
[relay]
port = 25
tls = "starttls"
hello = "localhost"
sessions = 8
messages_per_session = 100
rate_per_second = 200
[tracker]
listen = "127.0.0.1:8087"
trusted_proxies = []
[schedule]
tick_ms = 200
republish_after_s = 60
[imports]
look_every_ms = 5000
[log]
format = "json"
filter = "info"
"#;

impl Settings {
    /// Reads the settings from their sources.
    ///
    /// # Errors
    /// One sentence that names the file or the setting.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        let mut sources =
            config::Config::builder().add_source(config::File::from_str(DEFAULTS, config::FileFormat::Toml));
        if let Some(path) = file {
            let text =
                std::fs::read_to_string(path).with_context(|| format!("settings file {}", path.display()))?;
            sources = sources.add_source(config::File::from_str(&text, config::FileFormat::Toml));
        }
        let environment = config::Environment::with_prefix("RAPPEL")
            .prefix_separator("__")
            .separator("__")
            .try_parsing(true);
        let place = file.map_or_else(|| "the environment".to_owned(), |path| path.display().to_string());
        sources
            .add_source(environment)
            .build()
            .and_then(config::Config::try_deserialize)
            .with_context(|| format!("settings from {place}; ops/product.toml describes every one"))
    }
}
