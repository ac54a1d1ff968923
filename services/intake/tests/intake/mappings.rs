//! Foreign files: what a mapping says becomes the same rows, and nothing is dropped in silence.

use intake::records::{Authorisation, Contact, Reading};
use intake::{FileRefused, Mapping, MappingFile, Shape, Tally, records};
use serde_json::json;

use crate::support::{Outcome, mapping, reasons, try_read_mapped};

fn flaw(file: &str) -> String {
    match serde_json::from_str::<MappingFile>(file) {
        Err(error) => error.to_string(),
        Ok(file) => Mapping::try_from(file).unwrap_err().to_string(),
    }
}

/// Contacts as a French box office exports them.
fn box_office() -> Mapping {
    mapping(json!({
        "kind": "contacts",
        "source": "billetterie",
        "encoding": "windows-1252",
        "separator": ";",
        "columns": {
            "N° client": "external_id",
            "Civilité": {"to": "gender", "values": {"M.": "male", "Mme": "female", "": ""}},
            "Nom": "last_name",
            "Naissance": {"to": "birth_date", "date": "DD/MM/YYYY", "values": {"00/00/0000": ""}},
            "Ville": ["city", "criterion:ville"],
            "Genres": {"to": "criterion:genre", "list_separator": ",", "values": {"Opéra": "opera", "Jazz": "jazz"}},
            "Dépenses": {"to": "criterion:depenses", "decimal": ",", "thousands": " "},
            "Abonné": {"to": "criterion:abonne", "values": {"O": "yes", "N": "no"}}
        },
        "constants": {"kind": "individual", "country": "FR"},
        "ignore": ["Remarque"]
    }))
}

const HEADER: &str = "N° client;Civilité;Nom;Naissance;Ville;Genres;Dépenses;Abonné;Remarque\n";

fn read(rows: &str) -> Outcome<Contact> {
    let (octets, _, unmappable) = encoding_rs::WINDOWS_1252.encode(HEADER);
    assert!(!unmappable);
    let file = [&octets[..], &encoding_rs::WINDOWS_1252.encode(rows).0].concat();
    try_read_mapped(&box_office(), &file).unwrap_or_else(|refused| panic!("{refused}"))
}

#[test]
fn a_box_office_is_read_as_it_writes() {
    let outcome = read(
        "12;Mme;Lefèvre;31/12/1985;Orléans;Jazz, opéra;1 234,50;O;appeler le matin\n13;;Durand;00/00/0000;;;;n;\n",
    );
    assert_eq!(outcome.rejections, []);
    let ours = "external_id,gender,last_name,birth_date,city,criterion.ville,criterion.genre,criterion.depenses,criterion.abonne,kind,country\n\
                12,female,Lefèvre,1985-12-31,Orléans,Orléans,jazz|opera,1234.50,yes,individual,FR\n\
                13,,Durand,,,,,,no,individual,FR\n";
    let ours = crate::support::csv::<Contact>(ours);
    for (mapped, own) in outcome.rows.iter().zip(&ours.rows) {
        assert!(mapped.record == own.record, "row {}", mapped.number);
        assert_eq!(mapped.content_hash, own.content_hash);
    }
    assert_eq!(outcome.rows.len(), 2);
}

#[test]
fn what_cannot_be_translated_names_column_and_row_and_does_not_hide_the_rest() {
    let outcome = read("12;Mlle;Lefèvre;1985-12-31;Orléans;Jazz,Danse;1234.50;X;\n;M.;;;;;;;\n");
    let found: Vec<_> =
        outcome.rejections.iter().map(|each| (each.row, each.field.as_str(), each.found)).collect();
    assert_eq!(
        found,
        [
            (2, "Naissance (birth_date)", Shape::DigitsAndMarks(10)),
            (2, "Civilité (gender)", Shape::Text(4)),
            (2, "Abonné (criterion.abonne)", Shape::Text(1)),
            (2, "Dépenses (criterion.depenses)", Shape::DigitsAndMarks(7)),
            (2, "Genres (criterion.genre)", Shape::Text(10)),
            (3, "N° client (external_id)", Shape::Empty),
        ]
    );
    assert_eq!(outcome.rejections[0].reason, "it is no day written as DD/MM/YYYY");
    assert_eq!(outcome.tally, Tally { read: 2, parsed: 0, rejected: 2, duplicates: 0 });
}

