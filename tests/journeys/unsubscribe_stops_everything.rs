//! A no, given with one click, stops everything that it covers.

use serde_json::json;

use super::in_both_arrangements;
use crate::support::campaign::Campaign;
use crate::support::client::ONE_CLICK;
use crate::support::files::{Person, address, house_of};
use crate::support::product::Product;
use crate::support::wait;

in_both_arrangements! {
    one_click_stops_later_launches_for_everybody_at_the_address,
    the_page_changes_nothing_until_somebody_answers,
}

fn one_click_stops_later_launches_for_everybody_at_the_address(product: &mut Product) {
    product.institution("masques");
    let persons = [Person::new("anna"), Person::new("bruno"), Person::new("twin").at(&address("bruno"))];
    product.import("masques", &house_of(&persons));
    let (first, _) = product.launch(&Campaign::news("masques", "first"));
    product.settled(&first);

    let url = product.mail_to(&address("bruno")).unsubscribe_url();
    assert_eq!(product.client().post(&url, ONE_CLICK).status, 200);
    let refusals = "SELECT count(DISTINCT contact_id) FROM refusal";
    assert_eq!(
        product.owner.number(refusals),
        2,
        "the address is refused for both who have it, before the answer is given"
    );
    assert_eq!(product.client().post(&url, ONE_CLICK).status, 200, "saying no twice is no error");
    wait::until("the refusal is settled", || {
        product.owner.number("SELECT count(*) FROM refusal WHERE settled_at IS NULL") == 0
    });

    // One click refuses the organisation that sent.
    let (second, waterfall) = product.launch(&Campaign::news("masques", "second"));
    assert_eq!((&waterfall["planned"], &waterfall["excluded"]), (&json!(1), &json!({"channel_refusal": 2})));
    product.settled(&second);
    assert_eq!(product.all_mail_to(&address("bruno")).len(), 1, "only the first");
    assert_eq!(product.all_mail_to(&address("anna")).len(), 2);

    let other = Campaign::news("masques", "club").with("organisation", json!("CLUB"));
    let (third, waterfall) = product.launch(&other);
    assert_eq!(waterfall["planned"], json!(2), "another organisation was not refused");
    product.settled(&third);
}

fn the_page_changes_nothing_until_somebody_answers(product: &mut Product) {
    product.institution("masques");
    product.import("masques", &house_of(&[Person::new("anna")]));
    let (first, _) = product.launch(&Campaign::news("masques", "first"));
    product.settled(&first);
    let mail = product.mail_to(&address("anna"));
    let url = mail.unsubscribe_url();

    let page = product.client().get(&url, &[]);
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<form method=\"post\""), "{}", page.body);
    assert!(!page.body.contains("planted"), "the page names nobody: a forwarded link must not");
    product.client().head(&url, &[]);
    assert_eq!(
        product.owner.number("SELECT count(*) FROM refusal"),
        0,
        "no GET and no HEAD has a legal effect"
    );
    assert_eq!(
        product.client().post(&mail.links()[0], ONE_CLICK).status / 100,
        4,
        "a tracked link is no action"
    );

    let answered = product.client().post(&url, "scope=institution");
    assert_eq!(answered.status, 200);
    let (_, waterfall) =
        product.launch(&Campaign::news("masques", "club").with("organisation", json!("CLUB")));
    assert_eq!((&waterfall["planned"], &waterfall["excluded"]), (&json!(0), &json!({"channel_refusal": 1})));
}
