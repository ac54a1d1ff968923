//! A campaign to several targets, less those of an exclusion, those who had enough lately, and those who are left alone to
//! measure: each of them is counted before, frozen at launch, and decided again at the claim.

use std::collections::BTreeSet;
use std::fs;

use chrono::TimeDelta;
use model::holdout::Holdout;
use serde_json::{Value, json};

use super::bad_input_says_what_is_wrong::says;
use super::in_both_arrangements;
use crate::support::campaign::Campaign;
use crate::support::files::{Person, address, house_of};
use crate::support::product::{self, Product};

in_both_arrangements! {
    a_campaign_goes_to_its_targets_and_to_nobody_else,
    two_launches_under_a_cap_write_once,
    a_series_leaves_the_same_people_alone,
}

/// Three in each group; the day of birth and the day since when they are known tell the groups apart.
const GROUPS: [(&str, &str, &str); 6] = [
    ("elder", "1960-01-01", "2025-06-01"),
    ("both", "1960-01-01", "2025-07-15"),
    ("newcomer", "1990-01-01", "2025-07-15"),
    ("seventies", "1977-01-01", "2025-07-15"),
    // Nobody knows when they were born: perhaps in the seventies.
    ("unknown", "", "2025-07-15"),
    ("other", "1990-01-01", "2025-06-01"),
];

fn everybody() -> Vec<Person> {
    let group = |(name, born, known): (&str, &'static str, &'static str)| {
        (0..3)
            .map(move |n| Person::new(format!("{name}-{n}")).born(born).known_since(known))
            .collect::<Vec<_>>()
    };
    GROUPS.into_iter().flat_map(group).collect()
}

fn elders() -> Value {
    json!({"leaf": "identity", "field": "birth_date", "before": "19700101"})
}

fn newcomers() -> Value {
    json!({"leaf": "identity", "field": "created_on", "after": "20250630"})
}

fn seventies() -> Value {
    json!({"leaf": "identity", "field": "birth_date", "between": ["19700101", "19791231"]})
}

fn campaign(key: &str) -> Campaign {
    Campaign::news("masques", key)
        .without("target")
        .with("targets", json!([{"name": "elders", "query": elders()}, newcomers()]))
        .with("exclude", json!([{"name": "seventies", "query": seventies()}]))
}

fn cap(product: &Product, messages: &str, days: &str) -> String {
    let set = ["--messages", messages, "--days", days, "--by", "Zoé"];
    product.rappel(&[&["cap", "--institution", "masques"], &set[..]].concat()).said()
}

fn reached(product: &Product) -> BTreeSet<String> {
    product.sink.accepted().into_iter().flat_map(|mail| mail.to).collect()
}

fn addresses(groups: &[&str]) -> BTreeSet<String> {
    groups.iter().flat_map(|group| (0..3).map(move |n| address(&format!("{group}-{n}")))).collect()
}

fn a_campaign_goes_to_its_targets_and_to_nobody_else(product: &mut Product) {
    product.institution("masques");
    product.import("masques", &house_of(&everybody()));
    let (first, frozen) = product.launch(&campaign("first"));
    assert_eq!((&frozen["matched"], &frozen["planned"]), (&json!(15), &json!(9)));
    assert_eq!(frozen["excluded"], json!({"excluded_target": 6}));
    assert_eq!(
        frozen["targets"],
        json!([
            {"name": "elders", "matched": 6, "only": 3},
            {"name": "target 2", "matched": 12, "only": 9},
        ])
    );
    assert_eq!(frozen["exclusions"], json!([{"name": "seventies", "matched": 3, "unknown": 3}]));
    assert_eq!(product.settled(&first)["accepted"], json!(9));
    assert_eq!(reached(product), addresses(&["elder", "both", "newcomer"]));
    assert_eq!(product.sink.accepted().len(), 9, "who is in both targets gets one message");

    // The box office sets a cap: whoever got that message has had enough for a week.
    assert!(cap(product, "1", "7").contains("at most 1 in 7 days"));
    let everyone = Campaign::news("masques", "second");
    let counted = product.count(&everyone);
    assert_eq!((&counted["planned"], &counted["excluded"]), (&json!(9), &json!({"frequency_cap": 9})));
    assert_eq!(counted["without"], json!({"frequency_cap": 9}));
    let (second, _) = product.launch(&everyone);
    assert_eq!(product.settled(&second)["accepted"], json!(9));
    assert_eq!(product.sink.accepted().len(), 18, "and now everybody got one");
    assert_eq!(product.count(&campaign("third"))["planned"], json!(0));
    product.advance(TimeDelta::days(8));
    let counted = product.count(&campaign("third"));
    assert_eq!((&counted["planned"], &counted["excluded"]), (&json!(9), &frozen["excluded"]));
}

