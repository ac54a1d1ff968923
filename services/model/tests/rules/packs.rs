//! The law of each country on each day, as tables (LA-40).

use chrono::{NaiveDate, NaiveDateTime};
use model::pack::{ClickTracking, Pack, SoftOptIn, easter};
use model::vocabulary::{Channel, UnsetMeans};

use crate::cases::day;

type Row = (&'static str, (i32, u32, u32), u32, u8, [&'static str; 4], &'static str);

/// Everything that an institution may choose within: code, day, months, age, what unset may mean on email, sms, phone and
/// post (`r` refusals_only, `s` soft_opt_in, `e` explicit), what click tracking may be (`u`, `g`, `o`).
const LAW: &[Row] = &[
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

pub fn pack(code: &str, (year, month, date): (i32, u32, u32)) -> Pack {
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
