//! A clear no of the relay is final; it makes an address invalid only when it is the recipient's fault (EM-72).

use serde_json::json;

use super::in_both_arrangements;
use crate::support::campaign::Campaign;
use crate::support::files::{Person, address, house_of};
use crate::support::product::Product;
use crate::support::wait;

in_both_arrangements! { only_the_recipients_fault_invalidates_an_address }

fn only_the_recipients_fault_invalidates_an_address(product: &mut Product) {
    product.institution("masques");
    let gone = Person::scripted("perm", 1);
    let same = Person::new("cohabits").at(&address("perm-1"));
    product.import("masques", &house_of(&[gone, same, Person::scripted("policy", 1), Person::new("anna")]));

    let (launch, waterfall) = product.launch(&Campaign::news("masques", "first"));
    assert_eq!((&waterfall["planned"], &waterfall["excluded"]), (&json!(3), &json!({"same_address": 1})));
    let status = product.settled(&launch);
    assert_eq!((&status["accepted"], &status["failed"]), (&json!(1), &json!(2)));
    let faults = product.owner.rows::<(i16, Option<String>, Option<i16>)>(
        "SELECT code, enhanced, fault FROM attempt WHERE outcome = 3 ORDER BY enhanced",
    );
    let expected = [(550, Some("5.1.1".to_owned()), Some(1)), (550, Some("5.7.1".to_owned()), Some(2))];
    assert_eq!(faults, expected, "1: the recipient's fault, 2: ours");

    // The gates follow in a transaction of their own.
    let reachable = || product.count(&Campaign::news("masques", "second"));
    wait::until("the address is invalid", || reachable()["excluded"] == json!({"address_invalid": 2}));
    assert_eq!(reachable()["planned"], json!(2), "anna, and the one whom only a policy refused");
}
