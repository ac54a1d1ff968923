//! Whole files: what is recognised, and what is refused before its first row.

use std::io::{self, BufReader, Read};

use intake::records::{Activity, Contact, Organisation, Product};
use intake::{Format, Intake, Kind, RowError};

use crate::support::{csv, ndjson, options, refused};

#[test]
fn separators_and_the_byte_order_mark_are_recognised() {
    for file in [
        "external_id,name\nO-1,Opera\n",
        "external_id;name\r\nO-1;Opera\r\n",
        "external_id\tname\nO-1\tOpera",
        "\u{feff}external_id,name\nO-1,Opera\n",
        "\n  \n name , external_id \n\nOpera,O-1\n\n",
        "\"name\";\"external_id\"\n\"Opera\";\"O-1\"",
    ] {
        let outcome = csv::<Organisation>(file);
        assert_eq!(outcome.rows.len(), 1, "{file:?}");
        let organisation = &outcome.rows[0].record;
        assert_eq!((organisation.external_id.as_str(), organisation.name.as_str()), ("O-1", "Opera"));
    }
    let outcome = ndjson::<Organisation>("\u{feff}\n{\"name\":\"Opera\",\"external_id\":\"O-1\"}\r\n\n");
    assert_eq!(outcome.rows[0].number, 2);
}

#[test]
fn an_empty_file_is_refused_and_a_header_alone_is_not() {
    for file in ["", "\n \r\n", "\u{feff}"] {
        assert_eq!(
            refused::<Contact>(Format::Csv, file.as_bytes()),
            "the file is empty; a file of contacts starts with a header row"
        );
        assert_eq!(
            refused::<Contact>(Format::Ndjson, file.as_bytes()),
            "the file is empty; a file of contacts starts with an object"
        );
    }
    assert_eq!(csv::<Organisation>("external_id,name\n").tally.read, 0);
}

#[test]
fn an_unknown_column_is_named_with_its_neighbour_and_the_list() {
    let known = "external_id, organisation, name, category, valid_on, state, as_of";
    assert_eq!(
        refused::<Product>(Format::Csv, b"external_id,organisation,name,valid on\n"),
        format!("products have no column 'valid on' (nearest: 'valid_on'). Known: {known}")
    );
    assert_eq!(
        refused::<Product>(Format::Ndjson, b"{\"external_id\":\"P\",\"colour of the seat\":1}"),
        format!("products have no column 'colour of the seat'. Known: {known}")
    );
    assert!(refused::<Product>(Format::Csv, b"external_id,organisation,name,\n").contains("an empty name"));
    assert!(
        refused::<Contact>(Format::Csv, b"external_id,kind,criterion.Bad\n").contains("criterion.<code>")
    );
    assert!(
        refused::<Product>(Format::Csv, b"external_id,organisation,name,criterion.x\n")
            .contains("criterion.x")
    );
}

#[test]
fn a_first_row_that_is_no_header_is_not_quoted() {
    let refusal = refused::<Contact>(Format::Csv, b"C-1,Ada,Lovelace,ada@example.org\n");
    assert!(refusal.contains("is the header missing") && !refusal.contains("Ada"), "{refusal}");
    let refusal = refused::<Contact>(Format::Ndjson, b"{\"external_id\": \"Ada\", \"kind\"");
    assert!(refusal.contains("no JSON object") && !refusal.contains("Ada"), "{refusal}");
}

#[test]
fn missing_and_repeated_columns_are_refused() {
    assert!(
        refused::<Activity>(Format::Csv, b"external_id,kind,amount\n")
            .starts_with("required columns are missing: contact, happened_on;")
    );
    assert_eq!(
        refused::<Organisation>(Format::Csv, b"external_id,name,name\n"),
        "the column 'name' stands twice in the header; keep one"
    );
    let many: String = (0..600).map(|n| format!(",criterion.c{n}")).collect();
    assert_eq!(
        refused::<Contact>(Format::Csv, format!("external_id,kind{many}\n").as_bytes()),
        "the file has more than 500 columns; export fewer"
    );
    assert!(refused::<Organisation>(Format::Csv, b"\"external_id,name\n").contains("do not pair"));
}

#[test]
fn other_kinds_of_files_are_named() {
    let cases: [(Format, &[u8], &str); 8] = [
        (Format::Csv, b"PK\x03\x04whatever", "ZIP archive or a spreadsheet"),
        (Format::Csv, b"\x1f\x8b\x08\0", "compressed"),
        (Format::Csv, b"\xff\xfee\0x\0", "UTF-16"),
        (Format::Csv, b"external_id,name,caf\xe9\n", "Windows-1252"),
        (Format::Csv, b"{\"external_id\":1}", "looks like JSON"),
        (Format::Ndjson, b"[{\"external_id\":1}]", "one JSON array"),
        (Format::Ndjson, b"external_id,name\n", "no JSON object"),
        (Format::Csv, b"O-1,Opera\n", "names no column of organisations"),
    ];
    for (format, file, words) in cases {
        let refusal = refused::<Organisation>(format, file);
        assert!(refusal.contains(words), "{refusal}");
    }
    let endless = BufReader::new(io::repeat(b'x').take(1 << 24));
    let refusal = Intake::<Organisation, _>::open(Format::Csv, endless, options()).err().unwrap();
    assert!(refusal.to_string().contains("more than 1048576 bytes"));
}

#[test]
fn a_reader_that_fails_ends_the_file_aloud() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let file = b"external_id,name\nO-1,Opera\nO-2,Op".chain(Failing);
    let mut intake = Intake::<Organisation, _>::open(Format::Csv, BufReader::new(file), options()).unwrap();
    assert!(intake.next().unwrap().is_ok());
    assert!(matches!(intake.next(), Some(Err(RowError::Unreadable(_)))));
    assert!(intake.next().is_none());
    assert_eq!(intake.tally().read, 1);
    assert!(Intake::<Organisation, _>::open(Format::Csv, BufReader::new(Failing), options()).is_err());
}

#[test]
fn kinds_and_formats_have_words() {
    for kind in Kind::ALL {
        assert_eq!(Kind::from_word(kind.word()), Some(*kind));
        assert!(kind.columns().iter().any(|column| column.required));
    }
    assert_eq!(Kind::from_word("contact"), None);
    assert_eq!(Format::of_file_name("2026.CSV"), Some(Format::Csv));
    assert_eq!(Format::of_file_name("contacts.jsonl"), Some(Format::Ndjson));
    assert_eq!(Format::of_file_name("contacts.xlsx"), None);
    assert_eq!(Format::of_file_name("csv"), None);
}