/// The cap comes when both are planned already: the claims alone keep it.
fn two_launches_under_a_cap_write_once(product: &mut Product) {
    product.institution("masques");
    product.import("masques", &house_of(&everybody()));
    let (one, other) = product.while_nothing_is_dispatched(|| {
        let (one, _) = product.launch(&Campaign::news("masques", "one"));
        let (other, waterfall) = product.launch(&Campaign::news("masques", "other"));
        assert_eq!(waterfall["planned"], json!(18));
        cap(product, "1", "30");
        (one, other)
    });
    let (one, other) = (product.settled(&one), product.settled(&other));
    let taken = [&one, &other].map(|status| status["accepted"].as_i64().unwrap());
    assert_eq!(taken.iter().sum::<i64>(), 18);
    for (status, taken) in [(&one, taken[0]), (&other, taken[1])] {
        let too_many = status["excluded_at_claim"]["frequency_cap"].as_i64().unwrap_or_default();
        assert_eq!(too_many, 18 - taken, "{status}");
    }
    assert_eq!(product.sink.accepted().len(), 18);
    assert_eq!(reached(product).len(), 18, "nobody got two");
}

fn a_series_leaves_the_same_people_alone(product: &mut Product) {
    product.institution("masques");
    product.import("masques", &house_of(&everybody()));
    let in_series = |key: &str, name: &str| {
        Campaign::news("masques", key).with("holdout", json!({"percent": 50, "name": name}))
    };
    let (first, frozen) = product.launch(&in_series("first", "season"));
    product.settled(&first);
    let left_alone = held_out(product, "season");
    let number = frozen["excluded"]["holdout"].as_u64().unwrap_or_default();
    assert_eq!(number, left_alone.len() as u64);
    let reached_first = reached(product);
    assert!(left_alone.iter().all(|person| !reached_first.contains(&address(person))));
    assert_eq!(reached_first.len() + left_alone.len(), 18);

    let (again, _) = product.launch(&in_series("again", "season"));
    product.settled(&again);
    assert_eq!(reached(product), reached_first, "the same people, whenever the series runs");
    let (other, frozen) = product.launch(&in_series("other", "newsletter"));
    product.settled(&other);
    let other = held_out(product, "newsletter");
    assert_eq!(frozen["excluded"]["holdout"].as_u64().unwrap_or_default(), other.len() as u64);
}

/// Whom the rule holds out of a series, by the buckets that chance gave them.
fn held_out(product: &Product, series: &str) -> Vec<String> {
    let buckets = Holdout { percent: 50, name: series.to_owned() }.buckets();
    let people = product.owner.rows::<(String, i16)>("SELECT external_id, bucket FROM contact");
    let is_held_out = |bucket: i16| buckets.contains(&u16::try_from(bucket).unwrap());
    people.into_iter().filter(|(_, bucket)| is_held_out(*bucket)).map(|(person, _)| person).collect()
}

#[test]
fn bare_targets_are_counted_and_each_step_has_its_list() {
    product::run_commands(|product| {
        product.institution("masques");
        product.import("masques", &house_of(&everybody()));
        let folder = product.folder();
        let file = |name: &str, query: &Value| {
            let path = folder.join(format!("{name}.json"));
            fs::write(&path, query.to_string()).unwrap();
            path.display().to_string()
        };
        let (elders, newcomers) = (file("elders", &elders()), file("newcomers", &newcomers()));
        let seventies = file("seventies", &seventies());
        let asked = [
            "count",
            "--institution",
            "masques",
            "--target",
            &elders,
            "--target",
            &newcomers,
            "--exclude",
            &seventies,
            "--purpose",
            "marketing",
            "--channel",
            "email",
            "--organisation",
            "OPERA",
        ];
        let counted = product.rappel(&[&asked[..], &["--json"]].concat()).json();
        let mut of_campaign = product.count(&campaign("none-of-this-is-launched"));
        of_campaign["targets"][1]["name"] = json!("newcomers");
        assert_eq!(counted, of_campaign, "the same path as for a campaign");

        let out = |name: &str| folder.join(name).display().to_string();
        for (step, groups) in
            [("excluded_target", &["seventies", "unknown"][..]), ("planned", &["elder", "both", "newcomer"])]
        {
            let path = out(&format!("{step}.csv"));
            let listing = [&asked[..], &["--list", step, "--out", &path]].concat();
            let said = product.rappel(&listing).said();
            assert!(!said.contains("elder-0") && !said.contains("unknown-0"), "never on the screen: {said}");
            assert!(said.contains("-6  excluded_target  (without this row: 6 more)"), "{said}");
            let listed: BTreeSet<String> = csv::Reader::from_path(&path)
                .unwrap()
                .records()
                .map(|row| {
                    let row = row.unwrap();
                    assert_eq!(&row[0], "tickets");
                    assert_eq!(&row[2], if step == "planned" { "" } else { step });
                    address(&row[1])
                })
                .collect();
            assert_eq!(listed, addresses(groups));
            says(&product.rappel(&listing).complained, &["--out", "exists"]);
        }
        let refused = |more: &[&str]| product.rappel(&[&asked[..], more].concat()).refusal();
        says(
            &refused(&["--list", "horoscope", "--out", &out("x.csv")]),
            &["--list: horoscope", "planned", "no_consent"],
        );
        let notice = asked.map(|word| if word == "marketing" { "contract_notice" } else { word });
        says(&product.rappel(&notice).refusal(), &["contract notice", "order lines"]);
        let pigeon = asked.map(|word| if word == "email" { "pigeon" } else { word });
        says(&product.rappel(&pigeon).refusal(), &["--channel: pigeon", "email"]);
    });
}
