//! A target is saved under a code, named by others, frozen as a list, refreshed and put away; and it can be written to by its code.

use std::fs;

use serde_json::{Value, json};

use super::bad_input_says_what_is_wrong::says;
use crate::support::campaign::Campaign;
use crate::support::command::Ran;
use crate::support::files::{Answer, File, Person, house_of, people};
use crate::support::product::{self, Product};

fn elders() -> Value {
    json!({"leaf": "identity", "field": "birth_date", "before": "19700101"})
}

/// `rappel target …` with who does it.
fn target(product: &Product, arguments: &[&str]) -> Ran {
    product.rappel(&[&["target"], arguments, &["--institution", "masques"]].concat())
}

fn write(product: &Product, name: &str, content: &Value) -> String {
    let path = product.folder().join(name);
    fs::write(&path, content.to_string()).unwrap();
    path.display().to_string()
}

fn file() -> Vec<Person> {
    let born = |number| if number < 4 { "1960-01-01" } else { "1990-01-01" };
    let answer = |number| if number % 2 == 0 { Answer::Yes } else { Answer::Unset };
    (0..10)
        .map(|number| Person::new(format!("p-{number}")).born(born(number)).answering(answer(number)))
        .collect()
}

#[test]
fn a_saved_target_is_named_by_a_campaign_and_by_others() {
    product::run_commands(|product| {
        product.institution("masques");
        product.import("masques", &house_of(&file()));
        let path = write(product, "elders.json", &elders());
        says(
            &target(product, &["save", "elders", &path, "--by", "Ada", "--name", "The elders"]).said(),
            &["elders is saved, version 1"],
        );
        let of_elders = json!({"leaf": "membership", "in": "elders"});
        let campaign = Campaign::news("masques", "season").to(of_elders.clone());
        assert_eq!(product.about("count", &campaign).json()["matched"], 4);
        let words = write(product, "words.json", &of_elders);
        says(&target(product, &["words", &words]).said(), &["is in the target “The elders”"]);
        // A target that leads back to itself is refused, and so is putting away what another names.
        let back = write(product, "back.json", &of_elders);
        says(
            &target(product, &["save", "elders", &back, "--by", "Ada"]).refusal(),
            &["cannot ask for itself", "`elders` asks for `elders`"],
        );
        target(product, &["save", "same", &back, "--by", "Ada"]).said();
        says(&target(product, &["archive", "elders"]).refusal(), &["named by same"]);
        target(product, &["archive", "same"]).said();
        target(product, &["archive", "elders"]).said();
        says(&product.about("count", &campaign).refusal(), &["there is no target `elders`"]);
        assert_eq!(target(product, &["list", "--json"]).json(), json!([]));
    });
}

#[test]
fn a_list_is_frozen_and_refreshed_and_compared() {
    product::run_commands(|product| {
        product.institution("masques");
        product.import("masques", &house_of(&file()));
        let path = write(product, "elders.json", &elders());
        says(
            &target(product, &["freeze", "list", "--target-file", &path, "--by", "Ada"]).said(),
            &["list list, version 1: 4 contacts (4 came, 0 left)"],
        );
        target(product, &["save", "now", &path, "--by", "Ada"]).said();
        // Somebody comes whom the target selects and the list has not.
        product.import("masques", &people(&[Person::new("late").born("1950-01-01")])[..1]);
        let compared = json!({"only_one": 0, "both": 4, "only_other": 1});
        assert_eq!(target(product, &["compare", "list", "now", "--json"]).json(), compared);
        says(
            &target(product, &["refresh", "list", "--by", "Bea"]).said(),
            &["list list, version 2: 5 contacts (1 came, 0 left)"],
        );
        let history = target(product, &["history", "list", "--json"]).json();
        let versions: Vec<_> = history.as_array().unwrap().iter().map(|one| &one["made_by"]).collect();
        assert_eq!(versions, ["Bea", "Ada"]);
        says(&target(product, &["refresh", "now", "--by", "Bea"]).refusal(), &["is dynamic"]);
    });
}

#[test]
fn a_step_of_a_waterfall_becomes_a_list_that_says_where_it_is_from() {
    product::run_commands(|product| {
        product.institution("masques");
        product.import("masques", &house_of(&file()));
        let campaign = Campaign::news("masques", "season").write(&product.folder()).display().to_string();
        let frozen = |code, step| {
            target(product, &["freeze", code, "--campaign", &campaign, "--step", step, "--by", "Ada"])
        };
        says(&frozen("silent", "no_consent").said(), &["silent, version 1: 5 contacts"]);
        says(&frozen("planned", "planned").said(), &["planned, version 1: 5 contacts"]);
        says(&frozen("x", "bad_mood").refusal(), &["--step: bad_mood is none of planned, anonymised"]);
        let origin = &target(product, &["history", "silent", "--json"]).json()[0]["origin"];
        assert_eq!(origin, "the step no_consent of a waterfall");
        says(&target(product, &["refresh", "silent", "--by", "Ada"]).refusal(), &["cannot be asked again"]);
        says(&target(product, &["show", "silent"]).refusal(), &["from something that is no query"]);
    });
}

#[test]
fn scores_are_there_when_somebody_asks_for_them() {
    product::run_commands(|product| {
        product.institution("masques");
        product.import("masques", &house_of(&file()));
        let sales = "external_id,organisation,product,contact,kind,happened_on,amount\n\
                     S1,OPERA,RECORD,p-0,sale,2025-12-01,10.00\nS2,OPERA,RECORD,p-1,sale,2026-01-10,90.00\n";
        product.import("masques", &[File::new("activities", sales)]);
        let scores =
            |more: &[&str]| product.rappel(&[&["scores", "--institution", "masques"], more].concat()).said();
        says(&scores(&[]), &["has no scores"]);
        says(&scores(&["--compute-by", "Ada"]), &["2 contacts have scores", "wanted by Ada"]);
        let best = json!({"leaf": "score", "of": "monetary", "at_least": 3});
        let campaign = Campaign::news("masques", "season").to(best);
        assert_eq!(product.about("count", &campaign).json()["matched"], 1);
        says(&scores(&["--forget"]), &["has no scores"]);
    });
}
