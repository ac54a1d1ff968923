//! Saved targets by their codes.

use std::collections::{BTreeMap, BTreeSet};

use audience::{Query, SavedTarget};
use chrono::{DateTime, Utc};
use model::ids::TargetId;
use model::vocabulary::TargetKind;
use serde_json::Value as Json;
use sqlx::FromRow;

use crate::{Result, StoreError, Tx};

/// A target as it is now.
pub(super) struct Found {
    pub(super) id: TargetId,
    pub(super) name: String,
    pub(super) kind: TargetKind,
    pub(super) query: Option<Query>,
}

#[derive(FromRow)]
struct Row {
    code: String,
    target_id: i32,
    name: String,
    kind: i16,
    query: Option<Json>,
}

/// The target with this code.
pub(super) async fn find(tx: &mut Tx, code: &str) -> Result<Found> {
    let row = rows(tx, &[code.to_owned()], None).await?.pop().ok_or_else(|| unknown(code))?;
    let kind = TargetKind::try_from(row.kind)?;
    let query = row.query.map(|json| read(code, json)).transpose()?;
    Ok(Found { id: TargetId(row.target_id), name: row.name, kind, query })
}

/// The key of the target with this code, which nobody can name or change until this transaction has ended.
pub(super) async fn find_for_update(tx: &mut Tx, code: &str) -> Result<TargetId> {
    let institution = tx.institution().0;
    let found: Option<i32> = sqlx::query_scalar(
        "SELECT target_id FROM target WHERE institution_id = $1 AND code = $2 AND archived_at IS NULL FOR UPDATE",
    )
    .bind(institution)
    .bind(code)
    .fetch_optional(tx.connection().await?)
    .await?;
    found.map(TargetId).ok_or_else(|| unknown(code))
}

/// The codes of the targets that name this one.
pub(super) async fn users(tx: &mut Tx, code: &str) -> Result<Vec<String>> {
    let institution = tx.institution().0;
    let rows: Vec<(String, Json)> = sqlx::query_as(include_str!("all_queries.sql"))
        .bind(institution)
        .fetch_all(tx.connection().await?)
        .await?;
    let mut users = Vec::new();
    for (user, json) in rows {
        if read(&user, json)?.mentions().targets.contains(&code) {
            users.push(user);
        }
    }
    Ok(users)
}

/// The targets that the queries name, those that these name, and so on. A code that stands for nothing is left out.
/// As of the instant `at`; now when absent.
pub(crate) async fn load(
    tx: &mut Tx,
    queries: &[&Query],
    at: Option<DateTime<Utc>>,
) -> Result<BTreeMap<String, SavedTarget>> {
    let mut found = BTreeMap::new();
    let mut asked = BTreeSet::new();
    let mut wanted: Vec<String> = queries.iter().flat_map(|query| named(query, &mut asked)).collect();
    while !wanted.is_empty() {
        let mut next = Vec::new();
        for row in rows(tx, &wanted, at).await? {
            let target = match (TargetKind::try_from(row.kind)?, row.query) {
                (TargetKind::Static, _) => SavedTarget::Static(TargetId(row.target_id)),
                (TargetKind::Dynamic, Some(json)) => {
                    let query = read(&row.code, json)?;
                    next.extend(named(&query, &mut asked));
                    SavedTarget::Dynamic(query)
                }
                (TargetKind::Dynamic, None) => {
                    return Err(StoreError::Inconsistent(format!("the target {} asks nothing", row.code)));
                }
            };
            found.insert(row.code, target);
        }
        wanted = next;
    }
    Ok(found)
}

/// The codes in `query` that were not asked for yet.
fn named(query: &Query, asked: &mut BTreeSet<String>) -> Vec<String> {
    query
        .mentions()
        .targets
        .into_iter()
        .filter(|code| asked.insert((*code).to_owned()))
        .map(str::to_owned)
        .collect()
}

async fn rows(tx: &mut Tx, codes: &[String], at: Option<DateTime<Utc>>) -> Result<Vec<Row>> {
    let institution = tx.institution().0;
    Ok(sqlx::query_as(include_str!("named.sql"))
        .bind(institution)
        .bind(codes)
        .bind(at)
        .fetch_all(tx.connection().await?)
        .await?)
}

fn read(code: &str, json: Json) -> Result<Query> {
    Query::from_value(json)
        .map_err(|error| StoreError::UnknownValue(format!("the query of the target {code}: {error}")))
}

fn unknown(code: &str) -> StoreError {
    StoreError::Refused(format!("there is no target {code}; `rappel target list` names those that are saved"))
}
