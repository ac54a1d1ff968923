//! Reading a target: in words, checked, and the form of every target.

use std::path::Path;

use anyhow::Context as _;
use audience::words::missing;
use audience::{CheckedQuery, Language, Names, Query, check, words};
use model::ids::InstitutionId;
use store::audience::{Unknown, unknown};
use store::{Store, Tx, catalogue};

use super::app_store;
use super::campaign::{CampaignFile, listed};
use crate::cli::{TargetArgs, TargetCommand};
use crate::say::say;
use crate::settings::Settings;

/// Does what was asked of a target.
pub async fn run(settings: &Settings, command: &TargetCommand) -> anyhow::Result<()> {
    match command {
        TargetCommand::Words { target, language } => {
            let language = Language::from_tag(language)
                .with_context(|| format!("--language: {language} is none of en, fr, it, de"))?;
            let (store, silo, query) = open(settings, target).await?;
            let asked = query.clone();
            let names = store
                .scoped(silo, move |mut tx| async move {
                    let names = catalogue::names(&mut tx, &asked).await?;
                    tx.commit(names).await
                })
                .await?;
            say!("{}", words(&query, language, &names))?;
            Ok(())
        }
        TargetCommand::Check(target) => {
            let (store, silo, query) = open(settings, target).await?;
            let target = checked(&store, silo, &query).await?;
            let lines = store
                .scoped(silo, move |mut tx| async move {
                    let lines = missing_values(&mut tx, &query, &target).await?;
                    tx.commit(lines).await
                })
                .await?;
            say!("the target can be used")?;
            for line in lines {
                say!("{line}")?;
            }
            Ok(())
        }
        TargetCommand::Schema => schema(),
    }
}

/// Prints the JSON Schema of targets.
pub fn schema() -> anyhow::Result<()> {
    say!("{}", audience::schema::text().trim_end())?;
    Ok(())
}

/// The target that a file holds: the whole of it, or that of a campaign.
fn read(path: &Path) -> anyhow::Result<Query> {
    let place = || format!("target file {}", path.display());
    let text = std::fs::read_to_string(path).with_context(place)?;
    let campaign =
        serde_json::from_str::<serde_json::Value>(&text).is_ok_and(|value| value.get("target").is_some());
    let query =
        if campaign { Query::from_value(CampaignFile::read(path)?.target) } else { Query::from_json(&text) };
    query.map_err(|error| listed("the target", &[error]))
}

async fn open(settings: &Settings, args: &TargetArgs) -> anyhow::Result<(Store, InstitutionId, Query)> {
    let query = read(&args.file)?;
    let store = app_store(settings).await?;
    let silo = store.institution(&args.institution).await?;
    Ok((store, silo, query))
}

async fn checked(store: &Store, silo: InstitutionId, query: &Query) -> anyhow::Result<CheckedQuery> {
    let asked = query.clone();
    let catalogue = store
        .scoped(silo, move |mut tx| async move {
            let catalogue = catalogue::load(&mut tx, &asked).await?;
            tx.commit(catalogue).await
        })
        .await?;
    check(query, &catalogue).map_err(|errors| listed("the target", &errors))
}

/// A line for each leaf that some contacts can neither meet nor fail, for want of what it asks about.
pub async fn missing_values(tx: &mut Tx, query: &Query, target: &CheckedQuery) -> store::Result<Vec<String>> {
    let names = catalogue::names(tx, query).await?;
    let today = tx.today();
    let unknown = unknown(tx, target, today).await?;
    Ok(unknown.iter().filter_map(|leaf| missing_line(leaf, &names)).collect())
}

fn missing_line(unknown: &Unknown, names: &Names) -> Option<String> {
    let contacts = u32::try_from(unknown.contacts).unwrap_or(u32::MAX);
    let sentence = missing(&unknown.leaf, contacts, Language::English, names).filter(|_| contacts > 0)?;
    let at = if unknown.at.is_empty() { "target" } else { &unknown.at };
    Some(format!("{at}: {sentence}"))
}
