//! The tables as the database knows them, so that a new one is tested by being there.

use sqlx::{AssertSqlSafe, FromRow, PgConnection};

/// A table of the schema.
#[derive(Clone, Debug, FromRow)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Whether it has an `institution_id` and is not the list of institutions itself, which every role may read.
    pub of_silo: bool,
    /// Whether row-level security is on.
    pub sealed: bool,
}

/// A column that an INSERT must name.
#[derive(Clone, Debug, FromRow)]
pub struct Column {
    pub name: String,
    /// As in CREATE TABLE.
    pub kind: String,
}

/// Every table.
pub async fn tables(connection: &mut PgConnection) -> Vec<Table> {
    sqlx::query_as(
        "SELECT c.relname AS name, c.relrowsecurity AS sealed,
                c.relname <> 'institution'
                AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'institution_id') AS of_silo
         FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
         ORDER BY c.relname",
    )
    .fetch_all(connection)
    .await
    .unwrap()
}

/// The names of the tables that belong to silos.
pub async fn silo_tables(connection: &mut PgConnection) -> Vec<String> {
    tables(connection).await.into_iter().filter(|table| table.of_silo).map(|table| table.name).collect()
}

/// The columns of a table that have neither a default nor NULL.
pub async fn needed_columns(connection: &mut PgConnection, table: &str) -> Vec<Column> {
    sqlx::query_as(
        "SELECT attname AS name, format_type(atttypid, NULL) AS kind
         FROM pg_attribute
         WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
           AND attnotnull AND NOT atthasdef AND attidentity = ''",
    )
    .bind(table)
    .fetch_all(connection)
    .await
    .unwrap()
}

/// Whether `role` may do this with the table at all.
pub async fn may(connection: &mut PgConnection, role: &str, table: &str, privilege: &str) -> bool {
    sqlx::query_scalar("SELECT has_table_privilege($1, $2, $3)")
        .bind(role)
        .bind(table)
        .bind(privilege)
        .fetch_one(connection)
        .await
        .unwrap()
}

/// A statement about a table whose name only the catalogue knows.
#[expect(
    clippy::disallowed_methods,
    reason = "the names are those of the catalogue, and a table is no parameter"
)]
pub fn statement(text: &str, table: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(text.replace("{table}", table))
}

/// Runs such a statement with one parameter, an institution, and returns how many rows it touched.
pub async fn run(
    connection: &mut PgConnection,
    text: &str,
    table: &str,
    institution: i32,
) -> sqlx::Result<u64> {
    let done = sqlx::query(statement(text, table)).bind(institution).execute(connection).await?;
    Ok(done.rows_affected())
}

/// Counts rows by such a statement.
pub async fn count(
    connection: &mut PgConnection,
    text: &str,
    table: &str,
    institution: i32,
) -> sqlx::Result<i64> {
    sqlx::query_scalar(statement(text, table)).bind(institution).fetch_one(connection).await
}

/// `insufficient_privilege`: what both a missing grant and a row-level policy answer.
pub fn is_refused<T>(result: &sqlx::Result<T>) -> bool {
    const INSUFFICIENT_PRIVILEGE: &str = "42501";
    match result {
        Err(sqlx::Error::Database(error)) => error.code().as_deref() == Some(INSUFFICIENT_PRIVILEGE),
        Ok(_) | Err(_) => false,
    }
}
