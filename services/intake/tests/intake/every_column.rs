//! Every column of every kind, with values that are taken and values that are not.

use intake::{AS_OF, Column, Format, Kind};

use crate::support::{csv_file, gist};

/// Values of a column: those that are taken, and those that are not.
pub struct Samples {
    pub good: &'static [&'static str],
    pub bad: &'static [&'static str],
}

const IDS: Samples = Samples { good: &["x", "é-1", "a b", "=1+1", "0"], bad: &["a\u{1}b", LONG] };
const LINES: Samples =
    Samples { good: &["x", "d'Arc, \"Zoë\"", "=cmd()", "|"], bad: &["two\nlines", "\u{0}", LONG] };
const DAYS: Samples = Samples {
    good: &["2026-01-31", "20240229", "2027-12-31"],
    bad: &["31/01/2026", "2026-02-30", "0001-01-01", "tomorrow", "2026-01-31T00:00:00Z"],
};
const PAST_DAYS: Samples = Samples {
    good: &["2025-10-26", "20240229", "2026-02-01"],
    bad: &["2026-02-02", "2025-13-01", "26.10.2025"],
};
const MONEY: Samples = Samples {
    good: &["0", "84", "84.5", "-84.50", "+1"],
    bad: &["84,50", "84.505", "1e3", "€84", "1 000", "99999999999999999999"],
};
const LONG: &str = match str::from_utf8(&[b'x'; 500]) {
    Ok(text) => text,
    Err(_) => "",
};

/// The samples of a column. A column that is added without them fails the tests below.
pub fn samples(kind: Kind, column: &str) -> Samples {
    let words = |good, bad| Samples { good, bad };
    match (kind, column) {
        (_, "as_of") => words(
            &["2026-01-31T20:30:00Z", "2026-02-01T05:00:00+01:00"],
            &["2026-02-01T04:00:01Z", "2026-01-31", "2026-01-31T20:30:00", "never"],
        ),
        (Kind::Criteria | Kind::Indicators, "code") | (Kind::IndicatorValues, "indicator") => {
            words(&["genre", "Genre_2"], &["2nd", "a-b", "é", "a b", LONG])
        }
        (Kind::Indicators, "type") => words(&["date", "Text"], &["yes_no", "one_of", "numeric"]),
        (Kind::Criteria, "type") => words(&["one_of", "Several_Of"], &["list", "number"]),
        (Kind::Criteria, "choices") => words(&["a|b", "x"], &["a|", "a|A", "a||b"]),
        (Kind::Authorisations, "topic") => words(&["jazz", "jazz_letter"], &["jazz letter", "1st"]),
        (_, "external_id" | "contact" | "organisation" | "product" | "purchaser" | "cultural_contact") => IDS,
        (_, "opt_out_wording" | "wording" | "collection_point" | "form_id") => IDS,
        (_, "name" | "category" | "notice_version" | "first_name" | "last_name") => LINES,
        (_, "latitude") => words(
            &["48.8686", "-90", "90", "+12.5", "0", "48.86863048516851"],
            &["90.1", "-91", "48,8686", "48°52'", "48.8N", "1e1", "NaN"],
        ),
        (_, "longitude") => words(&["2.3412", "-180", "180", "-73.57"], &["180.5", "-181", "2,34", "east"]),
        (_, "value") => LINES,
        (_, "street" | "postal_code" | "city") => LINES,
        (_, "text") => words(&["I agree.", "two\nlines\tand a tab"], &["bell\u{7}", "\u{0}"]),
        (_, "channels") => {
            words(&["email", "sms | EMAIL|post"], &["e-mail", "email,sms", "email|email", "email|"])
        }
        (_, "valid_months") => words(&["1", "36", "1200"], &["0", "1201", "-3", "3.5", "three"]),
        (_, "language") => words(&["fr", "FR", "fr-BE", "gsw"], &["french", "f", "fr-", "fr-BEL"]),
        (Kind::CollectionPoints, "kind") => words(&["web_form", "Counter"], &["web form", "form"]),
        (Kind::Contacts, "kind") => words(&["individual", "RELAY"], &["person", "1"]),
        (Kind::Activities, "kind") => words(&["sale", "Payment"], &["click", "legacy_recency", "visit"]),
        (_, "policy_url") => words(
            &["https://example.org", "https://www.example.org/privacy?v=2"],
            &["http://example.org", "www.example.org", "https://u@example.org", "https://example.org/a b"],
        ),
        (_, "roles") => words(&["customer", "guide|customer"], &["client", "guide|", "guide|guide"]),
        (_, "gender") => words(&["female", "Other"], &["f", "Mme", "1"]),
        (_, "email") => words(
            &["ada@example.org", "Ada.L+x@Théâtre.example"],
            &["ada", "ada@example", "a@example.org;b@example.org", "Ada <ada@example.org>", LONG],
        ),
        (_, "mobile") => words(&["+33612345678", "0033 6 12 34 56 78"], &["0612345678", "+33", "+33 six"]),
        (_, "country") => words(&["FR", "ch"], &["FRA", "France", "F"]),
        (_, "birth_date") => {
            words(&["1985-12-10", "19000101"], &["2026-02-02", "85-12-10", "1849-12-31", "10.12.1985"])
        }
        (_, "created_on" | "ordered_on" | "happened_on") => PAST_DAYS,
        (_, "legacy_recency" | "valid_on" | "due_on") => DAYS,
        (Kind::Products, "state") => words(&["scheduled", "Cancelled"], &["sold", "annulé"]),
        (Kind::OrderLines, "state") => words(&["sold", "OPTION"], &["paid", "scheduled"]),
        (_, "quantity") => words(&["1", "12"], &["-1", "1.5", "two", "4294967296"]),
        (_, "amount") => MONEY,
        (_, "channel") => words(&["general", "Email", "post"], &["all", "e-mail", "email|sms"]),
        (_, "answer") => words(&["yes", "YES"], &["oui", "1", "maybe"]),
        (_, "happened_at") => words(
            &["2025-11-03T18:04:05+01:00", "2025-11-03T18:04:05Z"],
            &["2025-11-03", "2025-11-03 18:04", "2026-02-01T04:00:01Z"],
        ),
        (kind, column) => panic!("the column {column} of {kind} has no samples"),
    }
}

