//! `rappel cap`: how many marketing messages are enough.

use anyhow::{Context as _, ensure};
use model::cap::Cap;
use store::cap::{self, Setting};

use super::app_store;
use super::campaign::channel;
use crate::cli::CapArgs;
use crate::say::say;
use crate::settings::Settings;

/// Sets or lifts a cap when one is named, and shows what was set.
pub async fn run(settings: &Settings, args: &CapArgs) -> anyhow::Result<()> {
    let channel = channel(&args.channel)?;
    let new = setting(args)?;
    let store = app_store(settings).await?;
    let silo = store.institution(&args.institution).await?;
    let history = store
        .scoped(silo, move |mut tx| async move {
            if let Some((cap, by)) = new {
                cap::set(&mut tx, channel, cap, &by).await?;
            }
            let history = cap::history(&mut tx, channel).await?;
            tx.commit(history).await
        })
        .await?;
    if history.is_empty() {
        say!("{channel}: no frequency cap was ever set")?;
    }
    for Setting { cap, at, by } in history {
        let what = cap.map_or_else(|| "none".to_owned(), |cap| cap.to_string());
        say!("{channel}: {what}, since {} ({by})", at.format("%Y-%m-%d %H:%M"))?;
    }
    Ok(())
}

/// What is to be set, if anything, and by whom.
fn setting(args: &CapArgs) -> anyhow::Result<Option<(Option<Cap>, String)>> {
    if args.messages.is_none() && !args.none {
        return Ok(None);
    }
    let by = args.by.clone().unwrap_or_default();
    ensure!(!by.trim().is_empty(), "--by: name the person who sets it");
    let Some((messages, days)) = args.messages.zip(args.days) else { return Ok(Some((None, by))) };
    let cap = Cap::new(messages, days)
        .with_context(|| format!("--messages must be 1 to {}, --days 1 to {}", Cap::MOST, Cap::LONGEST))?;
    Ok(Some((Some(cap), by)))
}
