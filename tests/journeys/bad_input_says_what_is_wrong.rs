//! Whatever is wrong, one clear sentence says it with what would be right, and nothing is half applied.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::campaign::Campaign;
use crate::support::command::rappel;
use crate::support::files::{File, Person, house, house_of};
use crate::support::product::{self, Product};
use crate::support::roles::Arrangement;
use crate::support::settings::{Database, Settings};

/// Everything that a refused command could have left behind.
const TRACES: &str = "SELECT (SELECT count(*) FROM contact) + (SELECT count(*) FROM launch) + (SELECT count(*) FROM message)
                           + (SELECT count(*) FROM consent_record) + (SELECT count(*) FROM waiting_row) + (SELECT count(*) FROM link)";

#[track_caller]
fn says(sentence: &str, words: &[&str]) {
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
            ("contacts", "kind,email\nindividual,a@b.example\n", &["external_id is missing"]),
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
    product::run_commands(|product| {
        let create = |more: &[&str]| {
            product.rappel(&[&["institution", "--code", "x", "--name", "X"], more].concat()).refusal()
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
            &["--pack", "FR"],
        );
        assert_eq!(product.owner.number("SELECT count(*) FROM institution"), 0);
    });
}

/// Every role, and a command.
const STARTS: &[&str] = &["work", "schedule", "track", "all", "count"];

/// Each of `starts` under these settings refuses soon, with these words.
#[track_caller]
fn each_refuses(product: &Product, starts: &[&str], settings: &Settings, words: &[&str]) {
    settings.write();
    let campaign = Campaign::news("masques", "any").write(&product.folder()).display().to_string();
    for start in starts {
        let more: &[&str] = if *start == "count" { &["--institution", "masques", &campaign] } else { &[] };
        let since = Instant::now();
        says(&rappel(Some(&settings.path()), &[], &[&[*start], more].concat()).refusal(), words);
        assert!(since.elapsed() < Duration::from_secs(10), "{start} took {:?} to say so", since.elapsed());
    }
    product.settings.write();
}

#[test]
fn a_missing_database_is_named() {
    product::run_commands(|product| {
        let missing = Settings { database: Database::missing(), ..product.settings.clone() };
        each_refuses(product, STARTS, &missing, &["cannot reach the database", "127.0.0.1:1"]);
    });
}

#[test]
fn a_schema_of_another_version_is_named_with_both_versions() {
    product::run_commands(|product| {
        let bare = product.postgres.bare_database();
        let bare = Database::on(product.postgres.server(), &bare);
        let bare = Settings { database: bare, ..product.settings.clone() };
        each_refuses(product, STARTS, &bare, &["schema version 0", "rappel migrate"]);
        product.owner.execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', true, '', 0)",
        );
        each_refuses(product, STARTS, &product.settings, &["schema version 9999", "matching release"]);
        product.owner.execute("DELETE FROM _sqlx_migrations WHERE version = 9999");
    });
}

#[test]
fn a_role_that_could_see_every_institution_is_refused() {
    product::run_commands(|product| {
        let mut owner = product.settings.clone();
        owner.database.app_url = owner.database.owner_url.clone();
        each_refuses(product, STARTS, &owner, &["role postgres", "row-level security", "rappel_app"]);
    });
}

#[test]
fn a_missing_broker_is_named() {
    let nobody = "amqp://guest:guest@127.0.0.1:1/%2f";
    product::run_commands(|product| {
        let missing = Settings { broker_url: nobody.to_owned(), ..product.settings.clone() };
        each_refuses(product, &["work", "schedule", "track", "all"], &missing, &["broker", "127.0.0.1:1"]);
    });
}

#[test]
fn a_port_in_use_is_named() {
    product::run(Arrangement::OneProcess, |product| {
        let port = format!("127.0.0.1:{}", product.settings.tracker_port);
        each_refuses(product, &["track", "all"], &product.settings, &[&port, "in use"]);
    });
}

#[test]
fn an_unknown_setting_is_named() {
    product::run_commands(|product| {
        for (more, words) in [
            ("[relay.colour]\n", &["colour", "ops/product.toml"]),
            ("[kitchen]\nsink = 1\n", &["kitchen", "ops/product.toml"]),
            ("[log]\nformat = \"morse\"\n", &["morse", "log.format"]),
        ] {
            let wrong = Settings { more: more.to_owned(), ..product.settings.clone() };
            each_refuses(product, STARTS, &wrong, words);
        }
    });
}

#[test]
fn settings_come_from_variables_too_and_are_checked_as_strictly() {
    let unknown =
        rappel(None, &[("RAPPEL__RELAY__COLOUR", "blue"), ("RAPPEL__STATE", "/nonexistent")], &["keys"]);
    says(&unknown.refusal(), &["the environment"]);
    let absent = rappel(Some(std::path::Path::new("/nonexistent/settings.toml")), &[], &["keys"]);
    says(&absent.refusal(), &["settings file /nonexistent/settings.toml"]);
}

#[test]
fn keys_are_asked_for_before_anything_is_done_without_them() {
    product::run_commands(|product| {
        product.institution("masques");
        let keys = product.settings.state().join("keys");
        let elsewhere = product.settings.state().join("keys-elsewhere");
        fs::rename(&keys, &elsewhere).unwrap();
        says(&product.import_one("masques", &house()[0]).refusal(), &["rappel keys"]);
        for role in ["work", "track", "all"] {
            says(&product.rappel(&[role]).refusal(), &["rappel keys"]);
        }
        fs::rename(&elsewhere, &keys).unwrap();
        fs::write(keys.join("address.1.key"), b"short").unwrap();
        says(&product.import_one("masques", &house()[0]).refusal(), &["address.1.key", "damaged", "32"]);
    });
}
