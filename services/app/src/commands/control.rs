//! Holding, resuming, stopping and watching a launch.

use anyhow::ensure;
use model::ids::OccurrenceId;
use serde_json::json;
use store::dispatch::LaunchKey;
use store::{Store, launch};

use super::app_store;
use crate::cli::LaunchArgs;
use crate::say::say;
use crate::settings::Settings;

/// Holds a launch: claims that are open finish, no new one is made.
pub async fn pause(settings: &Settings, args: &LaunchArgs) -> anyhow::Result<()> {
    let (store, launch) = open(settings, args).await?;
    store.pause(launch).await?;
    say!("launch {} is paused", args.occurrence)?;
    Ok(())
}

/// Lets a held launch go on.
pub async fn resume(settings: &Settings, args: &LaunchArgs) -> anyhow::Result<()> {
    let (store, launch) = open(settings, args).await?;
    store.resume(launch).await?;
    say!("launch {} runs", args.occurrence)?;
    Ok(())
}

/// Stops a launch for good.
pub async fn cancel(settings: &Settings, args: &LaunchArgs) -> anyhow::Result<()> {
    let (store, launch) = open(settings, args).await?;
    let cancelled = store.cancel(launch).await?;
    ensure!(
        cancelled.open == 0,
        "{} messages were cancelled; {} had been handed over before and have no answer yet: call again, or see `rappel status`",
        cancelled.messages,
        cancelled.open
    );
    say!(
        "launch {} is cancelled: {} messages were not sent, and nothing more leaves",
        args.occurrence,
        cancelled.messages
    )?;
    Ok(())
}

/// Prints where the messages of a launch stand, as JSON.
pub async fn status(settings: &Settings, args: &LaunchArgs) -> anyhow::Result<()> {
    let (store, LaunchKey { institution, occurrence }) = open(settings, args).await?;
    let (status, clicks) = store
        .scoped(institution, move |mut tx| async move {
            let status = launch::status(&mut tx, occurrence).await?;
            let clicks = launch::clicks(&mut tx, occurrence).await?;
            tx.commit((status, clicks)).await
        })
        .await?;
    say!("{}", serde_json::to_string_pretty(&json!({"messages": status, "links": clicks}))?)?;
    Ok(())
}

async fn open(settings: &Settings, args: &LaunchArgs) -> anyhow::Result<(Store, LaunchKey)> {
    let store = app_store(settings).await?;
    let institution = store.institution(&args.institution).await?;
    Ok((store, LaunchKey { institution, occurrence: OccurrenceId(args.occurrence) }))
}
