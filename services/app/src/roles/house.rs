//! What the roles of one process share: stores, the queue port, keys, settings and the token that stops them.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use model::ambient::{Clock, Entropy};
use pipeline::queue::{Limits, Port, Rabbit};
use queues::topology::TOPOLOGY;
use secrecy::ExposeSecret as _;
use store::{Connect, Store};
use tokio_util::sync::CancellationToken;

use super::{Failure, Role};
use crate::ambient::{MachineClock, MachineEntropy};
use crate::commands::{app_connect, dispatcher_store};
use crate::keys::{self, Keys};
use crate::settings::{RelaySettings, ScheduleSettings, Settings, TrackerSettings};

/// See the [module](self).
pub struct House {
    /// Under the application's role.
    pub app: Store,
    /// The way there, for who must find it again by himself.
    pub connect: Connect,
    /// Under the dispatcher's role, for those who find work across institutions.
    pub dispatcher: Option<Store>,
    /// The broker.
    pub port: Arc<dyn Port>,
    /// The installation's keys.
    pub keys: Keys,
    /// The name of this machine, for the person who has to look after it.
    pub host: String,
    /// Folder for journals and spools.
    pub state: PathBuf,
    /// The next hop.
    pub relay: RelaySettings,
    /// Public pages.
    pub tracker: TrackerSettings,
    /// Timing.
    pub schedule: ScheduleSettings,
    /// The machine's clock.
    pub clock: Arc<dyn Clock>,
    /// The machine's randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Cancelled when the process shall stop.
    pub stop: CancellationToken,
    /// What a role could not go on after.
    pub failure: Failure,
}

impl House {
    /// Connects to everything that the roles need.
    ///
    /// # Errors
    /// One sentence that says what is missing and what to do.
    pub async fn open(settings: &Settings, roles: &[Role], stop: &CancellationToken) -> anyhow::Result<Self> {
        settings.relay.signature()?;
        let keys = keys::load(&settings.state)?;
        let connect = app_connect(settings)?;
        let app = Store::connect(connect.clone()).await?;
        let dispatcher = match roles.contains(&Role::Schedule) {
            true => Some(dispatcher_store(settings).await?),
            false => None,
        };
        let entropy: Arc<dyn Entropy> = Arc::new(MachineEntropy);
        let port = Rabbit::open(
            settings.broker.url.expose_secret(),
            TOPOLOGY,
            Limits::default(),
            Arc::clone(&entropy),
        )
        .await
        .context("broker.url")?;
        Ok(Self {
            app,
            connect,
            host: host(),
            dispatcher,
            port: Arc::new(port),
            keys,
            state: settings.state.clone(),
            relay: settings.relay.clone(),
            tracker: settings.tracker.clone(),
            schedule: settings.schedule,
            clock: Arc::new(MachineClock),
            entropy,
            stop: stop.clone(),
            failure: Failure::stopping(stop),
        })
    }

    /// The store of the dispatcher's role.
    ///
    /// # Errors
    /// When this process was opened without it.
    pub fn dispatcher(&self) -> anyhow::Result<Store> {
        self.dispatcher.clone().context("this role needs database.dispatcher_url")
    }

    /// Closes the connections.
    pub async fn close(&self) {
        self.app.close().await;
        if let Some(dispatcher) = &self.dispatcher {
            dispatcher.close().await;
        }
    }
}

/// The kernel's name of this machine.
pub fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map_or_else(|_| "localhost".to_owned(), |name| name.trim().to_owned())
}