#[test]
fn damaged_rows_repeated_ids_and_blank_rows_are_what_they_are_in_our_own_files() {
    let outcome = read("12;M.;A;;;;;O\n12;M.;A;;;;;O;x\n12;M.;B;;;;;O;y\n12;M.;A;;;;;O;z\n;;;;;;;;\n");
    let found: Vec<_> = outcome.rejections.iter().map(|each| (each.row, each.field.as_str())).collect();
    assert_eq!(found, [(2, "(row)"), (4, "N° client (external_id)"), (6, "(row)")]);
    assert_eq!(outcome.tally, Tally { read: 5, parsed: 1, rejected: 3, duplicates: 1 });
}

#[test]
fn a_constant_that_is_wrong_says_that_it_is_one() {
    let mapping = mapping(json!({
        "kind": "contacts", "source": "s", "columns": {"Id": "external_id"}, "constants": {"kind": "robot"}
    }));
    let outcome = try_read_mapped::<Contact>(&mapping, b"Id\n1\n").unwrap();
    assert_eq!(reasons(&outcome), [("kind (a constant of the mapping)", "it is none of the known words")]);
}

/// A refusal is valid however it arrives (design, section 5): what the mapping cannot translate beside it is a remark.
#[test]
fn a_refusal_is_taken_whatever_beside_it_cannot_be_translated() {
    let mapping = mapping(json!({
        "kind": "authorisations",
        "source": "s",
        "columns": {
            "Id": "contact",
            "Newsletter": {"to": "answer", "values": {"O": "yes", "N": "no"}},
            "Formulaire": {"to": "form_id", "values": {"F1": "F1"}}
        },
        "constants": {"channel": "email"}
    }));
    let outcome =
        try_read_mapped::<Authorisation>(&mapping, b"Id,Newsletter,Formulaire\n1,N,?\n2,O,?\n").unwrap();
    assert_eq!(outcome.rows.len(), 1);
    assert!(matches!(outcome.rows[0].record.reading(), Reading::Refusal(None)));
    assert_eq!(outcome.rows[0].remarks[0].field, "Formulaire (form_id)");
    assert_eq!(reasons(&outcome), [("Formulaire (form_id)", "the mapping does not translate it")]);
}

#[test]
fn a_file_that_the_mapping_does_not_describe_is_refused_whole() {
    let plain = mapping(json!({
        "kind": "contacts", "source": "s", "separator": ";",
        "columns": {"Id": "external_id", "Art": "kind"}, "ignore": ["Notiz"]
    }));
    let refused = |file: &str| match try_read_mapped::<Contact>(&plain, file.as_bytes()) {
        Ok(outcome) => panic!("{:?}", outcome.tally),
        Err(refused) => refused.to_string(),
    };
    assert_eq!(
        refused("Id;Art;Mail;Telefon\n"),
        "the mapping says nothing of 'Mail', 'Telefon'; map what is wanted, and list the rest under ignore"
    );
    assert_eq!(
        refused("Id;Notiz\n"),
        "the file lacks 'Art', which the mapping reads; export the columns, or take them out of the mapping"
    );
    assert!(refused("Id;Art;id\n").contains("'Id' stands twice"));
    assert!(refused("Id,Art\n").contains("names no column of contacts"), "another separator than declared");
    assert!(refused("1;individual\n").contains("Known: Art, Id"));
    assert!(refused("").contains("the file is empty"));
    // A column that is ignored may come twice, or not at all; capitals do not matter.
    let taken = try_read_mapped::<Contact>(&plain, b"ID;Notiz;ART;NOTIZ\n1;a;individual;b\n").unwrap();
    assert_eq!(taken.rows.len(), 1);
    let other = try_read_mapped::<records::Product>(&plain, b"Id;Art\n").unwrap_err();
    assert!(matches!(other, FileRefused::OtherFormat { .. }), "{other}");
}

