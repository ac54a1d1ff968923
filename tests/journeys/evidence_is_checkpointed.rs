//! A signed checkpoint that is kept elsewhere proves that the evidence was not made anew, by whoever rules the database (CO-10).

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::in_both_arrangements;
use crate::support::command::Ran;
use crate::support::files::{Person, house_of};
use crate::support::product::Product;
use crate::support::settings::Settings;
use crate::support::wait;

in_both_arrangements! { a_checkpoint_outlives_the_database }

/// Records that no seal covers.
const UNSEALED: &str = "SELECT count(*) FROM consent_record r
    WHERE NOT EXISTS (SELECT FROM seal_leaf l WHERE l.institution_id = r.institution_id AND l.record_id = r.record_id)";

/// A record is altered, and the seal thrown away. What makes it anew is the product itself.
const REWRITTEN: &str = "WITH leaves AS (DELETE FROM seal_leaf), epochs AS (DELETE FROM seal_epoch)
    UPDATE consent_record SET pointer = 'forged' WHERE record_id = (SELECT min(record_id::text)::uuid FROM consent_record)";

fn sealed(product: &Product) {
    wait::until("everything is sealed", || product.owner.number(UNSEALED) == 0);
}

fn verify(product: &Product, institution: &str, more: &[&str]) -> Ran {
    product.rappel(&[&["verify", "--institution", institution, "evidence"], more].concat())
}

/// Writes a checkpoint and says where.
fn checkpoint(product: &Product, institution: &str) -> String {
    let folder = product.folder().display().to_string();
    let said = product.rappel(&["checkpoint", "--institution", institution, "--out", &folder]).said();
    said.trim_end().to_owned()
}

#[track_caller]
fn refused(ran: Ran, words: &str) {
    let sentence = ran.refusal();
    assert!(sentence.contains(words), "`{words}` is missing: {sentence}");
}

fn a_checkpoint_outlives_the_database(product: &mut Product) {
    for house in ["masques", "odeon"] {
        product.institution(house);
    }
    let folder = product.folder().display().to_string();
    let early = product.rappel(&["checkpoint", "--institution", "masques", "--out", &folder]);
    refused(early, "nothing of masques is sealed yet");
    product.import("masques", &house_of(&["anna", "bruno"].map(Person::new)));
    sealed(product);
    let path = checkpoint(product, "masques");
    assert!(path.contains("/masques."), "{path}");
    let kept: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(kept["records"], product.owner.number("SELECT count(*) FROM consent_record"));

    product.import("masques", &house_of(&["anna", "bruno", "clara"].map(Person::new)));
    sealed(product);
    let said = verify(product, "masques", &["--checkpoint", &path]).said();
    assert!(said.contains("it is the one of the checkpoint of 20"), "{said}");

    refused(verify(product, "odeon", &["--checkpoint", &path]), "is of institution masques, not of odeon");
    edited_or_of_another_key(product, &path, &kept);

    product.owner.execute(REWRITTEN);
    sealed(product);
    verify(product, "masques", &[]).said();
    refused(verify(product, "masques", &["--checkpoint", &path]), "the checkpoint of 20");
    let anew = checkpoint(product, "masques");
    verify(product, "masques", &["--checkpoint", &anew]).said();
}

/// The file is what it was, and the key is the one that signed it.
fn edited_or_of_another_key(product: &Product, path: &str, kept: &Value) {
    let with = |text: &str| {
        let file = product.folder().join("other.checkpoint.json");
        fs::write(&file, text).unwrap();
        verify(product, "masques", &["--checkpoint", &file.display().to_string()])
    };
    let mut edited = kept.clone();
    edited["records"] = Value::from(kept["records"].as_i64().unwrap() + 1);
    refused(with(&edited.to_string()), "was altered, or checkpoint key 1 did not sign it");
    edited["key"] = Value::from(2);
    refused(with(&edited.to_string()), "checkpoint.2.pub");
    refused(with("{}"), "is no checkpoint");

    let other = Settings::nowhere(&product.folder().join("other"));
    fs::create_dir(&other.folder).unwrap();
    let made = crate::support::command::rappel(Some(&other.write()), &[], &["keys"]).said();
    let public = other.state().join("keys/checkpoint.1.pub");
    let text = fs::read_to_string(&public).unwrap();
    assert!(made.contains(text.trim()), "the public part is printed: {made}");
    let with_key = |key: &Path| {
        let key = key.display().to_string();
        verify(product, "masques", &["--checkpoint", path, "--public-key", &key])
    };
    refused(with_key(&public), "checkpoint key 1 did not sign it");
    with_key(&product.settings.state().join("keys/checkpoint.1.pub")).said();
}
