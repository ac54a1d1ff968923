//! What tells one node from all others: its ports, its name, and the settings that keep it in its folder.

use std::path::Path;
use std::{fs, io};

use crate::ServerError;
use crate::port::free_port;

/// The ports of a node; the node is named by the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ports {
    pub(super) amqp: u16,
    /// Of Erlang's distribution, which `rabbitmqctl` uses.
    pub(super) distribution: u16,
    /// Of an own port mapper, so that the machine's shared one is neither used nor started.
    pub(super) epmd: u16,
}

impl Ports {
    pub(super) fn choose() -> Result<Self, ServerError> {
        Ok(Self { amqp: free_port()?, distribution: free_port()?, epmd: free_port()? })
    }
}

/// Writes the node's configuration. No plugins: each costs start time, and the product needs none.
pub(super) fn write_settings(home: &Path, ports: Ports) -> io::Result<()> {
    let settings = [
        format!("listeners.tcp.local = 127.0.0.1:{}", ports.amqp),
        // The default (50 MB free) would stop publishers on a full test machine; memory keeps its default.
        "disk_free_limit.absolute = 1MB".to_owned(),
        "log.file = false".to_owned(),
        "log.console = true".to_owned(),
        "log.console.level = info".to_owned(),
    ];
    fs::write(home.join("rabbitmq.conf"), settings.join("\n") + "\n")?;
    fs::write(home.join("enabled_plugins"), "[].\n")
}

/// The environment of the scripts. The machine's own configuration files are shut out by name.
pub(super) fn environment(home: &Path, ports: Ports) -> Vec<(&'static str, String)> {
    let in_home = |name: &str| home.join(name).display().to_string();
    vec![
        ("RABBITMQ_NODENAME", format!("rappel-{}@localhost", ports.amqp)),
        ("RABBITMQ_CONF_ENV_FILE", "/dev/null".to_owned()),
        ("RABBITMQ_CONFIG_FILE", in_home("rabbitmq.conf")),
        ("RABBITMQ_ADVANCED_CONFIG_FILE", in_home("none.config")),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", in_home("enabled_plugins")),
        ("RABBITMQ_MNESIA_BASE", in_home(super::DATA)),
        ("RABBITMQ_LOG_BASE", in_home("log")),
        ("RABBITMQ_DIST_PORT", ports.distribution.to_string()),
        // Replaces the script by the server, so that the process started is the server.
        ("RABBITMQ_ALLOW_INPUT", "1".to_owned()),
        ("ERL_EPMD_PORT", ports.epmd.to_string()),
        ("ERL_EPMD_ADDRESS", "127.0.0.1".to_owned()),
        ("ERL_FLAGS", "-kernel inet_dist_use_interface {127,0,0,1}".to_owned()),
        ("ERL_CRASH_DUMP_SECONDS", "0".to_owned()),
    ]
}
