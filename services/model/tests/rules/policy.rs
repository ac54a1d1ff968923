//! What an institution may choose within its pack, and what its choice comes to (LA-40).

use chrono::NaiveDate;
use model::pack::{ClickTracking, Pack, PerChannel};
use model::policy::Policy;
use model::vocabulary::UnsetMeans;

use crate::packs::pack;

fn strict() -> Policy {
    Policy {
        unset: PerChannel::of(|_| UnsetMeans::Explicit),
        unset_reason: None,
        retention_months: 24,
        consent_age: 16,
        click_tracking: ClickTracking::Off,
    }
}

fn findings(policy: &Policy, pack: &Pack) -> Vec<String> {
    policy.check(pack).iter().map(ToString::to_string).collect()
}

#[test]
fn a_policy_that_is_strict_everywhere_is_allowed_everywhere() {
    for code in Pack::codes() {
        assert_eq!(
            findings(&strict(), &Pack::find(code, NaiveDate::MAX).unwrap()),
            Vec::<String>::new(),
            "{code}"
        );
    }
}

#[test]
fn each_field_that_is_looser_than_the_pack_is_one_finding() {
    let loose = Policy {
        unset: PerChannel::of(|_| UnsetMeans::RefusalsOnly),
        unset_reason: Some("our lawyer said so".to_owned()),
        retention_months: 48,
        consent_age: 12,
        click_tracking: ClickTracking::UnlessRefused,
    };
    let fields = |code| -> Vec<String> {
        loose.check(&pack(code, (2026, 9, 1))).into_iter().map(|finding| finding.field).collect()
    };
    assert_eq!(fields("FR"), ["unset_phone", "unset_reason", "retention_months", "consent_age"]);
    assert_eq!(
        fields("QC"),
        [
            "unset_email",
            "unset_sms",
            "unset_phone",
            "unset_post",
            "unset_reason",
            "retention_months",
            "consent_age",
            "click_tracking"
        ]
    );
    assert_eq!(
        findings(&loose, &pack("IT", (2026, 9, 1)))[0],
        "unset_email: the IT pack does not allow refusals_only; it allows soft_opt_in, explicit"
    );
}

#[test]
fn silence_on_email_and_sms_needs_a_reason_with_its_day() {
    for (email, sms, post, reason, fine) in [
        (UnsetMeans::RefusalsOnly, UnsetMeans::Explicit, UnsetMeans::Explicit, None, false),
        (UnsetMeans::Explicit, UnsetMeans::RefusalsOnly, UnsetMeans::Explicit, None, false),
        (UnsetMeans::Explicit, UnsetMeans::RefusalsOnly, UnsetMeans::Explicit, Some("members asked"), false),
        (
            UnsetMeans::Explicit,
            UnsetMeans::RefusalsOnly,
            UnsetMeans::Explicit,
            Some("2026-02-30, members"),
            false,
        ),
        (UnsetMeans::Explicit, UnsetMeans::RefusalsOnly, UnsetMeans::Explicit, Some("2026-02-03"), false),
        (
            UnsetMeans::RefusalsOnly,
            UnsetMeans::RefusalsOnly,
            UnsetMeans::Explicit,
            Some("2026-02-03, members"),
            true,
        ),
        (UnsetMeans::Explicit, UnsetMeans::SoftOptIn, UnsetMeans::RefusalsOnly, None, true),
    ] {
        let policy = Policy {
            unset: PerChannel { email, sms, phone: UnsetMeans::Explicit, post },
            unset_reason: reason.map(str::to_owned),
            ..strict()
        };
        assert_eq!(findings(&policy, &pack("FR", (2026, 9, 1))).is_empty(), fine, "{policy:?}");
    }
}

#[test]
fn a_law_that_became_stricter_holds_by_itself() {
    let chosen = Policy {
        unset: PerChannel { phone: UnsetMeans::RefusalsOnly, ..strict().unset },
        retention_months: 36,
        click_tracking: ClickTracking::UnlessRefused,
        ..strict()
    };
    let before = chosen.under(&pack("FR", (2026, 8, 10)));
    assert_eq!(before, chosen);
    let after = chosen.under(&pack("FR", (2026, 8, 11)));
    assert_eq!(after, Policy { unset: strict().unset, ..chosen.clone() });
    let in_quebec = chosen.under(&pack("QC", (2026, 8, 11)));
    assert_eq!(in_quebec.click_tracking, ClickTracking::OnlyIfGranted);
    assert_eq!(chosen.under(&pack("IT", (2026, 8, 11))).retention_months, 24);
}

#[test]
fn what_is_under_a_pack_passes_its_check_whatever_was_chosen() {
    for (code, means, clicks) in every_choice() {
        let pack = pack(code, (2026, 9, 1));
        let chosen = Policy {
            unset: PerChannel::of(|_| means),
            unset_reason: Some("2026-01-05, for a test".to_owned()),
            retention_months: 600,
            consent_age: 1,
            click_tracking: clicks,
        };
        let held = chosen.under(&pack);
        assert_eq!(findings(&held, &pack), Vec::<String>::new(), "{chosen:?}");
        assert!(!held.is_looser_than(&chosen), "a pack only tightens: {chosen:?}");
        assert_eq!(held.under(&pack), held);
        assert_eq!(
            held.stricter(&chosen),
            Policy { unset_reason: held.unset_reason.clone(), ..held.clone() }
        );
    }
}

fn every_choice() -> Vec<(&'static str, UnsetMeans, ClickTracking)> {
    let mut all = Vec::new();
    for code in Pack::codes() {
        for means in UnsetMeans::ALL {
            all.extend(ClickTracking::ALL.iter().map(|clicks| (code, *means, *clicks)));
        }
    }
    all
}

#[test]
fn loosening_is_told_field_by_field() {
    let before = Policy {
        unset: PerChannel::of(|_| UnsetMeans::SoftOptIn),
        click_tracking: ClickTracking::OnlyIfGranted,
        ..strict()
    };
    let looser = |change: &dyn Fn(&mut Policy)| {
        let mut after = before.clone();
        change(&mut after);
        after.is_looser_than(&before)
    };
    assert!(!looser(&|_| {}));
    assert!(looser(&|policy| policy.unset.sms = UnsetMeans::RefusalsOnly));
    assert!(!looser(&|policy| policy.unset.sms = UnsetMeans::Explicit));
    assert!(looser(&|policy| policy.retention_months = 25));
    assert!(!looser(&|policy| policy.retention_months = 23));
    assert!(looser(&|policy| policy.consent_age = 15));
    assert!(looser(&|policy| policy.click_tracking = ClickTracking::UnlessRefused));
    assert!(!looser(&|policy| policy.click_tracking = ClickTracking::Off));
    assert!(!looser(&|policy| policy.unset_reason = Some("2026-01-05, another".to_owned())));
    // One field tightened does not make up for another that was loosened.
    assert!(looser(&|policy| {
        policy.unset.email = UnsetMeans::Explicit;
        policy.unset.post = UnsetMeans::RefusalsOnly;
    }));
}
