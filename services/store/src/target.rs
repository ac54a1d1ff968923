//! Saved targets: dynamic ones, which are asked whenever they are needed, and static ones, which are frozen lists.
//!
//! Each change is a new version; nothing that was asked or listed is forgotten. A static target is refreshed by asking its query again:
//! who came and who left is kept with the version. A target that another one names cannot be archived.

mod members;
mod names;

use std::collections::BTreeSet;

use audience::{Query, SavedTarget, check};
use chrono::{DateTime, Utc};
use model::ids::TargetId;
use model::permission::Reason;
use model::vocabulary::TargetKind;
use serde::Serialize;
use sqlx::FromRow;

use crate::audience::Audience;
use crate::{Result, StoreError, Tx, catalogue};

pub use members::{Compared, compare};
pub(crate) use names::load;

/// What a target is to be.
#[derive(Clone, Debug)]
pub struct NewTarget {
    /// How others name it: 1 to 64 lower-case letters, digits, `-` and `_`.
    pub code: String,
    /// For people.
    pub name: String,
    /// Asked whenever it is needed, or frozen now.
    pub kind: TargetKind,
    /// What it asks.
    pub query: Query,
    /// The person behind it.
    pub by: String,
}

/// A list that is frozen from something else than a query.
#[derive(Clone, Debug)]
pub struct NewList {
    /// As [`NewTarget::code`].
    pub code: String,
    /// For people.
    pub name: String,
    /// The person behind it.
    pub by: String,
}

/// One version of a saved target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
pub struct Saved {
    /// How others name it.
    pub code: String,
    /// For people.
    pub name: String,
    /// Asked whenever it is needed, or frozen.
    #[sqlx(try_from = "i16")]
    pub kind: TargetKind,
    /// Counted from 1.
    pub version: i32,
    /// What a list was made of.
    pub origin: String,
    /// Contacts in a static target.
    pub members: Option<i64>,
    /// Those who were not in the version before.
    pub added: Option<i64>,
    /// Those who were in the version before.
    pub removed: Option<i64>,
    /// When, by the business clock.
    pub made_at: DateTime<Utc>,
    /// The person behind it.
    pub made_by: String,
}

/// Saves a target under its code, or a new version of the one that has it.
///
/// # Errors
/// [`StoreError::Refused`] for a query that cannot be evaluated, a code that cannot be one or that stands for the other kind of target;
/// database errors.
pub async fn save(tx: &mut Tx, new: &NewTarget) -> Result<Saved> {
    check_code(&new.code)?;
    hold(tx, &new.query.mentions().targets).await?;
    let mut names = catalogue::load(tx, &new.query).await?;
    if new.kind == TargetKind::Dynamic {
        // As it will be: so that a way back to itself is seen.
        names.targets.insert(new.code.clone(), SavedTarget::Dynamic(new.query.clone()));
    }
    let checked = check(&new.query, &names).map_err(|errors| unusable(&new.code, &errors))?;
    let version = next_version(tx, &new.code, &new.name, new.kind).await?;
    match new.kind {
        TargetKind::Dynamic => write(tx, version, Some(&new.query), "its query", None, &new.by).await?,
        TargetKind::Static => {
            let change = members::freeze(tx, version, &checked).await?;
            write(tx, version, Some(&new.query), "its query", Some(change), &new.by).await?;
        }
    }
    newest(tx, &new.code).await
}

/// Freezes the contacts behind one step of a waterfall: those with `first` as their first reason; with `None`, those who are allowed.
///
/// # Errors
/// As [`save`]; such a list cannot be refreshed.
pub async fn save_step(
    tx: &mut Tx,
    new: &NewList,
    audience: &Audience,
    first: Option<Reason>,
) -> Result<Saved> {
    check_code(&new.code)?;
    let contacts = audience.contacts_of_step(tx, first).await?;
    let version = next_version(tx, &new.code, &new.name, TargetKind::Static).await?;
    let change = members::freeze_contacts(tx, version, &contacts).await?;
    let origin = first.map_or("planned", Reason::word);
    write(tx, version, None, &format!("the step {origin} of a waterfall"), Some(change), &new.by).await?;
    newest(tx, &new.code).await
}

/// Asks the query of a static target again.
///
/// # Errors
/// [`StoreError::Refused`] when there is no such target, when it is dynamic, or when what it was made of cannot be asked again; database
/// errors.
pub async fn refresh(tx: &mut Tx, code: &str, by: &str) -> Result<Saved> {
    let found = names::find(tx, code).await?;
    match (found.kind, found.query) {
        (TargetKind::Dynamic, _) => Err(StoreError::Refused(format!(
            "the target {code} is dynamic: it is asked anew whenever it is needed, and needs no refresh"
        ))),
        (TargetKind::Static, None) => Err(StoreError::Refused(format!(
            "the target {code} was frozen from something that cannot be asked again; freeze a new one"
        ))),
        (TargetKind::Static, Some(query)) => {
            let (code, name) = (code.to_owned(), found.name);
            save(tx, &NewTarget { code, name, kind: TargetKind::Static, query, by: by.to_owned() }).await
        }
    }
}

