//! The SQL of typical queries, kept beside them. `GOLDEN=write cargo test -p audience golden` rewrites it for review.

use std::fmt::Write as _;
use std::path::Path;

use model::ids::InstitutionId;
use sea_query::PostgresQueryBuilder;

use super::matching_contacts;
use crate::check::check;
use crate::testing::World;
use crate::tree::Query;

/// The statement, a line for each of its parts, and the parameters.
fn compiled(json: &str) -> String {
    let world = World::default();
    let checked = check(&Query::from_json(json).unwrap(), &world.catalogue).unwrap();
    let (sql, values) =
        matching_contacts(&checked, world.scope(InstitutionId(1))).build(PostgresQueryBuilder);
    let mut lines = String::from("-- today is 2000-03-31\n");
    let mut depth = 0_usize;
    for (index, character) in sql.char_indices() {
        if [" WHERE ", " AND ", " OR ", " GROUP BY "].iter().any(|word| sql[index..].starts_with(word)) {
            write!(lines, "\n{:1$}", "", depth * 2).unwrap();
        }
        depth = depth + usize::from(character == '(') - usize::from(character == ')');
        lines.push(character);
    }
    lines.push('\n');
    for (index, value) in values.iter().enumerate() {
        writeln!(lines, "-- ${} = {value:?}", index + 1).unwrap();
    }
    lines
}

#[test]
fn the_sql_of_each_golden_query_is_as_kept() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut compared = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let sql = compiled(&std::fs::read_to_string(&path).unwrap());
        let kept = path.with_extension("sql");
        if std::env::var_os("GOLDEN").is_some() {
            std::fs::write(&kept, &sql).unwrap();
        }
        let expected = std::fs::read_to_string(&kept).unwrap_or_default();
        assert_eq!(
            sql,
            expected,
            "{} differs; if that is meant, run with GOLDEN=write and review",
            kept.display()
        );
        compared += 1;
    }
    assert!(compared >= 10, "only {compared} golden queries in {}", folder.display());
}
