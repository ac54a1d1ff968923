//! However late somebody says no: the decision is taken again immediately before the wire.

use serde_json::json;

use super::in_both_arrangements;
use crate::support::campaign::Campaign;
use crate::support::client::ONE_CLICK;
use crate::support::files::{Answer, File, Person, address, house_of, people};
use crate::support::product::Product;

in_both_arrangements! { whoever_refuses_after_the_launch_gets_nothing }

fn whoever_refuses_after_the_launch_gets_nothing(product: &mut Product) {
    product.institution("masques");
    let persons = ["anna", "bruno", "clara"].map(Person::new);
    product.import("masques", &house_of(&persons));
    let (earlier, _) = product.launch(&Campaign::news("masques", "earlier"));
    product.settled(&earlier);
    let url = product.mail_to(&address("bruno")).unsubscribe_url();

    let launch = product.while_nothing_is_dispatched(|| {
        let (launch, waterfall) = product.launch(&Campaign::news("masques", "late"));
        assert_eq!(waterfall["planned"], json!(3));
        assert_eq!(product.client().post(&url, ONE_CLICK).status, 200);
        let answers = people(&[Person::new("clara").answering(Answer::No)]).remove(1);
        product.import("masques", &[File { as_of: "2026-03-02T08:59:00Z".to_owned(), ..answers }]);
        launch
    });

    let status = product.settled(&launch);
    assert_eq!(
        (&status["accepted"], &status["excluded_at_claim"]),
        (&json!(1), &json!({"channel_refusal": 2}))
    );
    for (person, messages) in [("anna", 2), ("bruno", 1), ("clara", 1)] {
        assert_eq!(product.all_mail_to(&address(person)).len(), messages, "{person}");
    }
    and_why_is_told(product, &launch.occurrence);
}

/// By what the launch froze, and by the evidence of each day under the policy of that day.
fn and_why_is_told(product: &Product, occurrence: &str) {
    let told = product.why("masques", "bruno", &["--launch", occurrence]);
    assert_eq!(told["frozen"]["at_launch"], json!({"allowed": true, "basis": "proven"}));
    assert_eq!(told["frozen"]["at_claim"]["reason"], json!("channel_refusal"));
    assert_eq!(told["target"]["matched_at_launch"], json!(true));
    assert_eq!(told["permission_then"]["decision"], json!({"allowed": true, "basis": "proven"}));
    let evidence = &told["permission_then"]["evidence"][0];
    assert_eq!(
        (&evidence["wording"], &evidence["pointer"]),
        (&json!("tickets/NEWS"), &json!("collection point DESK form F-bruno"))
    );

    let told = product.why("masques", "bruno", &["--organisation", "OPERA"]);
    assert_eq!(told["decision"]["reason"], json!("channel_refusal"), "{told}");
    let evidence = &told["reasons"][0]["evidence"][0];
    assert_eq!(
        (&evidence["origin"], &evidence["organisation"]),
        (&json!("one_click"), &json!("tickets/OPERA"))
    );
    let told = product.why("masques", "bruno", &["--organisation", "CLUB"]);
    assert_eq!(
        told["decision"]["allowed"],
        json!(true),
        "one-click refuses for the organisation that sent: {told}"
    );
    // Nothing was known of anybody the day before the files came.
    let told = product.why("masques", "bruno", &["--on", "2026-03-01"]);
    assert_eq!((&told["decision"]["reason"], &told["policy"]["version"]), (&json!("no_consent"), &json!(1)));
    let nobody = ["why", "--institution", "masques", "--source", "tickets", "--contact", "dora"];
    assert!(product.rappel(&nobody).refusal().contains("there is no contact dora from tickets"));
}
