//! Saved targets: `rappel target save`, `freeze`, `refresh`, `list`, `history`, `show`, `archive`, `compare`.

use anyhow::{Context as _, bail};
use audience::{Query, check};
use model::ids::InstitutionId;
use model::vocabulary::TargetKind;
use serde_json::json;
use store::target::{self, NewList, NewTarget, Saved};
use store::{Store, catalogue};

use crate::cli::{CodeArgs, CompareArgs, FreezeArgs, NamedArgs, OfInstitution, SaveArgs};
use crate::commands::{app_store, campaign};
use crate::say::say;
use crate::settings::Settings;

/// Saves a dynamic target.
pub async fn save(settings: &Settings, args: &SaveArgs) -> anyhow::Result<()> {
    let query = campaign::target_in(&args.file)?;
    let (store, silo) = open(settings, &args.target.of).await?;
    let new = new(&args.target, args.name.as_ref(), TargetKind::Dynamic, query);
    let saved = write(&store, silo, new).await?;
    say!("target {} is saved, version {}", saved.code, saved.version)?;
    Ok(())
}

/// Freezes a list.
pub async fn freeze(settings: &Settings, args: &FreezeArgs) -> anyhow::Result<()> {
    let (store, silo) = open(settings, &args.target.of).await?;
    let query = match (&args.target_file, &args.launch, &args.outcome) {
        (Some(file), ..) => campaign::target_in(file)?,
        (None, Some(launch), Some(outcome)) => results(launch, outcome)?,
        (None, ..) => return freeze_step(&store, silo, args).await,
    };
    let saved = write(&store, silo, new(&args.target, args.name.as_ref(), TargetKind::Static, query)).await?;
    print_change(&saved)
}

/// The contacts of whose messages this became.
fn results(launch: &str, outcome: &str) -> anyhow::Result<Query> {
    let leaf = json!({"leaf": "message", "outcome": outcome, "campaign": launch, "has": true});
    Query::from_value(leaf).map_err(|error| anyhow::anyhow!("--outcome: {}", error.message))
}

async fn freeze_step(store: &Store, silo: InstitutionId, args: &FreezeArgs) -> anyhow::Result<()> {
    let (Some(file), Some(step)) = (&args.campaign, &args.step) else {
        bail!("name what is frozen: --target-file, --campaign with --step, or --launch with --outcome");
    };
    let first = campaign::step("--step", step)?;
    let audience = campaign::audience_of(store, silo, file).await?;
    let NamedArgs { code, by, of: _ } = &args.target;
    let name = args.name.as_ref().unwrap_or(code).clone();
    let list = NewList { code: code.clone(), name, by: by.clone() };
    let saved = store
        .scoped(silo, move |mut tx| async move {
            let saved = target::save_step(&mut tx, &list, &audience, first).await?;
            tx.commit(saved).await
        })
        .await?;
    print_change(&saved)
}

/// Asks again.
pub async fn refresh(settings: &Settings, args: &NamedArgs) -> anyhow::Result<()> {
    let (store, silo) = open(settings, &args.of).await?;
    let (code, by) = (args.code.clone(), args.by.clone());
    let saved = store
        .scoped(silo, move |mut tx| async move {
            let saved = target::refresh(&mut tx, &code, &by).await?;
            tx.commit(saved).await
        })
        .await?;
    print_change(&saved)
}

/// Prints the saved targets.
pub async fn list(settings: &Settings, args: &OfInstitution) -> anyhow::Result<()> {
    let (store, silo) = open(settings, args).await?;
    let saved = store
        .scoped(silo, |mut tx| async move {
            let saved = target::list(&mut tx).await?;
            tx.commit(saved).await
        })
        .await?;
    print(&saved, args.json)
}

/// Prints every version of one.
pub async fn history(settings: &Settings, args: &CodeArgs) -> anyhow::Result<()> {
    let (store, silo) = open(settings, &args.of).await?;
    let code = args.code.clone();
    let versions = store
        .scoped(silo, move |mut tx| async move {
            let versions = target::history(&mut tx, &code).await?;
            tx.commit(versions).await
        })
        .await?;
    print(&versions, args.of.json)
}