/// The targets that are not archived, by code.
///
/// # Errors
/// Database errors.
pub async fn list(tx: &mut Tx) -> Result<Vec<Saved>> {
    let institution = tx.institution().0;
    Ok(sqlx::query_as(include_str!("target/list.sql"))
        .bind(institution)
        .fetch_all(tx.connection().await?)
        .await?)
}

/// Every version of a target, the newest first.
///
/// # Errors
/// [`StoreError::Refused`] when there is no such target; database errors.
pub async fn history(tx: &mut Tx, code: &str) -> Result<Vec<Saved>> {
    let institution = tx.institution().0;
    let target = names::find(tx, code).await?.id;
    Ok(sqlx::query_as(include_str!("target/history.sql"))
        .bind(institution)
        .bind(target.0)
        .fetch_all(tx.connection().await?)
        .await?)
}

/// What a target asks now.
///
/// # Errors
/// [`StoreError::Refused`] when there is no such target; database errors.
pub async fn query(tx: &mut Tx, code: &str) -> Result<Option<Query>> {
    Ok(names::find(tx, code).await?.query)
}

/// Puts a target away. Its versions stay, its code is free again.
///
/// # Errors
/// [`StoreError::Refused`] when there is no such target, and while another names it: with the names of those; database errors.
pub async fn archive(tx: &mut Tx, code: &str) -> Result<()> {
    let (institution, now) = (tx.institution().0, tx.business_now());
    let target = names::find_for_update(tx, code).await?;
    let users = names::users(tx, code).await?;
    if !users.is_empty() {
        return Err(StoreError::Refused(format!(
            "the target {code} is named by {}: change or archive these first",
            users.join(", ")
        )));
    }
    sqlx::query("UPDATE target SET archived_at = $3 WHERE institution_id = $1 AND target_id = $2")
        .bind(institution)
        .bind(target.0)
        .bind(now)
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}

fn check_code(code: &str) -> Result<()> {
    let right = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    if (1..=64).contains(&code.len()) && code.bytes().all(right) {
        return Ok(());
    }
    Err(StoreError::Refused(
        "a target's code is 1 to 64 lower-case letters, digits, `-` or `_`, such as `subscribers_2000`"
            .to_owned(),
    ))
}

fn unusable(code: &str, errors: &[audience::QueryError]) -> StoreError {
    let lines: Vec<String> = errors.iter().map(|error| format!("\n  {error}")).collect();
    StoreError::Refused(format!("the target {code} cannot be used:{}", lines.concat()))
}

/// Keeps the targets that a query names from being archived until this transaction has ended.
async fn hold(tx: &mut Tx, codes: &[&str]) -> Result<()> {
    let institution = tx.institution().0;
    let codes: Vec<&str> = codes.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    sqlx::query(include_str!("target/hold.sql"))
        .bind(institution)
        .bind(codes)
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}

/// The version to be written, of a target that is locked from now on.
async fn next_version(tx: &mut Tx, code: &str, name: &str, asked: TargetKind) -> Result<Version> {
    let institution = tx.institution().0;
    let (target, kind, version): (i32, i16, i32) = sqlx::query_as(include_str!("target/next_version.sql"))
        .bind(institution)
        .bind(code)
        .bind(name)
        .bind(asked.number())
        .fetch_one(tx.connection().await?)
        .await?;
    let found = TargetKind::try_from(kind)?;
    if found != asked {
        return Err(StoreError::Refused(format!(
            "the code {code} stands for a {found} target, which cannot become {asked}; choose another code, or archive it first"
        )));
    }
    Ok(Version { target: TargetId(target), number: version })
}

/// One version of one target.
#[derive(Clone, Copy, Debug)]
struct Version {
    target: TargetId,
    number: i32,
}

async fn write(
    tx: &mut Tx,
    version: Version,
    query: Option<&Query>,
    origin: &str,
    change: Option<members::Change>,
    by: &str,
) -> Result<()> {
    let (institution, now) = (tx.institution().0, tx.business_now());
    let query = query.map(serde_json::to_value).transpose();
    let query = query.map_err(|error| StoreError::Inconsistent(error.to_string()))?;
    sqlx::query(include_str!("target/write_version.sql"))
        .bind(institution)
        .bind(version.target.0)
        .bind(version.number)
        .bind(query)
        .bind(origin)
        .bind(change.map(|change| change.members))
        .bind(change.map(|change| change.added))
        .bind(change.map(|change| change.removed))
        .bind(now)
        .bind(by)
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}

async fn newest(tx: &mut Tx, code: &str) -> Result<Saved> {
    let versions = history(tx, code).await?;
    versions
        .into_iter()
        .next()
        .ok_or_else(|| StoreError::Inconsistent(format!("the target {code} has no version")))
}
