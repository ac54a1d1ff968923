//! The one place where SQL text is put together: a compiled target inside a fixed statement.
//!
//! Both halves are trusted: the fixed statement is a file of this crate, the target was compiled from a checked query, in which
//! every value is a bound parameter and every identifier comes from a closed list. Here the target's placeholders are
//! renumbered behind those of the fixed statement, nothing more.

use sea_query::{PostgresQueryBuilder, SelectStatement, Value};
use sea_query_sqlx::SqlxValues;

/// A statement with its parameters, ready to run.
pub(crate) struct Compiled {
    sql: String,
    values: SqlxValues,
}

impl Compiled {
    /// Puts `target` in the place of `{target}` in `statement`, whose own parameters are `fixed`, numbered from 1.
    pub(crate) fn new(statement: &str, fixed: Vec<Value>, target: &SelectStatement) -> Self {
        let (target, bound) = target.build(PostgresQueryBuilder);
        let sql = statement.replace("{target}", &shifted(&target, fixed.len()));
        let values = sea_query::Values(fixed.into_iter().chain(bound.0).collect());
        Self { sql, values: SqlxValues(values) }
    }

    /// The query. Not kept prepared: each target is another text, and its plan must see its values.
    #[expect(
        clippy::disallowed_methods,
        reason = "the only door for composed SQL text; see the module's words"
    )]
    pub(crate) fn query(self) -> sqlx::query::Query<'static, sqlx::Postgres, SqlxValues> {
        sqlx::query_with(sqlx::AssertSqlSafe(self.sql), self.values).persistent(false)
    }
}

/// `$n` becomes `$(n + by)`. A `$` occurs in compiled targets in front of a parameter's number only.
fn shifted(sql: &str, by: usize) -> String {
    let mut parts = sql.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: usize = part[..digits].parse().unwrap_or_default();
        text.push_str(&format!("${}{}", number + by, &part[digits..]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_move_behind_the_fixed_ones() {
        assert_eq!(shifted("a = $1 AND b IN ($2, $10)", 3), "a = $4 AND b IN ($5, $13)");
        assert_eq!(shifted("true", 3), "true");
    }
}
