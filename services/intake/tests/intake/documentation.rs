//! `docs/imports.md` against the code: its mappings are read, and it names every kind, column, key and rule.

use intake::{AS_OF, Kind, Mapping, MappingFile};

const PAGE: &str = include_str!("../../../../docs/imports.md");

fn mappings() -> Vec<Mapping> {
    let examples = PAGE.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    examples
        .map(|example| {
            let file: MappingFile =
                serde_json::from_str(example).unwrap_or_else(|error| panic!("{error}: {example}"));
            Mapping::try_from(file).unwrap_or_else(|flaw| panic!("{flaw}: {example}"))
        })
        .collect()
}

#[test]
fn every_example_is_a_mapping() {
    let mappings = mappings();
    assert!(mappings.len() >= 2, "{} mappings are hardly examples", mappings.len());
    assert!(mappings.iter().all(|mapping| mapping.files().is_some()), "each can be watched");
    assert!(mappings[0].criteria().count() >= 4);
}

#[test]
fn every_column_of_every_kind_is_described_as_the_code_describes_it() {
    for kind in Kind::ALL {
        let title = format!("### `{kind}`\n");
        let section = PAGE.split(&title).nth(1).unwrap_or_else(|| panic!("no section on {kind}"));
        let section = section.split("\n#").next().unwrap_or_default();
        let rows: Vec<String> = kind
            .columns()
            .iter()
            .map(|column| {
                let plain = |text: &str| text.replace('|', "\\|");
                let need = if column.required { " required " } else { " " };
                format!(
                    "| `{}` |{need}| {} | `{}` |",
                    column.name,
                    plain(column.meaning),
                    plain(column.example)
                )
            })
            .collect();
        let expected = rows.join("\n");
        assert!(section.contains(&expected), "the columns of {kind} are:\n{expected}");
        let described = section.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(described, rows.len(), "{kind} has no other columns");
    }
    assert!(PAGE.contains(&format!("the column `{}`", AS_OF.name)));
}

/// The keys stand in the message about one that does not exist.
#[test]
fn every_key_and_rule_is_named() {
    let of_mapping = r#"{"nothing": 1}"#;
    let of_rule = r#"{"kind": "contacts", "source": "s", "columns": {"A": {"nothing": 1}}}"#;
    let mut named = 0;
    for wrong in [of_mapping, of_rule] {
        let said = serde_json::from_str::<MappingFile>(wrong).unwrap_err().to_string();
        let (_, known) = said.split_once("expected one of ").unwrap();
        for key in known.split('`').skip(1).step_by(2) {
            assert!(PAGE.contains(&format!("`{key}`")), "{key} is not named");
            named += 1;
        }
    }
    assert_eq!(named, 15, "keys and rules");
}
