//! Every SQL file of the store is a statement that PostgreSQL accepts, as the application's role, against the migrated schema.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its own files has failed")]

mod by_key;
mod sets;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _, PgConnection, SqlSafeStr as _};
use store::Role;
use store::testing::Database;

/// A file that reads a temporary table names the file that makes it on its first line: `-- needs: other.sql`, relative to itself.
const NEEDS: &str = "-- needs: ";

/// Pieces of the statements that are compiled from targets; the tests of audiences, launches and saved targets run them.
const PIECES: [&str; 4] =
    ["src/audience/", "src/launch/freeze.sql", "src/target/freeze.sql", "src/target/compare.sql"];

#[tokio::test]
async fn every_statement_prepares() {
    let database = Database::fresh().await;
    let files = sql_files(&fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap());
    assert!(files.len() >= 10, "found only {} files", files.len());
    let mut refused = Vec::new();
    for path in files.keys().filter(|path| !is_piece(path)) {
        // A connection of its own: temporary tables of one file are nothing to the next.
        let mut connection = database.options(Role::App).connect().await.unwrap();
        if let Err(reason) = prepare(&mut connection, path, &files).await {
            refused.push(format!("{}: {reason}", path.display()));
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

async fn prepare(
    connection: &mut PgConnection,
    path: &Path,
    files: &BTreeMap<PathBuf, String>,
) -> Result<(), String> {
    // A chain of files that need one another is made from its far end.
    let (mut chain, mut seen) = (Vec::new(), BTreeSet::new());
    let mut open = needs(path, &files[path]);
    while let Some(other) = open.pop() {
        if seen.insert(other.clone()) {
            let text = files.get(&other).ok_or(format!("needs {}, which is not there", other.display()))?;
            open.extend(needs(&other, text));
            chain.push(text);
        }
    }
    execute(connection, "BEGIN").await?;
    for text in chain.into_iter().rev() {
        execute(connection, text).await?;
    }
    let text = &files[path];
    #[expect(clippy::disallowed_methods, reason = "the text is a file of this repository")]
    let statement = AssertSqlSafe(text.clone()).into_sql_str();
    connection.prepare(statement).await.map_err(|error| error.to_string())?;
    // PostgreSQL looks at names in a utility statement only when it runs.
    if text.lines().any(|line| line.starts_with("CREATE TEMP TABLE")) {
        execute(connection, text).await?;
    }
    Ok(())
}

fn is_piece(path: &Path) -> bool {
    PIECES.iter().any(|piece| path.to_string_lossy().contains(piece))
}

async fn execute(connection: &mut PgConnection, text: &str) -> Result<(), String> {
    #[expect(clippy::disallowed_methods, reason = "the text is a file of this repository")]
    let statement = sqlx::query(AssertSqlSafe(without_parameters(text)));
    statement.execute(connection).await.map(|_| ()).map_err(|error| error.to_string())
}

/// Temporary tables are made empty here: every parameter is NULL.
fn without_parameters(text: &str) -> String {
    let mut parts = text.split('$');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |sql, part| sql + "NULL" + part.trim_start_matches(|c: char| c.is_ascii_digit()))
}

fn needs(path: &Path, text: &str) -> Vec<PathBuf> {
    let names = text.lines().next().and_then(|line| line.strip_prefix(NEEDS)).unwrap_or_default();
    let folder = path.parent().unwrap_or(path);
    let named = names.split(',').map(str::trim).filter(|name| !name.is_empty());
    named.map(|name| fs::canonicalize(folder.join(name)).unwrap_or_else(|_| folder.join(name))).collect()
}

fn sql_files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.append(&mut sql_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "sql") {
            let text = fs::read_to_string(&path).unwrap();
            found.insert(path, text);
        }
    }
    found
}