#[test]
fn an_empty_name_is_a_column_too() {
    let file = b"Id;Art;\n1;individual;\n";
    let with = |ignore: &[&str]| {
        mapping(
            json!({"kind": "contacts", "source": "s", "columns": {"Id": "external_id", "Art": "kind"}, "ignore": ignore}),
        )
    };
    assert!(try_read_mapped::<Contact>(&with(&[]), file).is_err());
    assert_eq!(try_read_mapped::<Contact>(&with(&[""]), file).unwrap().rows.len(), 1);
}

#[test]
fn a_mapping_that_cannot_be_names_its_key() {
    let contacts = |columns: &str| format!(r#"{{"kind": "contacts", "source": "s", "columns": {columns}}}"#);
    let id = r#""Id": "external_id", "K": "kind""#;
    for (file, words) in [
        (r#"{"kind": "people", "source": "s", "columns": {}}"#.to_owned(), "kind: 'people' is none of organisations,"),
        (r#"{"kind": "contacts", "source": "My CRM", "columns": {}}"#.to_owned(), "source: a source name has"),
        (contacts("{}"), "columns: nothing fills external_id, kind, which contacts must have"),
        (contacts(&format!(r#"{{{id}, "M": "mail"}}"#)), "columns/M/to: contacts have no column 'mail' (nearest: 'email')"),
        (contacts(&format!(r#"{{{id}, "M": "criterion:Genre"}}"#)), "columns/M/to: contacts have no column"),
        (contacts(&format!(r#"{{{id}, "M": "email", "N": "email"}}"#)), "columns/N: 'email' is filled twice"),
        (contacts(&format!(r#"{{{id}, "id": "email"}}"#)), "the column stands twice, in other capitals"),
        (contacts(&format!(r#"{{{id}, "K": "email"}}"#)), "`K` stands twice"),
        (contacts(&format!(r#"{{{id}, "M": []}}"#)), "columns/M: the list is empty"),
        (contacts(&format!(r#"{{{id}, "M": {{"to": "email", "value": {{}}}}}}"#)), "unknown field `value`"),
        (contacts(&format!(r#"{{{id}, "M": 7}}"#)), "the name of a field, an object with `to`"),
        (
            contacts(&format!(r#"{{{id}, "M": {{"to": "birth_date", "date": "DD/MM/YY"}}}}"#)),
            "columns/M/date: write DD, MM and YYYY once each",
        ),
        (
            contacts(&format!(r#"{{{id}, "M": {{"to": "gender", "values": {{"M": "male", "M": "female"}}}}}}"#)),
            "`M` stands twice",
        ),
        (
            format!(r#"{{"kind": "contacts", "source": "s", "columns": {{{id}}}, "ignore": ["ID"]}}"#),
            "columns/Id: the column is mapped and ignored",
        ),
        (
            format!(r#"{{"kind": "contacts", "source": "s", "columns": {{{id}}}, "constants": {{"kind": "relay"}}}}"#),
            "constants/kind: 'kind' is filled twice",
        ),
        (
            format!(r#"{{"kind": "contacts", "source": "s", "columns": {{{id}}}, "files": "*"}}"#),
            "files: the pattern takes every file",
        ),
        (
            r#"{"kind": "products", "source": "s", "columns": {"I": "external_id", "N": "name", "O": "organisation", "G": "criterion:genre"}}"#
                .to_owned(),
            "columns/G/to: products have no column",
        ),
    ] {
        let said = flaw(&file);
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn criteria_are_compared_with_their_definitions_before_any_row() {
    let definition = |code: &str, value_type, choices: &[&str]| records::Criterion {
        code: code.to_owned(),
        name: code.to_owned(),
        value_type,
        choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
    };
    use model::vocabulary::CriterionType::{Number, SeveralOf, Text, YesNo};
    let mut known = vec![
        definition("ville", Text, &[]),
        definition("genre", SeveralOf, &["Opera", "Jazz"]),
        definition("depenses", Number, &[]),
        definition("abonne", YesNo, &[]),
    ];
    assert_eq!(box_office().check_criteria(&known), Ok(()));
    known[1].choices.pop();
    known.pop();
    let flaws: Vec<String> =
        box_office().check_criteria(&known).unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(
        flaws,
        [
            "columns/Abonné: the criterion 'abonne' is not defined; import its definition first. Known: ville, genre, depenses",
            "columns/Genres: the criterion 'genre' cannot be 'jazz': it is none of the criterion's choices; choose from Opera",
        ]
    );
}
