//! Targets as people write them: a query, or a query with a name.

use std::path::Path;

use anyhow::{Context as _, ensure};
use audience::{Catalogue, Query};
use serde::Deserialize;
use serde_json::Value;
use store::audience::{Target, Targets};
use store::{Tx, catalogue};

use super::listed;

/// A query that was read and not checked yet.
#[derive(Clone, Debug)]
pub struct Named {
    /// How the waterfall calls it.
    pub name: String,
    /// Whom it asks for.
    pub query: Query,
}

/// The form with a name. A query never has a `query` of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WithName {
    name: String,
    query: Value,
}

/// Reads a query, or `{"name": …, "query": …}`; without a name it is called `otherwise`.
///
/// # Errors
/// When it is neither; names the node at fault.
pub fn named(value: &Value, otherwise: &str) -> anyhow::Result<Named> {
    let (name, query) = if value.get("query").is_some() {
        let WithName { name, query } =
            WithName::deserialize(value).with_context(|| format!("{otherwise} with a name"))?;
        ensure!(!name.trim().is_empty(), "{otherwise}: its name is empty; write one, or only the query");
        (name, query)
    } else {
        (otherwise.to_owned(), value.clone())
    };
    let query = Query::from_value(query).map_err(|error| listed(&name, &[error]))?;
    Ok(Named { name, query })
}

/// Reads a file with one target, which is called by the file's name when it has no other.
///
/// # Errors
/// When there is no such file, or no target in it.
pub fn read(path: &Path) -> anyhow::Result<Named> {
    let place = || format!("target file {}", path.display());
    let text = std::fs::read_to_string(path).with_context(place)?;
    let value: Value = serde_json::from_str(&text).with_context(place)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    if value.get("query").is_some() {
        return named(&value, &name).with_context(place);
    }
    // Its text is read more strictly than its value: a key that stands twice is an error.
    let query = Query::from_json(&text).map_err(|error| listed(&name, &[error])).with_context(place)?;
    Ok(Named { name: name.into_owned(), query })
}

impl Named {
    /// Without its name.
    pub fn into_query(self) -> Query {
        self.query
    }
}

/// The names that any of these queries need.
pub async fn catalogue(tx: &mut Tx, all: &[&Named]) -> store::Result<Catalogue> {
    let queries: Vec<&Query> = all.iter().map(|named| &named.query).collect();
    catalogue::load_all(tx, &queries).await
}

/// Checks every query.
///
/// # Errors
/// Everything that is wrong with the first one that cannot be used.
pub fn checked(targets: Vec<Named>, exclude: Vec<Named>, names: &Catalogue) -> anyhow::Result<Targets> {
    let check = |Named { name, query }: Named| {
        Target::new(&name, query, names).map_err(|errors| listed(&name, &errors))
    };
    Ok(Targets {
        targets: targets.into_iter().map(check).collect::<anyhow::Result<_>>()?,
        exclude: exclude.into_iter().map(check).collect::<anyhow::Result<_>>()?,
    })
}
