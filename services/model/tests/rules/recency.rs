//! Which fact counts on which day (design, section 4): every kind × product × state of the line.

use model::recency::{ProductDay, counts_on, line_activity};
use model::vocabulary::{ActivityKind, LineState, ProductState};

use crate::cases::{day, today};

#[derive(Clone, Copy, Debug)]
enum Counts {
    /// On the event's day when there is one that takes place, else on its own.
    AsOrdered,
    /// On the day on which it happened.
    OnItsDay,
    Never,
}

const KINDS: [(&str, Counts); 13] = [
    ("option_taken", Counts::AsOrdered),
    ("option_confirmed", Counts::AsOrdered),
    ("reservation", Counts::AsOrdered),
    ("sale", Counts::AsOrdered),
    ("waiting_list", Counts::OnItsDay),
    ("click", Counts::OnItsDay),
    ("criterion_changed", Counts::OnItsDay),
    ("authorisation_changed", Counts::OnItsDay),
    ("renewal_confirmed", Counts::OnItsDay),
    ("person_contact", Counts::OnItsDay),
    ("legacy_recency", Counts::OnItsDay),
    ("payment", Counts::Never),
    ("other", Counts::Never),
];

/// Whether the event's day counts, by the state of the product and of the line; `None` is an activity without a line.
const TAKES_PLACE: [(Option<LineState>, [bool; 4]); 7] = [
    // scheduled, postponed, moved, cancelled
    (None, [true, true, true, false]),
    (Some(LineState::Option), [true, true, true, false]),
    (Some(LineState::Confirmed), [true, true, true, false]),
    (Some(LineState::Reserved), [true, true, true, false]),
    (Some(LineState::Sold), [true, true, true, false]),
    (Some(LineState::Returned), [false; 4]),
    (Some(LineState::Cancelled), [false; 4]),
];

#[test]
fn every_kind_counts_on_the_day_of_the_table() {
    let (happened_on, event) = (today(), day(2000, 6, 21));
    for (kind, (word, counts)) in ActivityKind::ALL.iter().zip(KINDS) {
        assert_eq!(kind.word(), word);
        for (line, takes_place) in TAKES_PLACE {
            let own_day = match counts {
                Counts::AsOrdered | Counts::OnItsDay => Some(happened_on),
                Counts::Never => None,
            };
            assert_eq!(
                counts_on(*kind, happened_on, None, line),
                own_day,
                "{word} without a product, {line:?}"
            );
            for (state, takes_place) in ProductState::ALL.iter().zip(takes_place) {
                let undated = ProductDay { valid_on: None, state: *state };
                assert_eq!(
                    counts_on(*kind, happened_on, Some(undated), line),
                    own_day,
                    "{word}, {undated:?}, {line:?}"
                );
                let dated = ProductDay { valid_on: Some(event), state: *state };
                let expected = match counts {
                    Counts::AsOrdered if takes_place => Some(event),
                    Counts::AsOrdered | Counts::OnItsDay | Counts::Never => own_day,
                };
                assert_eq!(
                    counts_on(*kind, happened_on, Some(dated), line),
                    expected,
                    "{word}, {dated:?}, {line:?}"
                );
            }
        }
    }
}

#[test]
fn an_event_in_the_past_counts_on_its_day_too() {
    // Bought at the door afterwards, or imported late: recency is the event's day, even before the order's.
    let past = ProductDay { valid_on: Some(day(1999, 12, 31)), state: ProductState::Scheduled };
    let counted = counts_on(ActivityKind::Sale, today(), Some(past), Some(LineState::Sold));
    assert_eq!(counted, Some(day(1999, 12, 31)));
}

#[test]
fn a_line_is_the_activity_of_its_state() {
    let kinds: Vec<(&str, &str)> =
        LineState::ALL.iter().map(|state| (state.word(), line_activity(*state).word())).collect();
    let expected = [
        ("option", "option_taken"),
        ("confirmed", "option_confirmed"),
        ("reserved", "reservation"),
        ("sold", "sale"),
        // What came back was bought once: it counts at its order date.
        ("returned", "sale"),
        ("cancelled", "sale"),
    ];
    assert_eq!(kinds, expected);
}
