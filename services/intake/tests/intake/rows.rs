//! Rows: damage, duplicates, `as_of`, limits.

use intake::records::{Activity, Contact, Organisation};
use intake::{Shape, Tally};

use crate::support::{as_of, csv, ndjson, reasons};

#[test]
fn a_row_has_as_many_cells_as_the_header() {
    let outcome = csv::<Organisation>("external_id,name\nO-1\nO-2,Opera, Grand\nO-3,\"Opera, Grand\"\n");
    let found: Vec<_> =
        outcome.rejections.iter().map(|each| (each.row, each.field.as_str(), each.found)).collect();
    assert_eq!(found, [(2, "(row)", Shape::Cells(1)), (3, "(row)", Shape::Cells(3))]);
    assert_eq!(outcome.rejections[1].reason, "the header has 2 cells");
    assert_eq!(outcome.rows[0].record.name, "Opera, Grand");
}

#[test]
fn a_row_of_separators_is_rejected_once() {
    let outcome = csv::<Contact>("external_id,kind,email\n,, \n");
    assert_eq!(reasons(&outcome), [("(row)", "every cell of the row is empty")]);
}

#[test]
fn rows_are_counted_as_a_spreadsheet_counts() {
    let file = "external_id,name\n\nO-1,\"two\nlines\"\nO-2,Opera\r\n\r\nO-3,\n";
    let outcome = csv::<Organisation>(file);
    assert_eq!(outcome.rows[0].number, 4);
    let rejected: Vec<_> = outcome.rejections.iter().map(|each| each.row).collect();
    assert_eq!(rejected, [3, 6]);
    assert_eq!(outcome.tally, Tally { read: 3, parsed: 1, rejected: 2, duplicates: 0 });
}

#[test]
fn a_quotation_mark_out_of_place_costs_its_row_only() {
    let outcome =
        csv::<Organisation>("external_id,name\nO-1,5\" disc\nO-2,\"a\"b\nO-3,\"say \"\"yes\"\"\"\n");
    assert_eq!(
        outcome.rejections.iter().map(|each| each.found).collect::<Vec<_>>(),
        [Shape::QuotationMark; 2]
    );
    assert_eq!(outcome.rows[0].record.name, "say \"yes\"");

    let outcome = csv::<Organisation>("external_id,name\nO-1,Opera\nO-2,\"Club\nO-3,Bar\nO-4,Hall\n");
    assert_eq!((outcome.rows.len(), outcome.rejections[0].row), (1, 3));
    assert!(outcome.rejections[0].reason.contains("the last 3 lines of the file are one cell"));
}

#[test]
fn octets_that_are_no_text_name_row_and_column() {
    let file = b"external_id,name\nO-1,Caf\xe9\nO-2,Opera\n\"O-3,\",\"x\xff\"\n";
    let outcome = crate::support::try_read::<Organisation>(intake::Format::Csv, file).unwrap();
    let found: Vec<_> =
        outcome.rejections.iter().map(|each| (each.row, each.field.as_str(), each.found)).collect();
    assert_eq!(found, [(2, "name", Shape::NoText), (4, "name", Shape::NoText)]);
    assert_eq!(outcome.rows.len(), 1);

    let file = b"{\"external_id\":\"O-1\",\"name\":\"Op\"}\n{\"external_id\":\"O-2\",\"name\":\"\xff\"}\n";
    let outcome = crate::support::try_read::<Organisation>(intake::Format::Ndjson, file).unwrap();
    assert_eq!((outcome.rejections[0].row, outcome.rejections[0].found), (2, Shape::NoText));
}

#[test]
fn large_cells_rows_and_lines_are_rejected_alone() {
    let cell = "x".repeat(64 * 1024 + 1);
    let row = "y".repeat(1 << 20);
    let quoted = "\n".repeat(3 << 20);
    let file = format!("external_id,name\n{cell},a\n{row},b\nO-2,\"{quoted}\"\nO-3,Opera\n");
    let outcome = csv::<Organisation>(&file);
    let found: Vec<_> =
        outcome.rejections.iter().map(|each| (each.row, each.field.as_str(), each.found)).collect();
    assert_eq!(
        found,
        [
            (2, "external_id", Shape::Large(65536)),
            (3, "(row)", Shape::Large(1 << 20)),
            (4, "(row)", Shape::Large(1 << 20))
        ]
    );
    assert_eq!(outcome.rows[0].number, 5);

    let good = "{\"external_id\":\"O-1\",\"name\":\"Opera\"}";
    let outcome = ndjson::<Organisation>(&format!(
        "{good}\n{{\"external_id\":\"{cell}\",\"name\":\"a\"}}\n{row}{row}\n{good}"
    ));
    let found: Vec<_> =
        outcome.rejections.iter().map(|each| (each.row, each.field.as_str(), each.found)).collect();
    assert_eq!(found, [(2, "external_id", Shape::Large(65536)), (3, "(row)", Shape::Large(1 << 20))]);
    assert_eq!(outcome.tally.duplicates, 1);
}

#[test]
fn every_mistake_of_a_row_is_reported_at_once() {
    let outcome = csv::<Activity>(
        "external_id,contact,kind,happened_on,amount\n,C-1,dancing,31/01/2026,\"1,5\"\nA-2,C-1,sale,2026-01-31,1.5\n",
    );
    let fields: Vec<_> = reasons(&outcome).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["external_id", "kind", "happened_on", "amount"]);
    assert_eq!(outcome.rows[0].record.amount, Some(150));
}

