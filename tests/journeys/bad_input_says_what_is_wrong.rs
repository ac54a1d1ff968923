//! Whatever is wrong, one clear sentence says it with what would be right, and nothing is half applied.

use std::fs;

use serde_json::{Value, json};

use crate::support::campaign::Campaign;
use crate::support::files::{File, Person, house, house_of};
use crate::support::product::{self, Product};

/// Everything that a refused command could have left behind.
const TRACES: &str = "SELECT (SELECT count(*) FROM contact) + (SELECT count(*) FROM launch) + (SELECT count(*) FROM message)
                           + (SELECT count(*) FROM consent_record) + (SELECT count(*) FROM waiting_row) + (SELECT count(*) FROM link)";

#[track_caller]
pub fn says(sentence: &str, words: &[&str]) {
    for word in words {
        assert!(sentence.contains(word), "`{word}` is missing: {sentence}");
    }
}

#[test]
fn a_file_that_is_not_what_was_said_is_refused_whole() {
    product::run_commands(|product| {
        product.institution("masques");
        product.import("masques", &house());
        let before = product.owner.number(TRACES);
        let cases: &[(&'static str, &str, &[&str])] = &[
            ("contacts", "", &["the file is empty", "contacts"]),
            ("contacts", "\n\n", &["the file is empty"]),
            (
                "contacts",
                "external_id,kind,shoe_size\nC1,individual,44\n",
                &["no column 'shoe_size'", "Known:"],
            ),
            ("contacts", "kind,email\nindividual,a@b.example\n", &["columns are missing: external_id"]),
            ("contacts", "external_id,kind,kind\n", &["'kind' stands twice"]),
            ("contacts", "C1;individual;anna\n", &["names no column of contacts"]),
            ("products", "PK\u{3}\u{4}", &["a ZIP archive or a spreadsheet", "save the sheet as CSV"]),
        ];
        for (kind, text, words) in cases {
            says(&product.import_one("masques", &File::new(kind, *text)).refusal(), words);
        }
        assert_eq!(product.owner.number(TRACES), before);
        says(&product.import_one("nobody", &house()[0]).refusal(), &["no institution with code nobody"]);
        says(
            &product.import_one("masques", &File::new("tickets", "a\n")).refusal(),
            &["--kind: tickets", "contacts, "],
        );
    });
}

#[test]
fn a_wrong_row_is_named_with_its_field_and_the_others_are_taken() {
    product::run_commands(|product| {
        product.institution("masques");
        product.import("masques", &house_of(&[Person::new("anna")]));
        let contacts = "external_id,kind,email,birth_date\nC1,individual,c1@planted.example,\nC1,individual,other@planted.example,\n\
                        C2,individual,not an address,\nC3,individual,,31/12/1999\nC4,robot,,\n";
        let lines = "external_id,organisation,product,purchaser,cultural_contact,state,ordered_on,quantity,amount\n\
                     L1,OPERA,GALA,,,sold,2026-01-10,1,10.00\nL2,OPERA,GALA,anna,,sold,2026-01-10,0,10.00\n";
        let answers =
            "contact,channel,answer,happened_at\nanna,email,unset,2026-01-10T10:00:00Z\nanna,telepathy,no,\n";
        let cases: &[(&'static str, &str, u64, &[&str])] = &[
            (
                "contacts",
                contacts,
                4,
                &[
                    "row 3, external_id",
                    "row 2 has the same external_id",
                    "row 4, email",
                    "row 5, birth_date",
                    "row 6, kind",
                ],
            ),
            ("order_lines", lines, 2, &["row 2, purchaser", "at least one contact", "row 3, quantity"]),
            (
                "authorisations",
                answers,
                2,
                &["row 2, answer", "row 3, channel", "this refusal was NOT taken"],
            ),
        ];
        for (kind, text, rejected, words) in cases {
            let ran = product.import_one("masques", &File::new(kind, *text));
            assert!(!ran.succeeded, "rejected rows are no success: {}", ran.said);
            says(&ran.said, &[&format!("{rejected}  rejected")]);
            says(&ran.complained, &[&format!("rappel: {rejected} of "), "rejected.csv"]);
            says(&rejections(product, kind), words);
        }
        let taken = product.owner.number("SELECT count(*) FROM contact WHERE external_id LIKE 'C%'");
        assert_eq!(taken, 1, "the good row, and none of the others");
    });
}

/// Every sentence of the newest file of rejected rows of a kind.
fn rejections(product: &Product, kind: &str) -> String {
    let files = fs::read_dir(product.folder()).unwrap().flatten().map(|entry| entry.path());
    let of_kind = |path: &std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with(kind) && name.ends_with(".rejected.csv")
    };
    let newest = files
        .filter(of_kind)
        .max_by_key(|path| fs::metadata(path).unwrap().modified().unwrap())
        .expect("a file of rejected rows");
    let text = fs::read_to_string(newest).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        format!("row {}, {}: {}", &row[0], &row[1], row.iter().skip(2).collect::<Vec<_>>().join("; "))
    });
    rows.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_campaign_that_cannot_be_is_refused_at_its_leaf_or_line() {
    product::run_commands(|product| {
        product.institution("masques");
        product.import("masques", &house_of(&[Person::new("anna")]));
        let before = product.owner.number(TRACES);
        let news = || Campaign::news("masques", "wrong");
        let nobody = json!({"leaf": "identity", "field": "city", "equals": "Nowhere"});
        says(
            &product.about("launch", &news().to(nobody)).refusal(),
            &["the target matches nobody", "nothing was launched"],
        );

        let unknown = json!({"all": [{"leaf": "identity", "field": "city", "equals": "Paris"}, {"leaf": "horoscope", "sign": "leo"}]});
        let criterion = json!({"leaf": "criterion", "code": "shoe_size", "equals": 44});
        let field = json!({"leaf": "identity", "field": "shoe", "equals": "44"});
        let content = |part: &str, text: &str| {
            let mut content = news().file["content"].clone();
            content[part] = Value::from(text);
            news().with("content", content)
        };
        let cases: &[(Campaign, &[&str])] = &[
            (news().to(unknown), &["/all/1", "horoscope", "identity"]),
            (news().to(criterion), &["shoe_size"]),
            (news().to(field), &["shoe", "first_name"]),
            (news().with("organisation", json!("CIRCUS")), &["organisation", "CIRCUS"]),
            (news().with("purpose", json!("spam")), &["campaign file", "purpose", "marketing"]),
            (news().with("colour", json!("blue")), &["campaign file", "colour"]),
            (content("text", "No way out."), &["text", "unsubscribe"]),
            (content("subject", "{{contact.shoe_size}}"), &["subject, line 1", "contact.shoe_size"]),
        ];
        for (campaign, words) in cases {
            says(&product.about("launch", campaign).refusal(), words);
        }
        assert_eq!(product.owner.number(TRACES), before, "nothing was launched");
    });
}

