//! The SQL of typical queries and what they say in each language, kept beside them. `GOLDEN=write cargo test -p audience golden`
//! rewrites both for review.

use std::fmt::Write as _;
use std::path::Path;

use model::ids::InstitutionId;
use sea_query::PostgresQueryBuilder;

use super::matching_contacts;
use crate::check::check;
use crate::testing::World;
use crate::tree::Query;
use crate::words::{Language, Names, words};

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

/// The four languages, one after the other. Things are called by their codes.
fn said(json: &str) -> String {
    let query = Query::from_json(json).unwrap();
    let say = |language: Language| {
        format!("[{}]\n{}\n", language.tag(), words(&query, language, &Names::default()))
    };
    Language::ALL.map(say).join("\n")
}

/// Compares with what is kept in `path`, or keeps it.
fn keep(path: &Path, text: &str) {
    if std::env::var_os("GOLDEN").is_some() {
        std::fs::write(path, text).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(
        text,
        expected,
        "{} differs; if that is meant, run with GOLDEN=write and review",
        path.display()
    );
}

#[test]
fn the_sql_and_the_words_of_each_golden_query_are_as_kept() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut compared = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let json = std::fs::read_to_string(&path).unwrap();
        keep(&path.with_extension("sql"), &compiled(&json));
        keep(&path.with_extension("txt"), &said(&json));
        compared += 1;
    }
    assert!(compared >= 10, "only {compared} golden queries in {}", folder.display());
}
