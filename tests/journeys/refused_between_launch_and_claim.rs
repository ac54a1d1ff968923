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
}
