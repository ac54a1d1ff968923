//! What each subcommand does: settings in, one call of a library, one report out.

mod campaign;
mod checkpoint;
mod control;
pub mod import;
mod mapping;
mod setup;
mod verify;

use std::path::PathBuf;

use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::PgConnectOptions;
use store::{Connect, Role, Store};

use crate::cli::Command;
use crate::settings::Settings;
use crate::{demo, roles, telemetry};

pub use campaign::{CampaignFile, launch_in, waterfall_table};

impl Command {
    /// Does it.
    pub async fn run(self, settings: Option<PathBuf>) -> anyhow::Result<()> {
        if let Self::Demo(args) = self {
            return demo::run(&args).await;
        }
        let settings = Settings::load(settings.as_deref())?;
        telemetry::start(&settings.log)?;
        match self {
            Self::Work => roles::run(&settings, &[roles::Role::Work]).await,
            Self::Schedule => roles::run(&settings, &[roles::Role::Schedule]).await,
            Self::Track => roles::run(&settings, &[roles::Role::Track]).await,
            Self::All => roles::run(&settings, &roles::Role::ALL).await,
            Self::Migrate { test } => setup::migrate(&settings, test).await,
            Self::Keys => setup::keys(&settings),
            Self::Institution(args) => setup::institution(&settings, &args).await,
            Self::Clock { offset_seconds } => setup::clock(&settings, offset_seconds).await,
            Self::Import(args) => import::run(&settings, &args).await,
            Self::Mapping { institution, what } => mapping::run(&settings, &institution, &what).await,
            Self::Count(args) => campaign::count(&settings, &args).await,
            Self::Explain(args) => campaign::explain(&settings, &args).await,
            Self::Launch(args) => campaign::launch(&settings, &args).await,
            Self::Pause(args) => control::pause(&settings, &args).await,
            Self::Resume(args) => control::resume(&settings, &args).await,
            Self::Cancel(args) => control::cancel(&settings, &args).await,
            Self::Status(args) => control::status(&settings, &args).await,
            Self::Verify { institution, what } => verify::run(&settings, &institution, &what).await,
            Self::Checkpoint(args) => checkpoint::write(&settings, &args).await,
            Self::Demo(_) => Ok(()),
        }
    }
}

/// Connection options from a URL of the settings, which never appears in an error.
pub fn options(url: &SecretString, name: &str) -> anyhow::Result<PgConnectOptions> {
    url.expose_secret()
        .parse()
        .ok()
        .with_context(|| format!("{name} is no URL like postgres://user:password@host:5432/database"))
}

/// The way to the database under the application's role.
pub fn app_connect(settings: &Settings) -> anyhow::Result<Connect> {
    let options = options(&settings.database.app_url, "database.app_url")?;
    Ok(Connect { options, role: Role::App, pool_size: settings.database.pool })
}

/// The store under the application's role.
pub async fn app_store(settings: &Settings) -> anyhow::Result<Store> {
    Ok(Store::connect(app_connect(settings)?).await?)
}

/// The store under the dispatcher's role.
pub async fn dispatcher_store(settings: &Settings) -> anyhow::Result<Store> {
    let options = options(&settings.database.dispatcher_url, "database.dispatcher_url")?;
    Ok(Store::connect(Connect { options, role: Role::Dispatcher, pool_size: settings.database.pool }).await?)
}
