//! The law of each country on each day, as tables (LA-40); and what an institution may not loosen.

use chrono::{NaiveDate, NaiveDateTime};
use model::pack::{ClickTracking, Pack, PerChannel, SoftOptIn, easter};
use model::policy::Policy;
use model::vocabulary::{Channel, UnsetMeans};

use crate::cases::day;

/// Everything that an institution may choose within: code, day, months, age, what unset may mean on email, sms, phone and
/// post (`r` refusals_only, `s` soft_opt_in, `e` explicit), what click tracking may be (`u`, `g`, `o`).
const LAW: &[(&str, (i32, u32, u32), u32, u8, [&str; 4], &str)] = &[
    ("FR", (2018, 5, 25), 36, 15, ["rse", "rse", "re", "re"], "ugo"),
    ("FR", (2026, 8, 10), 36, 15, ["rse", "rse", "re", "re"], "ugo"),
    ("FR", (2026, 8, 11), 36, 15, ["rse", "rse", "e", "re"], "ugo"),
    ("FR", (2030, 1, 1), 36, 15, ["rse", "rse", "e", "re"], "ugo"),
    ("BE", (2026, 1, 1), 36, 13, ["se", "se", "re", "re"], "ugo"),
    ("CH", (2026, 1, 1), 36, 16, ["se", "se", "e", "re"], "ugo"),
    ("IT", (2025, 12, 31), 24, 14, ["se", "e", "e", "e"], "ugo"),
    ("IT", (2026, 1, 1), 24, 14, ["se", "e", "e", "e"], "ugo"),
    ("QC", (2026, 1, 1), 36, 14, ["e", "e", "e", "e"], "go"),
];

fn pack(code: &str, (year, month, date): (i32, u32, u32)) -> Pack {
    Pack::find(code, day(year, month, date)).unwrap()
}

fn letter(means: UnsetMeans) -> char {
    match means {
        UnsetMeans::RefusalsOnly => 'r',
        UnsetMeans::SoftOptIn => 's',
        UnsetMeans::Explicit => 'e',
    }
}

fn click_letter(choice: ClickTracking) -> char {
    match choice {
        ClickTracking::UnlessRefused => 'u',
        ClickTracking::OnlyIfGranted => 'g',
        ClickTracking::Off => 'o',
    }
}

#[test]
fn the_law_of_each_country_on_each_day_is_what_the_table_says() {
    for (code, on, months, age, unset, clicks) in LAW {
        let pack = pack(code, *on);
        assert_eq!(pack.code, *code);
        assert_eq!((pack.retention_months.value, pack.consent_age.value), (*months, *age), "{code} {on:?}");
        for (channel, allowed) in Channel::ALL.iter().zip(unset) {
            let stated: String = pack.unset.get(*channel).value.iter().copied().map(letter).collect();
            assert_eq!(stated, *allowed, "{code} {on:?} {channel}");
        }
        let stated: String = pack.click_tracking_allowed.value.iter().copied().map(click_letter).collect();
        assert_eq!(stated, *clicks, "{code} {on:?}");
        assert_eq!(pack.click_tracking.value, ClickTracking::OnlyIfGranted, "TR-24: {code}");
    }
    let told: std::collections::BTreeSet<&str> = LAW.iter().map(|(code, ..)| *code).collect();
    assert!(Pack::codes().eq(told), "every country is in the table");
}

#[test]
fn every_value_says_where_it_comes_from_and_holds_together() {
    for code in Pack::codes() {
        for pack in [Pack::find(code, NaiveDate::MIN).unwrap(), Pack::find(code, NaiveDate::MAX).unwrap()] {
            let mut sources = vec![&pack.source, &pack.retention_months.source, &pack.consent_age.source];
            sources.extend([&pack.click_tracking.source, &pack.click_tracking_allowed.source]);
            sources.extend([&pack.stop_words.source, &pack.holidays.source]);
            sources.extend(pack.soft_opt_in.iter().map(|stated| &stated.source));
            sources.extend(pack.sms_window.iter().map(|stated| &stated.source));
            sources.extend(Channel::ALL.iter().map(|channel| &pack.unset.get(*channel).source));
            assert!(sources.iter().all(|source| source.len() > 4), "{code}: {sources:?}");
            let allowed = |channel: &Channel| pack.unset.get(*channel).value.clone();
            assert!(
                Channel::ALL.iter().all(|channel| allowed(channel).contains(&UnsetMeans::Explicit)),
                "{code}"
            );
            let soft = Channel::ALL.iter().any(|channel| allowed(channel).contains(&UnsetMeans::SoftOptIn));
            assert_eq!(
                pack.soft_opt_in.is_some(),
                soft,
                "{code}: conditions where it is allowed, and only there"
            );
            let of_phone_and_post = [allowed(&Channel::Phone), allowed(&Channel::Post)].concat();
            assert!(!of_phone_and_post.contains(&UnsetMeans::SoftOptIn), "{code}: electronic mail only");
            let clicks = &pack.click_tracking_allowed.value;
            assert!(
                clicks.contains(&pack.click_tracking.value) && clicks.contains(&ClickTracking::Off),
                "{code}"
            );
        }
    }
    assert_eq!(Pack::find("XX", day(2026, 1, 1)), None);
}