#[test]
fn an_institution_that_cannot_be_is_refused() {
    const OTHERS: [&str; 6] =
        ["--unset-sms", "explicit", "--unset-phone", "explicit", "--unset-post", "explicit"];
    product::run_commands(|product| {
        let create = |more: &[&str]| {
            product
                .rappel(&[&["institution", "--code", "x", "--name", "X"], &OTHERS[..], more].concat())
                .refusal()
        };
        let paris = ["--zone", "Europe/Paris"];
        says(
            &create(&[&paris[..], &["--unset-email", "maybe"]].concat()),
            &["--unset-email: maybe", "soft_opt_in"],
        );
        says(
            &create(&[&paris[..], &["--unset-email", "refusals_only"]].concat()),
            &["unset_reason", "dated reason"],
        );
        says(
            &create(&["--zone", "Mars/Olympus", "--unset-email", "explicit"]),
            &["zone: Mars/Olympus", "Europe/Paris"],
        );
        let long = ["--unset-email", "explicit", "--retention-months", "99"];
        says(&create(&[&paris[..], &long].concat()), &["retention_months", "1 to 36"]);
        says(
            &create(&[&paris[..], &["--unset-email", "explicit", "--pack", "XX"]].concat()),
            &["--pack", "BE, CH, FR, IT, QC"],
        );
        says(
            &create(&[&paris[..], &["--unset-email", "refusals_only", "--pack", "IT"]].concat()),
            &["unset_email: the IT pack does not allow refusals_only", "unset_reason"],
        );
        let silent = product.rappel(&[
            "institution",
            "--code",
            "x",
            "--name",
            "X",
            "--zone",
            "Europe/Paris",
            "--unset-email",
            "explicit",
        ]);
        assert!(!silent.succeeded, "what unset means has no default");
        says(&silent.complained, &["--unset-sms", "--unset-phone", "--unset-post"]);
        assert_eq!(product.owner.number("SELECT count(*) FROM institution"), 0);
        product.institution("x");
        let taken = create(&[&paris[..], &["--unset-email", "explicit"]].concat());
        says(&taken, &["there is an institution x already"]);
        assert!(!taken.contains("constraint"), "in words of people: {taken}");
    });
}
