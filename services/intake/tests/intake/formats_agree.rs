//! The same content says the same in every format, order and separator.

use intake::records::Activity;
use intake::{Format, Kind};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use crate::every_column::{columns, samples};
use crate::support::{csv, csv_file, gist, ndjson, ndjson_file};

/// A file of random rows: columns in random order, cells good, bad or empty.
pub fn file() -> impl Strategy<Value = (Kind, Vec<String>, Vec<Vec<String>>)> {
    select(Kind::ALL).prop_flat_map(|kind| {
        let optional: Vec<&str> = columns(kind).filter(|each| !each.required).map(|each| each.name).collect();
        let count = optional.len();
        let header = subsequence(optional, 0..=count).prop_flat_map(move |mut header| {
            header.extend(columns(kind).filter(|each| each.required).map(|each| each.name));
            Just(header).prop_shuffle()
        });
        let cells = prop::collection::vec((0..20_u8, any::<Index>()), 25);
        (Just(kind), header, prop::collection::vec(cells, 0..6)).prop_map(|(kind, header, rows)| {
            let row = |choices: &Vec<(u8, Index)>| {
                header.iter().zip(choices).map(|(name, choice)| cell(kind, name, *choice)).collect()
            };
            let rows = rows.iter().map(row).collect();
            (kind, header.into_iter().map(str::to_owned).collect(), rows)
        })
    })
}

fn cell(kind: Kind, column: &str, (quality, index): (u8, Index)) -> String {
    let samples = samples(kind, column);
    match quality {
        0 => String::new(),
        1 => (*index.get(samples.bad)).to_owned(),
        _ => (*index.get(samples.good)).to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn csv_and_ndjson_agree((kind, header, rows) in file(), delimiter in select(vec![b',', b';', b'\t'])) {
        let lines: Vec<Vec<String>> = std::iter::once(header.clone()).chain(rows.clone()).collect();
        let csv = gist(kind, Format::Csv, &csv_file(delimiter, &lines));
        prop_assert_eq!(csv.accepted.len() + csv.rejected.len() > 0, !rows.is_empty());

        let reversed: Vec<Vec<String>> = lines.iter().map(|row| row.iter().rev().cloned().collect()).collect();
        prop_assert_eq!(&gist(kind, Format::Csv, &csv_file(b',', &reversed)), &csv);
        if !rows.is_empty() {
            let ndjson = gist(kind, Format::Ndjson, &ndjson_file(&header, &rows));
            // A message about a duplicate names the first row, which is one less without a header.
            let without_numbers = |(field, reason): &(String, String)| (field.clone(), reason.replace(char::is_numeric, ""));
            prop_assert_eq!(ndjson.accepted, csv.accepted);
            prop_assert_eq!(
                ndjson.rejected.iter().map(without_numbers).collect::<Vec<_>>(),
                csv.rejected.iter().map(without_numbers).collect::<Vec<_>>()
            );
        }
    }
}

#[test]
fn json_numbers_and_answers_mean_what_their_text_means() {
    let json = ndjson::<Activity>(
        "{\"external_id\":12,\"contact\":\"C\",\"kind\":\"sale\",\"happened_on\":20260131,\"amount\":1234567890123.10}",
    );
    let text = csv::<Activity>(
        "external_id,contact,kind,happened_on,amount\n12,C,sale,2026-01-31,1234567890123.1\n",
    );
    assert_eq!(json.rows[0].record, text.rows[0].record);
    assert_eq!(json.rows[0].content_hash, text.rows[0].content_hash);
    assert_eq!(json.rows[0].record.amount, Some(123_456_789_012_310));
}
