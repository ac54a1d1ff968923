//! The relay takes longer to answer RCPT than a claim lives.

use super::fire::Trial;
use crate::support::campaign::Campaign;
use crate::support::client::ONE_CLICK;
use crate::support::files::{Person, address, house_of};
use crate::support::product;
use crate::support::roles::Arrangement;
use crate::support::wait;

/// Every slow message is authorised again just before its dot, and arrives once.
#[test]
fn eight_seconds_at_every_recipient_of_some() {
    let scripted = (0..3).map(|number| Person::scripted("slow-8", number)).collect();
    Trial { scripted, ..Trial::of("server slow for 8 s at RCPT") }.run(|_| 0);
}

/// Whoever refuses while the relay thinks gets nothing, although the claim was lawful when it was made.
#[test]
fn a_refusal_during_the_wait_is_honoured() {
    product::run(Arrangement::SeparateProcesses, |product| {
        product.institution("masques");
        product.import("masques", &house_of(&[Person::scripted("slow-8", 1).at(&address("anna"))]));
        let (first, _) = product.launch(&Campaign::news("masques", "first"));
        product.settled(&first);
        let url = product.mail_to(&address("anna")).unsubscribe_url();

        // The same person moves to an address behind a slow relay.
        let moved = Person::scripted("slow-8", 1);
        let mut files = house_of(&[moved]);
        for file in &mut files {
            file.as_of = "2026-03-02T08:30:00Z".to_owned();
        }
        product.import("masques", &files);
        let (second, _) = product.launch(&Campaign::news("masques", "second"));
        wait::until("the message is claimed", || {
            product.owner.number("SELECT count(*) FROM outbox WHERE claim_token IS NOT NULL") == 1
        });
        assert_eq!(product.client().post(&url, ONE_CLICK).status, 200);

        let status = product.settled(&second);
        assert_eq!(status["excluded_at_claim"], serde_json::json!({"channel_refusal": 1}), "{status}");
        assert_eq!(product.sink.accepted().len(), 1, "only the first message was ever taken");
    });
}
