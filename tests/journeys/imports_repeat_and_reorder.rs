//! Files may come twice and in any order: what is known in the end is the same.

use serde_json::json;

use crate::support::campaign::Campaign;
use crate::support::chance::Chance;
use crate::support::files::{Answer, File, Person, house_of};
use crate::support::product::{self, Product};

/// What an institution knows, by the names of the source alone.
const KNOWN: &[(&str, &str)] = &[
    ("contacts", include_str!("known/contacts.sql")),
    ("gates", include_str!("known/gates.sql")),
    ("answers", include_str!("known/answers.sql")),
    ("order lines", include_str!("known/order_lines.sql")),
    ("activities", include_str!("known/activities.sql")),
    ("products", include_str!("known/products.sql")),
];

/// Files of two nights: the second one corrects the first.
fn files() -> Vec<File> {
    let persons = [
        Person::new("anna"),
        Person::new("bruno").answering(Answer::No),
        Person::new("clara").answering(Answer::Unset),
        Person::new("twin").at("anna@planted.example"),
    ];
    let orders = |state: &str| {
        File::new(
            "order_lines",
            format!(
                "external_id,organisation,product,purchaser,cultural_contact,state,ordered_on,quantity,amount,opt_out_wording\n\
                 L1,OPERA,GALA,anna,clara,{state},2026-01-10,2,84.00,SALE\n\
                 L2,CLUB,RECORD,bruno,,sold,2025-11-03,1,12.50,\n"
            ),
        )
    };
    let gala = |day: &str| {
        File::new(
            "products",
            format!(
                "external_id,organisation,name,category,valid_on,state\nGALA,OPERA,Gala,opera,{day},postponed\n"
            ),
        )
    };
    let later = |file: File| File { as_of: "2026-03-02T08:30:00Z".to_owned(), ..file };
    let waiting = File::new(
        "activities",
        "external_id,contact,kind,organisation,product,happened_on,amount\nA1,bruno,waiting_list,OPERA,GALA,2026-02-01,\n",
    );
    let mut files = house_of(&persons);
    files.extend([orders("sold"), waiting, later(orders("returned")), later(gala("2026-05-30"))]);
    files
}

#[test]
fn the_same_files_twice_and_in_another_order_give_the_same_file() {
    product::run_commands(|product| {
        let mut chance = Chance::of_this_run();
        let files = files();
        let mut first = None;
        for round in 0..4 {
            let house = format!("house{round}");
            product.institution(&house);
            let mut order = [files.clone(), if round == 0 { Vec::new() } else { files.clone() }].concat();
            if round > 1 {
                chance.shuffle(&mut order);
            }
            product.import(&house, &order);
            let known = known(product, &house);
            let waiting = product.owner.texts_of(include_str!("known/waiting.sql"), &house);
            assert!(waiting.is_empty(), "everything that waited has come: {house}: {waiting:?}");
            match &first {
                None => first = Some(known),
                Some(first) => assert_eq!(*first, known, "{house} knows something else"),
            }
        }
        let reachable = product.count(&Campaign::news("house0", "any"));
        let expected = json!({"channel_refusal": 1, "no_consent": 1, "same_address": 1});
        assert_eq!(
            (&reachable["planned"], &reachable["excluded"]),
            (&json!(1), &expected),
            "and it is what the files say"
        );
    });
}

#[test]
fn a_second_import_changes_nothing_and_says_so() {
    product::run_commands(|product| {
        product.institution("masques");
        product.import("masques", &files());
        for (file, report) in files().iter().zip(product.import("masques", &files())) {
            let changed: Vec<&str> = report
                .lines()
                .filter(|line| line.ends_with("  new") || line.ends_with("  changed"))
                .collect();
            assert!(
                changed.iter().all(|line| line.trim_start().starts_with("0 ")),
                "{}: {report}",
                file.kind
            );
        }
    });
}

fn known(product: &Product, house: &str) -> Vec<(&'static str, Vec<String>)> {
    KNOWN.iter().map(|(what, question)| (*what, product.owner.texts_of(question, house))).collect()
}
