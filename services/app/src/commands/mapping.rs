//! `rappel mapping`: how files of other systems are read, saved under names.

use std::path::Path;

use anyhow::Context as _;
use intake::{Mapping, MappingFile, SourceName};
use store::import::mappings;

use super::app_store;
use crate::cli::MappingCommand;
use crate::say::say;
use crate::settings::Settings;

/// Saves, lists or shows.
pub async fn run(settings: &Settings, institution: &str, what: &MappingCommand) -> anyhow::Result<()> {
    match what {
        MappingCommand::Save { name, file } => save(settings, institution, name, file).await,
        MappingCommand::List => list(settings, institution).await,
        MappingCommand::Show { name } => show(settings, institution, name).await,
    }
}

async fn save(settings: &Settings, institution: &str, name: &str, path: &Path) -> anyhow::Result<()> {
    let known = SourceName::parse(name)
        .ok()
        .with_context(|| format!("{name}: a short name like contacts is needed"))?;
    let (mapping, text) = read(path)?;
    let store = app_store(settings).await?;
    let silo = store.institution(institution).await?;
    mappings::save(&store, silo, &known, &mapping, &text).await?;
    say!("mapping {name} is saved: {} of {}", mapping.kind(), mapping.source()).map_err(anyhow::Error::from)
}

/// Reads a mapping, and says what is wrong with it by its key.
fn read(path: &Path) -> anyhow::Result<(Mapping, String)> {
    let place = || format!("mapping file {}", path.display());
    let text = std::fs::read_to_string(path).with_context(place)?;
    let mut json = serde_json::Deserializer::from_str(&text);
    let file: MappingFile = serde_path_to_error::deserialize(&mut json).with_context(place)?;
    json.end().with_context(place)?;
    Ok((Mapping::try_from(file).with_context(place)?, text))
}

async fn list(settings: &Settings, institution: &str) -> anyhow::Result<()> {
    let store = app_store(settings).await?;
    let silo = store.institution(institution).await?;
    let list = |mut tx: store::Tx| async move {
        let saved = mappings::list(&mut tx).await?;
        tx.commit(saved).await
    };
    for saved in store.scoped(silo, list).await? {
        say!("{}  {}", saved.saved_at.format("%Y-%m-%d %H:%M:%SZ"), saved.name)?;
    }
    Ok(())
}

async fn show(settings: &Settings, institution: &str, name: &str) -> anyhow::Result<()> {
    let store = app_store(settings).await?;
    let silo = store.institution(institution).await?;
    let wanted = name.to_owned();
    let text = |mut tx: store::Tx| async move {
        let text = mappings::text(&mut tx, &wanted).await?;
        tx.commit(text).await
    };
    let text = store.scoped(silo, text).await?;
    say!("{}", text.with_context(|| format!("there is no mapping {name}"))?.trim_end())?;
    Ok(())
}
