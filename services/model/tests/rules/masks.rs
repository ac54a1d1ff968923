//! Which reason filters for which purpose: the design's words as a table.

use model::permission::{Blocks, Reason};
use model::vocabulary::{Purpose, UnsetMeans};

/// Marketing where unset means refusals_only, soft_opt_in, explicit; renewal; notice. `x`: filters.
const MASKS: [(&str, &str); 16] = [
    // Nobody contacts who is gone or restricted; a notice to them is for the call list or for the privacy officer.
    ("anonymised", "xxx x x"),
    ("restricted", "xxx x x"),
    // A notice about a purchase is no marketing: refusals of marketing, age and consent do not filter it.
    ("suppressed", "xxx x -"),
    ("general_refusal", "xxx x -"),
    ("channel_refusal", "xxx x -"),
    ("under_age", "xxx x -"),
    ("retention_passed", "xxx x -"),
    ("consent_expired", "xxx x -"),
    // By policy for marketing; a renewal never passes on silence, whatever the policy.
    ("no_consent", "-xx x -"),
    ("no_address", "xxx x x"),
    ("address_invalid", "xxx x x"),
    ("preconditions", "xxx x x"),
    // The audience of a notice comes from order lines: it has no targets.
    ("excluded_target", "xxx x -"),
    // A cap delays a renewal and excludes nobody from it; holdouts are for marketing.
    ("frequency_cap", "xxx - -"),
    ("holdout", "xxx - -"),
    // Of a notice: one message that lists every order.
    ("same_address", "xxx x x"),
];

#[test]
fn each_purpose_minds_what_the_design_says() {
    let columns = [
        (0, Purpose::Marketing, UnsetMeans::RefusalsOnly),
        (1, Purpose::Marketing, UnsetMeans::SoftOptIn),
        (2, Purpose::Marketing, UnsetMeans::Explicit),
        (4, Purpose::ConsentRenewal, UnsetMeans::RefusalsOnly),
        (4, Purpose::ConsentRenewal, UnsetMeans::SoftOptIn),
        (4, Purpose::ConsentRenewal, UnsetMeans::Explicit),
        (6, Purpose::ContractNotice, UnsetMeans::RefusalsOnly),
        (6, Purpose::ContractNotice, UnsetMeans::SoftOptIn),
        (6, Purpose::ContractNotice, UnsetMeans::Explicit),
    ];
    for (place, purpose, unset_means) in columns {
        let minded = Blocks::minded(purpose, unset_means);
        for (reason, (word, marks)) in Reason::ALL.iter().zip(MASKS) {
            assert_eq!(reason.word(), word);
            assert_eq!(
                minded.has(*reason),
                &marks[place..=place] == "x",
                "{word} for {purpose}, {unset_means}"
            );
        }
    }
}

#[test]
fn what_the_gate_stores_depends_on_the_contact_and_does_not_age() {
    let stored: Vec<&str> = Blocks::STORED.reasons().map(Reason::word).collect();
    let expected =
        ["anonymised", "restricted", "general_refusal", "channel_refusal", "no_address", "address_invalid"];
    assert_eq!(stored, expected);
    assert_eq!(
        Blocks::REFUSALS.reasons().map(Reason::word).collect::<Vec<_>>(),
        ["general_refusal", "channel_refusal"]
    );
    assert_eq!(Blocks::all().reasons().count(), 16);
}
