//! What a criterion, an indicator or a saved target is: chosen once, and never changed.

use serde::{Deserialize, Serialize};

use super::UnknownNumber;

vocabulary! {
    /// The type of a criterion's values.
    CriterionType {
        /// Free text, compared in its normalised form.
        Text = 0 "text",
        /// A decimal number.
        Number = 1 "number",
        /// A day.
        Date = 2 "date",
        /// Yes or no.
        YesNo = 3 "yes_no",
        /// One of the criterion's choices.
        OneOf = 4 "one_of",
        /// Any number of the criterion's choices.
        SeveralOf = 5 "several_of",
    }

    /// The type of an indicator's values.
    IndicatorType {
        /// A decimal number.
        Number = 0 "number",
        /// A day.
        Date = 1 "date",
        /// Free text, compared in its normalised form.
        Text = 2 "text",
    }

    /// When a saved target is evaluated.
    TargetKind {
        /// Whenever it is needed.
        Dynamic = 0 "dynamic",
        /// When a person asks: a frozen list.
        Static = 1 "static",
    }
}