#[test]
fn a_repeated_id_is_unchanged_or_a_contradiction() {
    let outcome = csv::<Organisation>(
        "external_id,name,as_of\nO-1,Opera,\nO-2,Club,\nO-1, Opera ,2026-01-01T00:00:00Z\nO-1,Theatre,\nO-1,Opera,\n",
    );
    assert_eq!(outcome.tally, Tally { read: 5, parsed: 2, rejected: 1, duplicates: 2 });
    assert_eq!(
        outcome.rejections[0].to_string(),
        "row 5, external_id: found a readable value, but row 2 has the same external_id and other content, and was \
         taken; keep the row that is right, or give the two different ids"
    );
    // A rejected row takes no id away from a later one.
    let outcome = csv::<Organisation>("external_id,name\nO-1,\nO-1,Opera\n");
    assert_eq!(outcome.tally, Tally { read: 2, parsed: 1, rejected: 1, duplicates: 0 });
}

#[test]
fn a_row_may_have_its_own_instant_but_not_a_later_one() {
    let outcome = csv::<Organisation>(
        "external_id,as_of,name\nO-1,,a\nO-2,2026-01-31T21:30:00+01:00,b\nO-3,2026-02-01T04:00:01Z,c\nO-4,yesterday,d\n",
    );
    assert_eq!(outcome.rows[0].as_of, as_of());
    assert_eq!(outcome.rows[1].as_of.to_rfc3339(), "2026-01-31T20:30:00+00:00");
    assert_eq!(
        reasons(&outcome),
        [
            ("as_of", "the moment lies after the file's own"),
            ("as_of", "a moment is a day, a time and the distance to UTC"),
        ]
    );
}

#[test]
fn the_hash_follows_the_content_and_nothing_else() {
    let hash = |file: &str| csv::<Activity>(file).rows[0].content_hash;
    let one = hash("external_id,contact,kind,happened_on,amount,as_of\nA,C,sale,20260131,1.5,\n");
    let same = hash(
        "amount;as_of;happened_on;kind;contact;external_id;product\n+1.50;2026-01-31T20:30:00Z;2026-01-31;SALE; C ;A;\n",
    );
    assert_eq!(one, same);
    for other in [
        "external_id,contact,kind,happened_on,amount\nA,C,sale,20260131,1.51\n",
        "external_id,contact,kind,happened_on,product\nA,C,sale,20260131,1.5\n",
        "external_id,contact,kind,happened_on,amount\nA,c,sale,20260131,1.5\n",
        "external_id,contact,kind,happened_on\nA,C,sale,20260131\n",
    ] {
        assert_ne!(hash(other), one, "{other}");
    }
}

#[test]
fn a_json_line_is_one_flat_object() {
    let outcome = ndjson::<Contact>(concat!(
        "{\"external_id\":7,\"kind\":\"individual\",\"criterion.loves_jazz\":true,\"first_name\":null}\n",
        "{\"external_id\":\"C-2\",\"kind\":\"individual\",\"kind\":\"relay\"}\n",
        "{\"external_id\":\"C-3\",\"kind\":[\"individual\"],\"email\":{\"a\":1}}\n",
        "{\"external_id\":\"C-4\",\"kind\":\"individual\",\"shoe size\":44}\n",
        "{\"external_id\":\"C-5\",\"kind\":\"individual\"} {}\n",
        "{\"external_id\":\"C-6\n",
        "\"C-7\"\n",
        "{\"external_id\":\"C-8\",\"kind\":\"\\ud800\"}\n",
        "{\"external_id\":\"C\\u002d9\",\"kind\":\"individual\"}\n",
    ));
    let found: Vec<_> =
        outcome.rejections.iter().map(|each| (each.row, each.field.as_str(), &*each.reason)).collect();
    assert_eq!(
        found,
        [
            (2, "kind", "the key stands twice in the object"),
            (3, "kind", "a row is flat"),
            (3, "email", "a row is flat"),
            (4, "shoe size", "contacts have no such column"),
            (5, "(row)", "the line is no JSON object (the reading stopped at octet 43)"),
            (6, "(row)", "the line is no JSON object (the reading stopped at octet 19)"),
            (7, "(row)", "the line is no JSON object (the reading stopped at octet 5)"),
            (8, "kind", "the string has half of a surrogate pair"),
        ]
    );
    let ids: Vec<_> = outcome.rows.iter().map(|row| row.record.external_id.as_str()).collect();
    assert_eq!(ids, ["7", "C-9"]);
    assert_eq!(outcome.rows[0].record.criteria, [("loves_jazz".to_owned(), "true".to_owned())]);
    assert_eq!(outcome.rows[0].record.first_name, None);
}

#[test]
fn criteria_come_by_code_whatever_the_order_of_their_columns() {
    let one = csv::<Contact>("external_id,kind,criterion.b,criterion.a,criterion.c\nC,relay,2,1,\n");
    let two = csv::<Contact>("criterion.a,external_id,criterion.b,kind\n1,C,2,relay\n");
    assert_eq!(one.rows[0].record.criteria, [("a".into(), "1".into()), ("b".into(), "2".into())]);
    assert_eq!(one.rows[0].record, two.rows[0].record);
    assert_eq!(one.rows[0].content_hash, two.rows[0].content_hash);
    assert_eq!(one.rows[0].content_key().to_be_bytes(), one.rows[0].content_hash[..8]);
    let bad = csv::<Contact>("external_id,kind,criterion.a,criterion.b\nC,relay,\"x\ny\",\"x\ny\"\n");
    assert_eq!(
        reasons(&bad).iter().map(|(field, _)| *field).collect::<Vec<_>>(),
        ["criterion.a", "criterion.b"]
    );
}
