//! A person can hold a campaign, let it go on, and stop it for good.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::in_both_arrangements;
use crate::support::campaign::Campaign;
use crate::support::chance::machine_now;
use crate::support::files::{Person, house_of};
use crate::support::launches::Launch;
use crate::support::product::Product;
use crate::support::wait;

in_both_arrangements! { a_paused_campaign_waits_and_goes_on, a_cancelled_campaign_is_silent }

/// A relay that takes its time, so that a command can come in between.
const MESSAGES: usize = 60;

fn launched(product: &Product) -> Launch {
    product.institution("masques");
    let persons: Vec<Person> = (0..MESSAGES).map(|number| Person::scripted("slow-150ms", number)).collect();
    product.import("masques", &house_of(&persons));
    let (launch, _) = product.launch(&Campaign::news("masques", "slow"));
    assert!(product.sink.wait_for(|sink| sink.accepted.len() >= 5, wait::PATIENCE), "nothing is sent");
    launch
}

fn a_paused_campaign_waits_and_goes_on(product: &mut Product) {
    let launch = launched(product);
    product.control("pause", &launch).said();
    let paused = machine_now();
    assert_eq!(product.status(&launch)["state"], json!("paused"));
    wait::until("open claims have ended", || {
        product.owner.number("SELECT count(*) FROM outbox WHERE claim_token IS NOT NULL") == 0
    });
    let taken = product.sink.accepted().len();
    assert!(taken < MESSAGES, "it was paused in the middle");
    let resumed = machine_now();
    product.control("resume", &launch).said();

    let status = product.settled(&launch);
    assert_eq!((&status["state"], &status["accepted"]), (&json!("done"), &json!(MESSAGES)));
    let claims = product.owner.rows::<(DateTime<Utc>,)>("SELECT claimed_at FROM attempt");
    let between = claims.iter().filter(|(claimed,)| *claimed > paused && *claimed < resumed).count();
    assert_eq!(between, 0, "nothing was claimed while it was paused");
    let complaint = product.control("pause", &launch).refusal();
    assert!(complaint.contains("is done"), "{complaint}");
}

fn a_cancelled_campaign_is_silent(product: &mut Product) {
    let launch = launched(product);
    product.control("cancel", &launch).said();
    let cancelled = machine_now();

    let status = product.status(&launch);
    assert_eq!((&status["state"], &status["pending"]), (&json!("cancelled"), &json!(0)));
    let number = |name: &str| status[name].as_u64().unwrap();
    assert_eq!(number("accepted") + number("cancelled"), MESSAGES as u64, "{status}");
    assert!(number("cancelled") > 0, "it was cancelled in the middle");

    // Whatever is still in the broker finds nothing to claim: a later campaign passes through the same queue.
    let (after, _) = product.launch(&Campaign::news("masques", "after").to(json!({
        "leaf": "identity", "field": "external_id", "equals": "slow-150ms-1",
    })));
    product.settled(&after);
    let late = product
        .sink
        .accepted()
        .into_iter()
        .filter(|message| DateTime::<Utc>::from(message.dot_at) > cancelled)
        .count();
    assert_eq!(late, 1, "only the later campaign was sent after the cancellation had returned");
    assert!(product.control("resume", &launch).refusal().contains("cancelled"));
}
