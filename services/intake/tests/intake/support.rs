//! Reading a text as a file of a kind.

use std::io::{BufRead, BufReader};

use chrono::{DateTime, Utc};
use intake::{
    FileRefused, Format, Intake, Kind, Mapping, MappingFile, Options, Record, Rejection, Row, RowError,
    SourceName, Tally,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What came out of a file.
#[derive(Debug)]
pub struct Outcome<T> {
    pub rows: Vec<Row<T>>,
    pub rejections: Vec<Rejection>,
    pub tally: Tally,
}

pub fn options() -> Options {
    Options::new(SourceName::parse("ticketing").unwrap(), as_of())
}

/// The instant of every file here.
pub fn as_of() -> DateTime<Utc> {
    "2026-02-01T04:00:00Z".parse().unwrap()
}

pub fn try_read<T: Record>(format: Format, file: &[u8]) -> Result<Outcome<T>, FileRefused> {
    // A small buffer, so that lines, marks and characters are cut in the middle.
    Ok(outcome(Intake::<T, _>::open(format, BufReader::with_capacity(7, file), options())?))
}

pub fn try_read_mapped<T: Record>(mapping: &Mapping, file: &[u8]) -> Result<Outcome<T>, FileRefused> {
    Ok(outcome(Intake::<T, _>::open_mapped(mapping, BufReader::with_capacity(7, file), options())?))
}

fn outcome<T: Record, R: BufRead>(mut intake: Intake<T, R>) -> Outcome<T> {
    let (mut rows, mut rejections, mut rejected) = (Vec::new(), Vec::new(), 0);
    for row in &mut intake {
        match row {
            Ok(row) => rows.push(row),
            Err(RowError::Rejected(reasons)) => {
                assert!(!reasons.is_empty(), "a row is rejected for a reason");
                rejected += 1;
                rejections.extend(reasons);
            }
            Err(RowError::Unreadable(error)) => panic!("{error}"),
        }
    }
    let tally = intake.tally();
    assert_eq!(tally.read, tally.parsed + tally.rejected + tally.duplicates);
    assert_eq!((tally.parsed, tally.rejected), (rows.len() as u64, rejected));
    assert!(intake.next().is_none(), "the end is the end");
    Outcome { rows, rejections, tally }
}

pub fn csv<T: Record>(file: &str) -> Outcome<T> {
    try_read(Format::Csv, file.as_bytes()).unwrap_or_else(|refused| panic!("{refused}"))
}

pub fn ndjson<T: Record>(file: &str) -> Outcome<T> {
    try_read(Format::Ndjson, file.as_bytes()).unwrap_or_else(|refused| panic!("{refused}"))
}

pub fn refused<T: Record>(format: Format, file: &[u8]) -> String {
    match try_read::<T>(format, file) {
        Ok(outcome) => panic!("expected a refusal, found {:?}", outcome.tally),
        Err(refused) => refused.to_string(),
    }
}

/// (field, reason) of each rejection.
pub fn reasons<T>(outcome: &Outcome<T>) -> Vec<(&str, &str)> {
    outcome.rejections.iter().map(|rejection| (rejection.field.as_str(), &*rejection.reason)).collect()
}

/// Calls a generic function for the record of a kind that is known at run time only.
macro_rules! for_kind {
    ($kind:expr, $function:ident($($argument:expr),*)) => {
        match $kind {
            Kind::Organisations => $function::<intake::records::Organisation>($($argument),*),
            Kind::Wordings => $function::<intake::records::Wording>($($argument),*),
            Kind::CollectionPoints => $function::<intake::records::CollectionPoint>($($argument),*),
            Kind::Criteria => $function::<intake::records::Criterion>($($argument),*),
            Kind::Indicators => $function::<intake::records::Indicator>($($argument),*),
            Kind::Places => $function::<intake::records::Place>($($argument),*),
            Kind::Contacts => $function::<intake::records::Contact>($($argument),*),
            Kind::Products => $function::<intake::records::Product>($($argument),*),
            Kind::OrderLines => $function::<intake::records::OrderLine>($($argument),*),
            Kind::Activities => $function::<intake::records::Activity>($($argument),*),
            Kind::Balances => $function::<intake::records::Balance>($($argument),*),
            Kind::IndicatorValues => $function::<intake::records::IndicatorValue>($($argument),*),
            Kind::Authorisations => $function::<intake::records::Authorisation>($($argument),*),
        }
    };
}
pub(crate) use for_kind;

/// What two formats or spellings must have in common: each row's instant and hash, and each rejection's field and reason.
#[derive(Debug, PartialEq)]
pub struct Gist {
    pub accepted: Vec<(DateTime<Utc>, [u8; 32])>,
    pub rejected: Vec<(String, String)>,
}

pub fn gist(kind: Kind, format: Format, file: &str) -> Gist {
    for_kind!(kind, gist_of(format, file))
}

fn gist_of<T: Record + PartialEq + Serialize + DeserializeOwned>(format: Format, file: &str) -> Gist {
    let outcome =
        try_read::<T>(format, file.as_bytes()).unwrap_or_else(|refused| panic!("{refused}\n{file}"));
    for row in &outcome.rows {
        // Rows may wait in the database for their parent.
        let kept: T = serde_json::from_value(serde_json::to_value(&row.record).unwrap()).unwrap();
        assert!(kept == row.record, "{file}");
    }
    let accepted = outcome.rows.iter().map(|row| (row.as_of, row.content_hash)).collect();
    let rejected =
        outcome.rejections.into_iter().map(|each| (each.field, each.reason.into_owned())).collect();
    Gist { accepted, rejected }
}

/// A mapping as its author would write it.
pub fn mapping(file: Value) -> Mapping {
    let file: MappingFile = serde_json::from_value(file).unwrap();
    Mapping::try_from(file).unwrap_or_else(|flaw| panic!("{flaw}"))
}

/// As [`gist`], of a foreign file.
pub fn gist_of_foreign(kind: Kind, mapping: &Mapping, octets: &[u8]) -> Gist {
    for_kind!(kind, foreign(mapping, octets))
}

fn foreign<T: Record>(mapping: &Mapping, octets: &[u8]) -> Gist {
    let outcome = try_read_mapped::<T>(mapping, octets).unwrap_or_else(|refused| panic!("{refused}"));
    let accepted = outcome.rows.iter().map(|row| (row.as_of, row.content_hash)).collect();
    let rejected =
        outcome.rejections.into_iter().map(|each| (each.field, each.reason.into_owned())).collect();
    Gist { accepted, rejected }
}

/// A CSV file of rows, each cell quoted where needed.
pub fn csv_file<S: AsRef<[u8]>>(delimiter: u8, rows: &[Vec<S>]) -> String {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// An NDJSON file of one object a row, every value a string.
pub fn ndjson_file<S: AsRef<str>>(header: &[S], rows: &[Vec<S>]) -> String {
    let mut file = String::new();
    for row in rows {
        let pairs =
            header.iter().zip(row).map(|(key, value)| (key.as_ref().to_owned(), value.as_ref().into()));
        file.push_str(&Value::Object(pairs.collect()).to_string());
        file.push('\n');
    }
    file
}
