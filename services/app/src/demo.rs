//! `rappel demo`: the main job, visibly, on a private PostgreSQL, an in-process queue and captured mail.
//!
//! Nothing here is another product: files go through the import, the launch is the launch, workers and tracker are the roles.
//! Only the people, the clock (January 2000) and the next hop are made for it. Nothing is left behind.

mod draw;
mod files;
mod http;
mod mail;
mod outcome;
mod page;
mod people;
mod purchases;
mod stage;
mod tour;

use anyhow::Context as _;

use crate::cli::DemoArgs;
use crate::say::say;
use crate::settings::{LogFormat, LogSettings};
use crate::{lifecycle, telemetry};

/// Walks through the main job; with `--once` prints the outcome as its last line, else serves a start page until Ctrl-C.
pub async fn run(args: &DemoArgs) -> anyhow::Result<()> {
    telemetry::start(&LogSettings { format: LogFormat::Text, filter: "warn".to_owned() })?;
    let stop = lifecycle::stop_token()?;
    let purchases = purchases(args.seed)?;
    let stage = stage::Stage::set(args.seed, stop.clone()).await.context("setting the demo up")?;
    let walk = tour::walk(&stage, args.seed, &purchases);
    // Ctrl-C in the middle of the tour ends it; the private servers go with the stage.
    let Some(outcome) = stop.run_until_cancelled(walk).await else {
        return stage.strike().await;
    };
    if outcome.is_err() {
        stage.strike().await?;
    }
    let outcome = outcome?;
    if !args.once {
        page::serve(&outcome, &stop).await?;
    }
    stop.cancel();
    stage.strike().await?;
    outcome.check()?;
    say!("{}", serde_json::to_string(&outcome)?)?;
    Ok(())
}

/// The real purchases where `RAPPEL_CDNOW` names them, else generated ones; says which.
fn purchases(seed: u64) -> anyhow::Result<Vec<purchases::Purchase>> {
    match std::env::var_os("RAPPEL_CDNOW") {
        Some(path) => {
            let purchases = purchases::read(path.as_ref())?;
            say!(
                "{} real purchases (CDNOW, 1997 and 1998); the persons around them are made up",
                purchases.len()
            )?;
            Ok(purchases)
        }
        None => {
            let purchases = purchases::generate(seed);
            say!("{} generated purchases: RAPPEL_CDNOW names no data set", purchases.len())?;
            Ok(purchases)
        }
    }
}
