//! What is missing or set wrong around the product: one clear sentence from every role and command, before anything is done.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::bad_input_says_what_is_wrong::says;
use crate::support::campaign::Campaign;
use crate::support::command::{RAPPEL, rappel};
use crate::support::files::house;
use crate::support::product::{self, Product};
use crate::support::roles::Arrangement;
use crate::support::settings::{Database, Settings};

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
        let wrong: [(&str, &[&str]); 4] = [
            ("[relay.colour]\n", &["colour", "ops/product.toml"]),
            ("[kitchen]\nsink = 1\n", &["kitchen", "ops/product.toml"]),
            ("[log]\nformat = \"morse\"\n", &["morse", "log.format", "`json` or `text`"]),
            ("[log]\nfilter = \"info,=loud\"\n", &["log.filter", "info,=loud"]),
        ];
        for (more, words) in wrong {
            let wrong = Settings { more: more.to_owned(), ..product.settings.clone() };
            each_refuses(product, STARTS, &wrong, words);
        }
    });
}

#[test]
fn half_a_signature_is_refused() {
    product::run_commands(|product| {
        for (set, missing) in [("dkim_selector", "dkim_domain"), ("dkim_domain", "dkim_selector")] {
            let text = fs::read_to_string(product.settings.write()).unwrap();
            let rest: Vec<&str> = text.lines().filter(|line| !line.starts_with(missing)).collect();
            fs::write(product.settings.path(), rest.join("\n")).unwrap();
            let words = [format!("relay.{set} is set"), format!("relay.{missing} is missing")];
            says(&product.rappel(&["work"]).refusal(), &words.each_ref().map(String::as_str));
        }
        product.settings.write();
    });
}

#[test]
fn settings_come_from_variables_too_and_are_checked_as_strictly() {
    let unknown =
        rappel(None, &[("RAPPEL__RELAY__COLOUR", "blue"), ("RAPPEL__STATE", "/nonexistent")], &["keys"]);
    says(&unknown.refusal(), &["the environment"]);
    let absent = rappel(Some(std::path::Path::new("/nonexistent/settings.toml")), &[], &["keys"]);
    says(&absent.refusal(), &["settings file /nonexistent/settings.toml"]);
    let folder = servers::TemporaryFolder::open_to_all("rappel-e2e").unwrap();
    let settings = Settings::nowhere(folder.path()).write();
    let word = rappel(Some(&settings), &[("RAPPEL__RELAY__TLS", "morse")], &["keys"]);
    says(&word.refusal(), &["relay.tls", "morse", "`none`, `starttls`, `implicit`"]);
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

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    product::run_commands(|product| {
        let mut command = Command::new(RAPPEL);
        command.args(["keys", "--settings"]).arg(product.settings.path());
        let mut keys = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(keys.stdout.take());
        let ended = keys.wait_with_output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    });
}
