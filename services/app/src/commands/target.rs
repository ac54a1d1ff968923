//! Targets, apart from campaigns: in words, checked, saved, and the form of every target.

mod saved;

use anyhow::Context as _;
use audience::words::missing;
use audience::{CheckedQuery, Language, Names, Query, check, words};
use model::ids::InstitutionId;
use store::audience::{Unknown, unknown};
use store::{Store, Tx, catalogue};

use super::app_store;
use super::campaign::{Named, listed, targets_in};
use crate::cli::{TargetArgs, TargetCommand};
use crate::say::say;
use crate::settings::Settings;

/// Does what was asked of targets.
pub async fn run(settings: &Settings, command: &TargetCommand) -> anyhow::Result<()> {
    match command {
        TargetCommand::Words { target, language } => say_words(settings, target, language).await,
        TargetCommand::Check(target) => say_missing(settings, target).await,
        TargetCommand::Schema => schema(),
        TargetCommand::Save(args) => saved::save(settings, args).await,
        TargetCommand::Freeze(args) => saved::freeze(settings, args).await,
        TargetCommand::Refresh(args) => saved::refresh(settings, args).await,
        TargetCommand::List(args) => saved::list(settings, args).await,
        TargetCommand::History(args) => saved::history(settings, args).await,
        TargetCommand::Show(args) => saved::show(settings, args).await,
        TargetCommand::Archive(args) => saved::archive(settings, args).await,
        TargetCommand::Compare(args) => saved::compare(settings, args).await,
    }
}

/// Prints the JSON Schema of targets.
pub fn schema() -> anyhow::Result<()> {
    say!("{}", audience::schema::text().trim_end())?;
    Ok(())
}

async fn say_words(settings: &Settings, args: &TargetArgs, language: &str) -> anyhow::Result<()> {
    let language = Language::from_tag(language)
        .with_context(|| format!("--language: {language} is none of en, fr, it, de"))?;
    let (store, silo, targets) = open(settings, args).await?;
    let several = targets.len() > 1;
    for Named { name, query } in targets {
        let asked = query.clone();
        let names = store
            .scoped(silo, move |mut tx| async move {
                let names = catalogue::names(&mut tx, &asked).await?;
                tx.commit(names).await
            })
            .await?;
        if several {
            say!("{name}")?;
        }
        say!("{}", words(&query, language, &names))?;
    }
    Ok(())
}

async fn say_missing(settings: &Settings, args: &TargetArgs) -> anyhow::Result<()> {
    let (store, silo, targets) = open(settings, args).await?;
    let several = targets.len() > 1;
    for Named { name, query } in targets {
        let target = checked(&store, silo, &name, &query).await?;
        let lines = store
            .scoped(silo, move |mut tx| async move {
                let lines = missing_values(&mut tx, &query, &target).await?;
                tx.commit(lines).await
            })
            .await?;
        say!("{} can be used", if several { &name } else { "the target" })?;
        for line in lines {
            say!("{line}")?;
        }
    }
    Ok(())
}

async fn open(settings: &Settings, args: &TargetArgs) -> anyhow::Result<(Store, InstitutionId, Vec<Named>)> {
    let targets = targets_in(&args.file)?;
    let store = app_store(settings).await?;
    let silo = store.institution(&args.institution).await?;
    Ok((store, silo, targets))
}

async fn checked(
    store: &Store,
    silo: InstitutionId,
    name: &str,
    query: &Query,
) -> anyhow::Result<CheckedQuery> {
    let asked = query.clone();
    let catalogue = store
        .scoped(silo, move |mut tx| async move {
            let catalogue = catalogue::load(&mut tx, &asked).await?;
            tx.commit(catalogue).await
        })
        .await?;
    check(query, &catalogue).map_err(|errors| listed(name, &errors))
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