pub fn columns(kind: Kind) -> impl Iterator<Item = &'static Column> {
    kind.columns().iter().chain([&AS_OF])
}

/// Reads one row with the example of every column, but `value` in one of them.
fn with_value(kind: Kind, column: &Column, value: &str) -> crate::support::Gist {
    let header: Vec<&str> = columns(kind).map(|each| each.name).collect();
    let row = columns(kind).map(|each| if each.name == column.name { value } else { each.example }).collect();
    gist(kind, Format::Csv, &csv_file(b';', &[header, row]))
}

#[test]
fn the_examples_of_every_kind_are_taken() {
    for kind in Kind::ALL {
        for column in columns(*kind) {
            assert_eq!(with_value(*kind, column, column.example).rejected, [], "{kind} {}", column.name);
            assert!(!column.meaning.is_empty());
        }
    }
}

#[test]
fn good_values_of_every_column_are_taken() {
    for kind in Kind::ALL {
        for column in columns(*kind) {
            for good in samples(*kind, column.name).good {
                let outcome = with_value(*kind, column, good);
                assert_eq!(outcome.rejected, [], "{kind} {} {good}", column.name);
                assert_eq!(outcome.accepted.len(), 1);
            }
        }
    }
}

#[test]
fn bad_values_of_every_column_are_rejected_by_its_name() {
    for kind in Kind::ALL {
        for column in columns(*kind) {
            for bad in samples(*kind, column.name).bad {
                let outcome = with_value(*kind, column, bad);
                assert_eq!(outcome.accepted, [], "{kind} {} {bad}", column.name);
                let at_least_one =
                    outcome.rejected.iter().any(|(field, _)| rejected_at(*kind, column.name, field));
                assert!(at_least_one, "{kind} {} {bad}: {:?}", column.name, outcome.rejected);
            }
        }
    }
}

/// A readable type that does not fit its choices is reported at the choices.
fn rejected_at(kind: Kind, column: &str, field: &str) -> bool {
    field == column || (kind == Kind::Criteria && column == "type" && field == "choices")
}

#[test]
fn an_empty_cell_is_rejected_in_required_columns_only() {
    for kind in Kind::ALL {
        for column in columns(*kind) {
            let outcome = with_value(*kind, column, " \u{a0} ");
            let rejected: Vec<_> = outcome.rejected.iter().map(|(field, _)| field.as_str()).collect();
            match (column.required, kind, column.name) {
                (true, ..) => assert_eq!(rejected, [column.name], "{kind}"),
                (false, Kind::Criteria, "choices") => assert_eq!(rejected, ["choices"]),
                (false, Kind::OrderLines, "purchaser") => assert_eq!(rejected, ["opt_out_wording"]),
                (false, ..) => assert!(rejected.is_empty(), "{kind} {} {rejected:?}", column.name),
            }
        }
    }
}
