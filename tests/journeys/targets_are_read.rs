//! A target is read before anybody is counted: in words, with what is wrong with it, and with whom it cannot judge.

use std::fs;

use serde_json::{Value, json};

use super::bad_input_says_what_is_wrong::says;
use crate::support::campaign::Campaign;
use crate::support::files::{Person, house_of};
use crate::support::product::{self, Product};

fn ask(product: &Product, question: &[&str], target: &Value) -> crate::support::command::Ran {
    let path = product.folder().join("target.json");
    fs::write(&path, target.to_string()).unwrap();
    let path = path.display().to_string();
    product.rappel(&[&["target"], question, &["--institution", "masques", &path]].concat())
}

fn gala() -> Value {
    json!({"all": [
        {"leaf": "identity", "field": "email", "contains": "planted"},
        {"leaf": "activity", "kinds": ["sale"], "organisation": "OPERA",
         "product": {"source": "tickets", "external_id": "GALA"}, "has": true, "off": true},
    ]})
}

#[test]
fn a_target_is_said_in_words_with_the_names_of_its_institution() {
    product::run_commands(|product| {
        product.institution("masques");
        product.import("masques", &house_of(&[Person::new("anna")]));
        let said = ask(product, &["words", "--language", "fr"], &gala()).said();
        says(
            &said,
            &[
                "Contacts qui remplissent toutes ces conditions\u{202f}:",
                "- L’adresse e-mail contient «\u{202f}planted\u{202f}»",
                "- Désactivé\u{202f}: au moins un achat (organisation\u{202f}: «\u{202f}Opéra des Masques\u{202f}»",
                "produit\u{202f}: «\u{202f}Gala\u{202f}»",
            ],
        );
        // The target of a campaign reads the same.
        let campaign = Campaign::news("masques", "gala").to(gala());
        assert_eq!(ask(product, &["words", "--language", "fr"], &campaign.file).said(), said);
        says(&ask(product, &["words"], &gala()).said(), &["Contacts who meet all of these conditions:"]);
        says(&ask(product, &["words", "--language", "xx"], &gala()).refusal(), &["xx", "en, fr, it, de"]);
    });
}

#[test]
fn a_check_names_the_leaf_that_is_wrong_and_whom_a_right_one_cannot_judge() {
    product::run_commands(|product| {
        product.institution("masques");
        let people = [Person::new("anna"), Person::new("boris").without_address()];
        product.import("masques", &house_of(&people));
        let unknown = "/all/0: For 1 contact, the email address is not on file";
        says(&ask(product, &["check"], &gala()).said(), &["the target can be used", unknown]);
        let campaign =
            Campaign::news("masques", "gala").to(gala()).write(&product.folder()).display().to_string();
        let counted = product.rappel(&["count", "--institution", "masques", &campaign]).said();
        says(&counted, &["matched by the target", unknown]);

        let wrong = json!({"any": [
            {"leaf": "identity", "field": "city", "equals": "Lyon"},
            {"leaf": "identity", "field": "city", "not_equals": "Lyon"},
        ]});
        says(&ask(product, &["check"], &wrong).refusal(), &["/any/1", "says nothing beside /any/0"]);
        let unreadable = json!({"all": [{"leaf": "horoscope", "sign": "leo"}]});
        says(&ask(product, &["check"], &unreadable).refusal(), &["/all/0", "horoscope"]);
    });
}

#[test]
fn the_schema_is_the_published_one() {
    let said = crate::support::command::rappel(None, &[], &["target", "schema"]).said();
    let published = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/target.schema.json");
    assert_eq!(said, fs::read_to_string(published).unwrap());
}
