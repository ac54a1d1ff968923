//! A launch to a large part of the file, or to others than were reviewed, needs its number; without it nothing happens at all.

use serde_json::json;

use super::bad_input_says_what_is_wrong::says;
use super::in_both_arrangements;
use crate::support::campaign::Campaign;
use crate::support::files::{Person, house_of};
use crate::support::product::{self, Product};

const TRACES: &str = "SELECT (SELECT count(*) FROM launch) + (SELECT count(*) FROM message) + (SELECT count(*) FROM content_version)
                           + (SELECT count(*) FROM link)";

/// Twenty people, of whom the first of `born` 1960 are meant.
fn file(meant: usize) -> Vec<Person> {
    let born = |number| if number < meant { "1960-01-01" } else { "1990-01-01" };
    (0..20).map(|number| Person::new(format!("p-{number}")).born(born(number))).collect()
}

fn elders(key: &str) -> Campaign {
    Campaign::news("masques", key)
        .to(json!({"leaf": "identity", "field": "birth_date", "before": "19700101"}))
}

#[test]
fn a_large_or_surprising_launch_waits_for_its_number() {
    product::run_commands(|product| {
        product.institution("masques");
        product.import("masques", &house_of(&file(5)));
        let refused = |campaign: &Campaign, more: &[&str]| {
            let refusal = product.about_with("launch", campaign, more).refusal();
            assert_eq!(product.owner.number(TRACES), 0, "nothing is half-applied");
            refusal
        };
        let large = ["5 of the 20 contacts", "more than 20 %", "nothing was launched", "--confirm 5"];
        says(&refused(&elders("large"), &[]), &large);
        says(
            &refused(&elders("large"), &["--confirm", "20"]),
            &["5 of the 20", "typed is 20", "--confirm 5"],
        );
        says(
            &refused(&elders("large"), &["--reviewed", "7"]),
            &["more than 20 %", "the 7 that were reviewed"],
        );
    });
}

in_both_arrangements! { a_small_launch_as_reviewed_needs_no_number }

fn a_small_launch_as_reviewed_needs_no_number(product: &mut Product) {
    product.institution("masques");
    product.import("masques", &house_of(&file(4)));
    // Four of twenty are the fifth part, not more. The file says what was reviewed; the command line says it again, later.
    let drifted = elders("season").with("reviewed", json!(6));
    let refusal = product.about("launch", &drifted).refusal();
    says(&refusal, &["4 of the 20", "differs by more than 10 %", "the 6 that were reviewed", "--confirm 4"]);
    assert_eq!(product.owner.number(TRACES), 0);
    let launched = product.about_with("launch", &drifted, &["--reviewed", "4"]).json();
    assert_eq!((&launched["new"], &launched["waterfall"]["planned"]), (&json!(true), &json!(4)));
    let again = product.about("launch", &drifted).json();
    assert_eq!((&again["new"], &again["occurrence"]), (&json!(false), &launched["occurrence"]));
    let confirmed =
        product.about_with("launch", &Campaign::news("masques", "all"), &["--confirm", "20"]).json();
    assert_eq!(confirmed["waterfall"]["planned"], json!(20));
}
