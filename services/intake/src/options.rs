//! What the caller knows about a file and the file itself does not say.

use chrono::{DateTime, Duration, NaiveDate, Utc};

use crate::SourceName;

/// What the caller says about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The system that the file comes from. External ids are unique within it.
    pub source: SourceName,
    /// The instant as of which the file was true. A row that claims to know something later is rejected, because the
    /// larger `as_of` wins and such a row could never be corrected again.
    pub as_of: DateTime<Utc>,
    /// The decimals of the institution's currency: 2 for euro and franc, 0 for yen.
    pub currency_digits: u8,
}

impl Options {
    /// A file of `source`, true as of `as_of`, with amounts in a currency of two decimals.
    #[must_use]
    pub const fn new(source: SourceName, as_of: DateTime<Utc>) -> Self {
        Self { source, as_of, currency_digits: 2 }
    }

    /// The last day that had begun anywhere on Earth at `as_of`: a past fact cannot be dated later.
    pub(crate) fn last_day(&self) -> NaiveDate {
        let furthest_ahead = Duration::hours(14);
        self.as_of.checked_add_signed(furthest_ahead).unwrap_or(self.as_of).date_naive()
    }
}
