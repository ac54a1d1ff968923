//! A relay that cannot take a message now is asked again, by the schedule, until it can or the time is over (EM-63).

use chrono::{DateTime, Utc};
use serde_json::json;

use super::in_both_arrangements;
use crate::support::campaign::Campaign;
use crate::support::files::{Person, address, house_of};
use crate::support::product::{Product, minutes};
use crate::support::wait;

in_both_arrangements! { what_fails_for_now_is_tried_again, a_lost_answer_is_named_and_nothing_is_sent_again }

fn what_fails_for_now_is_tried_again(product: &mut Product) {
    product.institution("masques");
    let scripts = ["tempfail-once", "tempfail", "421", "drop-before-dot"];
    let persons: Vec<Person> =
        scripts.iter().map(|script| Person::scripted(script, 1)).chain([Person::new("anna")]).collect();
    product.import("masques", &house_of(&persons));
    product.caused.unknown = 1;
    let (launch, _) = product.launch(&Campaign::news("masques", "season"));

    let mut advances = 0;
    while let Some(due) = next_due(product) {
        let wait = (due - product.now()).max(minutes(0)) + minutes(1);
        assert!(advances < 60, "no schedule is so long");
        assert!(advances > 0 || wait >= minutes(5), "the first wait is minutes (greylisting): {wait}");
        product.advance(wait);
        advances += 1;
    }

    // When the connection ends inside the message, all of it may have been written before that is seen: then it is unknown.
    let status = product.settled(&launch);
    let ended = |name: &str| status[name].as_i64().unwrap();
    assert_eq!((ended("accepted"), ended("failed") + ended("unknown")), (2, 3), "{status}");
    let message = product.mail_to(&address("tempfail-once-1"));
    assert_eq!(attempts(product, "tempfail-once-1"), [2, 1], "deferred, then accepted");
    assert!(message.header("Message-ID").contains('@'));
    assert_eq!(attempts(product, "tempfail-1"), [2; 8], "eight clear temporary answers, then it has failed");
    assert_eq!(attempts(product, "anna"), [1]);
}

/// The server took the message and its answer was lost: that is `unknown`, and marketing is not sent again (delivery 2.10).
fn a_lost_answer_is_named_and_nothing_is_sent_again(product: &mut Product) {
    product.institution("masques");
    product.import("masques", &house_of(&[Person::scripted("drop-after-dot", 1), Person::new("anna")]));
    product.caused.unknown = 1;
    let (launch, _) = product.launch(&Campaign::news("masques", "season"));
    let status = product.settled(&launch);
    assert_eq!((&status["accepted"], &status["unknown"]), (&json!(1), &json!(1)), "{status}");
    product.mail_to(&address("drop-after-dot-1"));
    assert_eq!(attempts(product, "drop-after-dot-1"), [4], "one attempt, of unknown outcome");
}

/// When the next message is due, once everything that is due now was tried; `None` when nothing is left.
fn next_due(product: &Product) -> Option<DateTime<Utc>> {
    let mut left = Vec::new();
    wait::until("what is due was tried", || {
        left =
            product.owner.rows::<(DateTime<Utc>, bool)>("SELECT due_at, claim_token IS NOT NULL FROM outbox");
        let planned = product.owner.number("SELECT count(*) FROM message WHERE state = 0");
        planned == i64::try_from(left.len()).unwrap()
            && left.iter().all(|(due, claimed)| !claimed && *due > product.now())
    });
    left.into_iter().map(|(due, _)| due).min()
}

/// How each attempt for a contact ended (`store::result::Ending`), in their order.
fn attempts(product: &Product, contact: &str) -> Vec<i64> {
    let ends = product.owner.rows::<(String, i64)>(
        "SELECT c.external_id, a.outcome::bigint FROM attempt a JOIN contact c USING (institution_id, contact_id)
         ORDER BY a.attempt_no",
    );
    ends.into_iter().filter(|(id, _)| id == contact).map(|(_, end)| end).collect()
}
