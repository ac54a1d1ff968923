//! Which facts move GDPR recency, and to which day (design, section 4; TI-05, TI-06).
//!
//! Recency is the latest counting day over all activities of a contact with any organisation, else the creation date,
//! else unknown. It is a projection: `store::recency` keeps it, and can rebuild it from the activities.

use chrono::NaiveDate;

use crate::vocabulary::{ActivityKind, LineState, ProductState};

/// What of a product decides the counting day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProductDay {
    /// The event's day; `None` for an undated product.
    pub valid_on: Option<NaiveDate>,
    /// Where the product stands.
    pub state: ProductState,
}

/// The day on which an activity counts, or `None` when its kind never does.
///
/// `happened_on` is the order date for what was ordered. A dated product counts at its validity date, so recency may lie in
/// the future; a cancelled event or a returned or cancelled line counts at its order date.
#[must_use]
pub fn counts_on(
    kind: ActivityKind,
    happened_on: NaiveDate,
    product: Option<ProductDay>,
    line: Option<LineState>,
) -> Option<NaiveDate> {
    match kind {
        ActivityKind::Payment | ActivityKind::Other => None,
        ActivityKind::WaitingList
        | ActivityKind::Click
        | ActivityKind::CriterionChanged
        | ActivityKind::AuthorisationChanged
        | ActivityKind::RenewalConfirmed
        | ActivityKind::PersonContact
        | ActivityKind::LegacyRecency => Some(happened_on),
        ActivityKind::OptionTaken
        | ActivityKind::OptionConfirmed
        | ActivityKind::Reservation
        | ActivityKind::Sale => Some(ordered_counts_on(happened_on, product, line)),
    }
}

fn ordered_counts_on(
    ordered_on: NaiveDate,
    product: Option<ProductDay>,
    line: Option<LineState>,
) -> NaiveDate {
    let voided = matches!(line, Some(LineState::Returned | LineState::Cancelled));
    match product {
        Some(ProductDay { valid_on: Some(day), state }) if !voided && state != ProductState::Cancelled => day,
        Some(_) | None => ordered_on,
    }
}

/// The kind of activity that an order line in this state stands for.
#[must_use]
pub const fn line_activity(state: LineState) -> ActivityKind {
    match state {
        LineState::Option => ActivityKind::OptionTaken,
        LineState::Confirmed => ActivityKind::OptionConfirmed,
        LineState::Reserved => ActivityKind::Reservation,
        LineState::Sold | LineState::Returned | LineState::Cancelled => ActivityKind::Sale,
    }
}
