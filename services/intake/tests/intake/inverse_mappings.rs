//! A file that is written through the inverse of its mapping imports to the same rows.

use intake::{Kind, value};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::every_column::samples;
use crate::formats_agree::file;
use crate::support::{csv_file, gist, gist_of_foreign, mapping};

/// How a column of ours looks in a foreign file.
#[derive(Clone, Copy, Debug)]
enum Disguise {
    AsItStands,
    Words,
    Date,
    Number,
    List,
}

fn disguises(kind: Kind, column: &str) -> Vec<Disguise> {
    let mut all = vec![Disguise::AsItStands, Disguise::AsItStands, Disguise::Words];
    match (kind, column) {
        (
            _,
            "birth_date" | "created_on" | "legacy_recency" | "valid_on" | "ordered_on" | "due_on"
            | "happened_on",
        ) => {
            all.extend([Disguise::Date; 2]);
        }
        (_, "amount" | "latitude" | "longitude") => all.extend([Disguise::Number; 2]),
        (_, "roles" | "channels") => all.extend([Disguise::List; 2]),
        (_, _) => {}
    }
    all
}

/// The cell of the foreign file; cells that are not good stay as they are, or are left out of both files.
fn disguised(kind: Kind, column: &str, disguise: Disguise, cell: &str) -> Option<String> {
    let good = samples(kind, column).good;
    let at = good.iter().position(|good| *good == cell);
    match disguise {
        Disguise::AsItStands => Some(cell.to_owned()),
        Disguise::Words => at.map(|at| format!("wort {at}")),
        Disguise::Date => at.map(|_| value::date(cell).unwrap().format("%d.%m.%Y").to_string()),
        Disguise::Number => at.map(|_| cell.replace('.', ",")),
        Disguise::List => at.map(|_| cell.replace('|', "/")),
    }
}

fn rule(kind: Kind, column: &str, disguise: Disguise) -> Value {
    match disguise {
        Disguise::AsItStands => json!(column),
        Disguise::Words => {
            let good = samples(kind, column).good.iter().enumerate();
            let values: serde_json::Map<_, _> =
                good.map(|(at, good)| (format!("Wort {at}"), json!(good))).collect();
            json!({"to": column, "values": values})
        }
        Disguise::Date => json!({"to": column, "date": "DD.MM.YYYY"}),
        Disguise::Number => json!({"to": column, "decimal": ","}),
        Disguise::List => json!({"to": column, "list_separator": "/"}),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn the_inverse_of_a_mapping_leads_back(
        (kind, header, mut rows) in file(),
        choices in prop::collection::vec(any::<Index>(), 30),
        separator in select(vec![(",", b','), (";", b';'), ("tab", b'\t'), ("|", b'|')]),
        in_windows in any::<bool>(),
    ) {
        let disguises: Vec<Disguise> = header
            .iter()
            .zip(&choices)
            .map(|(column, choice)| *choice.get(&disguises(kind, column)))
            .collect();
        let mut foreign: Vec<Vec<String>> = Vec::new();
        for row in &mut rows {
            let mut cells = Vec::new();
            for ((column, disguise), cell) in header.iter().zip(&disguises).zip(row.iter_mut()) {
                let looks = disguised(kind, column, *disguise, cell);
                if looks.is_none() {
                    cell.clear();
                }
                cells.push(looks.unwrap_or_default());
            }
            // A remark alone would make the row another one than an empty row.
            let is_blank = cells.iter().all(|cell| cell.trim().is_empty());
            cells.push(if is_blank { String::new() } else { "unimportant, \"really\"".to_owned() });
            foreign.push(cells);
        }
        let names: Vec<String> = (0..header.len()).map(|at| format!("Größe {at}")).collect();
        let columns: serde_json::Map<_, _> = names
            .iter()
            .zip(header.iter().zip(&disguises))
            .map(|(name, (column, disguise))| (name.clone(), rule(kind, column, *disguise)))
            .collect();
        foreign.insert(0, [&names[..], &["Bemerkung".to_owned()]].concat());
        let text = csv_file(separator.1, &foreign);
        let (octets, _, unmappable) = encoding_rs::WINDOWS_1252.encode(&text);
        let (encoding, octets) =
            if in_windows && !unmappable { ("windows-1252", octets.into_owned()) } else { ("utf-8", text.into_bytes()) };
        let mapping = mapping(json!({
            "kind": kind.word(), "source": "ticketing", "encoding": encoding, "separator": separator.0,
            "columns": columns, "ignore": ["bemerkung"]
        }));

        let ours = gist(kind, intake::Format::Csv, &csv_file(b',', &[vec![header], rows].concat()));
        let mapped = gist_of_foreign(kind, &mapping, &octets);
        prop_assert_eq!(mapped.accepted, ours.accepted);
        let shown: Vec<(String, String)> =
            ours.rejected.into_iter().map(|(field, reason)| (mapping.shown(&field), reason)).collect();
        prop_assert_eq!(mapped.rejected, shown);
    }
}
