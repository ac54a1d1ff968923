//! Both sides of every limit that is a day.

use chrono::{Datelike as _, Days, NaiveDate};
use model::permission::{OPEN_END, Question, Reason, retention_cutoff};
use model::vocabulary::{Purpose, UnsetMeans};

use crate::cases::{Case, day, question, today, tomorrow, welcome, window, yesterday};

fn reason(case: &Case, question: &Question) -> Option<Reason> {
    case.ask(question).0.first()
}

fn marketing() -> Question {
    question(Purpose::Marketing, UnsetMeans::Explicit)
}

fn renewal() -> Question {
    question(Purpose::ConsentRenewal, UnsetMeans::Explicit)
}

#[test]
fn months_of_inactivity_end_with_the_month() {
    for (from, months, cutoff) in [
        (day(2026, 3, 31), 1, day(2026, 2, 28)),
        (day(2024, 3, 31), 1, day(2024, 2, 29)),
        (day(2024, 3, 30), 1, day(2024, 2, 29)),
        (day(2024, 2, 29), 12, day(2023, 2, 28)),
        (day(2000, 2, 29), 36, day(1997, 2, 28)),
        (day(2000, 2, 29), 48, day(1996, 2, 29)),
        (day(2000, 3, 1), 36, day(1997, 3, 1)),
        (day(2000, 1, 15), 36, day(1997, 1, 15)),
        (day(2000, 1, 31), 2, day(1999, 11, 30)),
        (day(2000, 1, 15), 0, day(2000, 1, 15)),
    ] {
        assert_eq!(retention_cutoff(from, months), cutoff, "{from} - {months} months");
    }
    // Further back than days go: nobody has passed.
    assert_eq!(retention_cutoff(today(), u32::MAX), NaiveDate::MIN);
}

#[test]
fn the_cutoff_never_goes_back_and_is_clamped_by_at_most_three_days() {
    let mut today = day(1995, 1, 1);
    while today.year() < 2005 {
        for months in [1, 2, 12, 36] {
            let (cutoff, next) =
                (retention_cutoff(today, months), retention_cutoff(today + Days::new(1), months));
            assert!(next >= cutoff, "{today} - {months}");
            assert!(cutoff.day() <= today.day() && today.day() - cutoff.day() <= 3, "{today} - {months}");
        }
        today = today + Days::new(1);
    }
}

#[test]
fn retention_has_passed_strictly_before_the_cutoff() {
    let cutoff = day(1997, 1, 15);
    for (recency, expected) in [
        (Some(cutoff), None),
        (Some(cutoff - Days::new(1)), Some(Reason::RetentionPassed)),
        (Some(tomorrow()), None),
        (Some(OPEN_END), None),
        // Unknown is not old: it passes here, and is shown apart in retention.
        (None, None),
    ] {
        let case = Case { recency, ..welcome() };
        assert_eq!(reason(&case, &marketing()), expected, "{recency:?}");
    }
}

#[test]
fn a_renewal_needs_recency_inside_its_window_both_days_included() {
    for (recency, expected) in [
        (Some(window().from), None),
        (Some(window().until), None),
        (Some(window().from - Days::new(1)), Some(Reason::Preconditions)),
        (Some(window().until + Days::new(1)), Some(Reason::Preconditions)),
        (Some(day(1997, 1, 14)), Some(Reason::RetentionPassed)),
        // Unknown recency counts as passed (delivery A.7).
        (None, Some(Reason::RetentionPassed)),
    ] {
        let case = Case { recency, ..welcome() };
        assert_eq!(reason(&case, &renewal()), expected, "{recency:?}");
    }
    let one_day = Question {
        renewal: Some(model::permission::RenewalWindow { from: window().from, until: window().from }),
        ..renewal()
    };
    assert_eq!(reason(&welcome(), &one_day), None);
    let backwards = Question {
        renewal: Some(model::permission::RenewalWindow { from: window().until, until: window().from }),
        ..renewal()
    };
    assert_eq!(reason(&welcome(), &backwards), Some(Reason::Preconditions));
    let without = Question { renewal: None, ..renewal() };
    assert_eq!(
        reason(&welcome(), &without),
        Some(Reason::Preconditions),
        "without a window it reaches nobody"
    );
    // The window is the renewal's alone.
    assert_eq!(reason(&welcome(), &Question { renewal: None, ..marketing() }), None);
}

#[test]
fn a_yes_a_suppression_and_an_age_change_with_the_day() {
    let mut case = welcome();
    for (until, expected) in [(yesterday(), Some(Reason::ConsentExpired)), (today(), None), (OPEN_END, None)]
    {
        case.gate.consent_until = Some(until);
        assert_eq!(reason(&case, &marketing()), expected, "a yes until {until}");
    }
    for (until, expected) in [
        (Some(yesterday()), None),
        (Some(today()), Some(Reason::Suppressed)),
        (Some(OPEN_END), Some(Reason::Suppressed)),
        (None, None),
    ] {
        case.gate.suppressed_until = until;
        assert_eq!(reason(&case, &marketing()), expected, "suppressed until {until:?}");
    }
    case.gate.suppressed_until = None;
    for (on, expected) in [(Some(tomorrow()), Some(Reason::UnderAge)), (Some(today()), None), (None, None)] {
        case.gate.of_age_on = on;
        assert_eq!(reason(&case, &marketing()), expected, "of age on {on:?}");
    }
}