#[test]
fn a_day_before_the_first_version_has_the_first() {
    assert_eq!(pack("FR", (2000, 1, 15)), pack("FR", (2018, 5, 25)));
}

#[test]
fn switzerland_takes_no_account_for_a_sale() {
    let conditions = pack("CH", (2026, 1, 1)).soft_opt_in.unwrap().value;
    assert!(conditions.contains(&SoftOptIn::SaleNotAccount), "LA-22");
    assert!(!pack("FR", (2026, 1, 1)).soft_opt_in.unwrap().value.contains(&SoftOptIn::SaleNotAccount));
}

#[test]
fn easter_falls_where_it_is_known_to_fall() {
    // TI-09.
    for known in [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2028, 4, 16), (2038, 4, 25)] {
        assert_eq!(easter(known.0), Some(day(known.0, known.1, known.2)));
    }
}

#[test]
fn holidays_are_those_of_the_country_and_the_day() {
    for (code, on, name) in [
        ("FR", (2026, 4, 6), Some("Lundi de Pâques")),
        ("FR", (2026, 5, 14), Some("Ascension")),
        ("FR", (2026, 5, 25), Some("Lundi de Pentecôte")),
        ("FR", (2026, 4, 3), Some("Vendredi saint")),
        ("FR", (2026, 7, 14), Some("Fête nationale")),
        ("FR", (2026, 7, 15), None),
        ("BE", (2026, 7, 21), Some("Fête nationale / Nationale feestdag")),
        ("BE", (2026, 7, 14), None),
        ("CH", (2026, 8, 1), Some("Bundesfeier / Fête nationale / Festa nazionale")),
        ("IT", (2025, 10, 4), None),
        ("IT", (2026, 10, 4), Some("San Francesco d'Assisi")),
        ("IT", (2026, 4, 6), Some("Lunedì dell'Angelo")),
        ("QC", (2026, 5, 18), Some("Journée nationale des patriotes")),
        ("QC", (2026, 5, 25), None),
        ("QC", (2026, 9, 7), Some("Fête du Travail")),
        ("QC", (2026, 10, 12), Some("Action de grâces")),
        ("QC", (2026, 10, 5), None),
    ] {
        assert_eq!(pack(code, on).holiday(day(on.0, on.1, on.2)), name, "{code} {on:?}");
    }
    // The 25th of May 2020 is a Monday itself: the Monday before it counts.
    assert!(pack("QC", (2020, 1, 1)).holiday(day(2020, 5, 18)).is_some());
}

#[test]
fn texts_leave_in_the_window_of_the_country() {
    let at = |on: (i32, u32, u32), hour| -> NaiveDateTime {
        day(on.0, on.1, on.2).and_hms_opt(hour, 0, 0).unwrap()
    };
    for (code, on, hour, may) in [
        ("FR", (2026, 6, 1), 8, true),
        ("FR", (2026, 6, 1), 7, false),
        ("FR", (2026, 6, 1), 19, true),
        ("FR", (2026, 6, 1), 20, false),
        ("FR", (2026, 6, 6), 12, true),
        ("FR", (2026, 6, 7), 12, false),
        ("FR", (2026, 7, 14), 12, false),
        ("IT", (2026, 6, 1), 21, true),
        ("IT", (2026, 6, 1), 22, false),
        ("IT", (2026, 6, 2), 12, true),
        ("IT", (2026, 6, 7), 12, false),
    ] {
        let pack = pack(code, on);
        let is_holiday = pack.holiday(day(on.0, on.1, on.2)).is_some();
        let window = pack.sms_window.unwrap().value;
        assert_eq!(window.admits(at(on, hour), is_holiday), may, "SM-35: {code} {on:?} {hour} h");
        assert!(window.until <= window.latest, "{code}");
    }
    assert_eq!(pack("BE", (2026, 1, 1)).sms_window, None, "no source states it");
}

#[test]
fn every_country_hears_the_words_that_the_american_rule_fixes_and_its_own() {
    let fixed = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPT OUT", "OPTOUT"];
    for (code, own) in
        [("FR", "ARRET"), ("BE", "ABMELDEN"), ("CH", "CANCELLA"), ("IT", "DISISCRIVI"), ("QC", "DESABO")]
    {
        let words = pack(code, (2026, 1, 1)).stop_words.value;
        assert!(
            fixed.iter().chain([&own]).all(|word| words.iter().any(|known| known == word)),
            "SM-30: {code}"
        );
    }
}

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
