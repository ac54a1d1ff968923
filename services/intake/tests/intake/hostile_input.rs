//! Whatever the octets: no panic, each row is taken or rejected, and no message repeats a value.

use intake::records::{Contact, Organisation};
use intake::{Format, Kind, Record, RejectWriter};
use proptest::prelude::*;
use proptest::sample::select;

use crate::every_column::columns;
use crate::support::{for_kind, try_read};

/// A text that stands for what a person would not want to find in a log.
const SECRET: &str = "Qzxj";

/// The tally is checked where the file is read.
fn survives<T: Record>(format: Format, file: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(outcome) = try_read::<T>(format, file) {
        let mut writer = RejectWriter::new(Vec::new()).unwrap();
        for rejection in outcome.rejections.iter().chain(outcome.rows.iter().flat_map(|row| &row.remarks)) {
            prop_assert!(!rejection.to_string().contains(SECRET), "{}", rejection);
            prop_assert!(!rejection.reason.is_empty() && !rejection.remedy.is_empty());
            writer.write(rejection).unwrap();
        }
        prop_assert_eq!(writer.finish().unwrap().is_empty(), false);
    }
    Ok(())
}

fn header(kind: Kind) -> String {
    columns(kind).map(|column| column.name).collect::<Vec<_>>().join(",")
}

/// Pieces from which rows are made that are nearly right.
fn pieces(quoted: bool) -> impl Strategy<Value = Vec<u8>> {
    let own = if quoted { ["\"", "\"\"", "\",", ",\""] } else { ["{\"contact\":", "\"", "}", "\\ud83d"] };
    let common = [
        ",",
        ",",
        ",",
        "\n",
        "\n",
        "\r\n",
        SECRET,
        "2026-01-31",
        "no",
        "email",
        "C-1",
        "-1.5",
        "[",
        ":",
        "é",
        "\0",
        "criterion.x",
        "contact",
        " ",
        "\u{feff}",
        "null",
    ];
    let any = common.into_iter().chain(own).map(|piece| piece.as_bytes().to_vec()).chain([vec![0xFF]]);
    prop::collection::vec(select(any.collect::<Vec<_>>()), 0..80).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn any_octets_are_survived(kind in select(Kind::ALL), csv: bool, file in prop::collection::vec(any::<u8>(), 0..300)) {
        let format = if csv { Format::Csv } else { Format::Ndjson };
        for_kind!(kind, survives(format, &file))?;
    }

    #[test]
    fn any_rows_below_a_good_header_are_survived(kind in select(Kind::ALL), rows in pieces(true)) {
        let file = [header(kind).as_bytes(), b"\n", &rows].concat();
        for_kind!(kind, survives(Format::Csv, &file))?;
    }

    #[test]
    fn any_lines_below_a_good_object_are_survived(kind in select(Kind::ALL), lines in pieces(false)) {
        let object: serde_json::Map<_, _> =
            columns(kind).map(|column| (column.name.to_owned(), SECRET.into())).collect();
        let file = [serde_json::Value::Object(object).to_string().as_bytes(), b"\n", &lines].concat();
        for_kind!(kind, survives(Format::Ndjson, &file))?;
    }

    #[test]
    fn no_cell_is_repeated_in_a_message(kind in select(Kind::ALL), cells in prop::collection::vec("(Qzxj)?[0-9@.|\u{1}-]{0,3}", 25)) {
        let row = cells[..columns(kind).count()].join(",");
        for_kind!(kind, survives(Format::Csv, format!("{}\n{row}\n", header(kind)).as_bytes()))?;
    }
}

#[test]
fn deep_nesting_and_many_keys_cost_nothing() {
    let good = "{\"external_id\":\"O-1\",\"name\":\"Opera\"}";
    let deep = format!("{{\"name\":{}", "[".repeat(900_000));
    let closed = format!("{{\"name\":{}{}}}", "[".repeat(400_000), "]".repeat(400_000));
    let keys: String = (0..100_000).map(|n| format!("\"k{n}\":1,")).collect();
    let file = format!("{good}\n{deep}\n{closed}\n{{{keys}\"name\":\"x\"}}\n");
    let outcome = try_read::<Organisation>(Format::Ndjson, file.as_bytes()).unwrap();
    assert_eq!((outcome.tally.parsed, outcome.tally.rejected), (1, 3));
    assert!(outcome.rejections.len() < 20);

    let first = format!("{{\"external_id\":{}", "[".repeat(900_000));
    assert!(try_read::<Organisation>(Format::Ndjson, first.as_bytes()).is_err());
}

#[test]
fn a_json_file_cannot_grow_columns_without_end() {
    let line = |n: usize| format!("{{\"external_id\":\"C-{n}\",\"kind\":\"relay\",\"criterion.c{n}\":1}}\n");
    let file: String = (0..600).map(line).collect();
    let outcome = try_read::<Contact>(Format::Ndjson, file.as_bytes()).unwrap();
    assert_eq!((outcome.tally.parsed, outcome.tally.rejected), (498, 102));
    assert!(outcome.rejections[0].reason.contains("at most 500 columns"));
}