/// Prints what one asks.
pub async fn show(settings: &Settings, args: &CodeArgs) -> anyhow::Result<()> {
    let (store, silo) = open(settings, &args.of).await?;
    let code = args.code.clone();
    let query = store
        .scoped(silo, move |mut tx| async move {
            let query = target::query(&mut tx, &code).await?;
            tx.commit(query).await
        })
        .await?;
    let query = query
        .with_context(|| format!("the list {} was frozen from something that is no query", args.code))?;
    say!("{}", serde_json::to_string_pretty(&query)?)?;
    Ok(())
}

/// Puts one away.
pub async fn archive(settings: &Settings, args: &CodeArgs) -> anyhow::Result<()> {
    let (store, silo) = open(settings, &args.of).await?;
    let code = args.code.clone();
    store
        .scoped(silo, move |mut tx| async move {
            target::archive(&mut tx, &code).await?;
            tx.commit(()).await
        })
        .await?;
    say!("target {} is archived", args.code)?;
    Ok(())
}

/// Counts whom two select.
pub async fn compare(settings: &Settings, args: &CompareArgs) -> anyhow::Result<()> {
    let (store, silo) = open(settings, &args.of).await?;
    let [one, other] = [members(&args.one)?, members(&args.other)?];
    let asked = [one.clone(), other.clone()];
    let names = store
        .scoped(silo, move |mut tx| async move {
            let names = catalogue::load_all(&mut tx, &asked.iter().collect::<Vec<_>>()).await?;
            tx.commit(names).await
        })
        .await?;
    let checked = |query| check(query, &names).map_err(|errors| campaign::listed("the target", &errors));
    let (one, other) = (checked(&one)?, checked(&other)?);
    let compared = store
        .scoped(silo, move |mut tx| async move {
            let compared = target::compare(&mut tx, &one, &other).await?;
            tx.commit(compared).await
        })
        .await?;
    if args.of.json {
        say!("{}", serde_json::to_string_pretty(&compared)?)?;
    } else {
        say!("{:>10}  only {}", compared.only_one, args.one)?;
        say!("{:>10}  both", compared.both)?;
        say!("{:>10}  only {}", compared.only_other, args.other)?;
    }
    Ok(())
}

/// Whoever is in a saved target.
fn members(code: &str) -> anyhow::Result<Query> {
    Ok(Query::from_value(json!({"leaf": "membership", "in": code}))?)
}

async fn open(settings: &Settings, args: &OfInstitution) -> anyhow::Result<(Store, InstitutionId)> {
    let store = app_store(settings).await?;
    let silo = store.institution(&args.institution).await?;
    Ok((store, silo))
}

fn new(args: &NamedArgs, name: Option<&String>, kind: TargetKind, query: Query) -> NewTarget {
    let name = name.unwrap_or(&args.code).clone();
    NewTarget { code: args.code.clone(), name, kind, query, by: args.by.clone() }
}

async fn write(store: &Store, silo: InstitutionId, new: NewTarget) -> anyhow::Result<Saved> {
    let saved = store.scoped(silo, move |mut tx| async move {
        let saved = target::save(&mut tx, &new).await?;
        tx.commit(saved).await
    });
    Ok(saved.await?)
}

fn print_change(saved: &Saved) -> anyhow::Result<()> {
    let count = |contacts: Option<i64>| contacts.unwrap_or_default();
    say!(
        "list {}, version {}: {} contacts ({} came, {} left)",
        saved.code,
        saved.version,
        count(saved.members),
        count(saved.added),
        count(saved.removed)
    )?;
    Ok(())
}

fn print(targets: &[Saved], as_json: bool) -> anyhow::Result<()> {
    if as_json {
        say!("{}", serde_json::to_string_pretty(targets)?)?;
        return Ok(());
    }
    for saved in targets {
        let size = saved.members.map_or_else(String::new, |members| format!(", {members} contacts"));
        say!(
            "{:<24} {} (version {} of {}, {}{size}): {}",
            saved.code,
            saved.kind,
            saved.version,
            saved.made_at.format("%Y-%m-%d"),
            saved.made_by,
            saved.name
        )?;
    }
    Ok(())
}
