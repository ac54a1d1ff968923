//! The frequency cap: how many marketing messages a contact gets on one channel in a span of days, over all launches.
//!
//! A message counts when it was taken by the next hop, or may have been; from the launch to the claim, those that are still on
//! their way count too. A cap keeps marketing from somebody; a consent renewal only waits until the cap allows it; information
//! about a purchase is never held back.

use std::num::NonZeroU16;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// At most so many messages in so many days. A day is 24 hours here: the span ends at the moment that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cap {
    /// The most messages.
    pub messages: NonZeroU16,
    /// In how many days.
    pub days: NonZeroU16,
}

impl Cap {
    /// The longest span, in days: who was written to longer ago than a year was not written to lately.
    pub const LONGEST: u16 = 366;

    /// The most messages that a cap may allow: with more it would be none.
    pub const MOST: u16 = 1_000;

    /// A cap of `messages` in `days`; `None` when one is zero, or more than there may be.
    #[must_use]
    pub fn new(messages: u16, days: u16) -> Option<Self> {
        let (messages, days) = (NonZeroU16::new(messages)?, NonZeroU16::new(days)?);
        (messages.get() <= Self::MOST && days.get() <= Self::LONGEST).then_some(Self { messages, days })
    }

    /// The instant after which a message counts at `now`.
    #[must_use]
    pub fn since(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now.checked_sub_signed(self.span()).unwrap_or(DateTime::<Utc>::MIN_UTC)
    }

    /// When one message more would be within the cap, if that is not so at `now`. `sent` are the instants of the messages that
    /// count, in any order; one that is on the wire right now counts as of `now`.
    #[must_use]
    pub fn allows_from(self, sent: &[DateTime<Utc>], now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut counted: Vec<_> = sent.iter().copied().filter(|instant| *instant > self.since(now)).collect();
        counted.sort_unstable();
        // The last that must leave the span, so that one place is free.
        let last = counted.len().checked_sub(usize::from(self.messages.get()))?;
        counted[last].checked_add_signed(self.span())
    }

    fn span(self) -> TimeDelta {
        TimeDelta::days(i64::from(self.days.get()))
    }
}

impl std::fmt::Display for Cap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "at most {} in {} days", self.messages, self.days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::from_timestamp(946_684_800, 0).unwrap();

    fn ago(days: i64, seconds: i64) -> DateTime<Utc> {
        NOW - TimeDelta::days(days) - TimeDelta::seconds(seconds)
    }

    #[test]
    fn a_cap_is_reached_and_free_again() {
        let cap = |messages, days| Cap::new(messages, days).unwrap();
        for (cap, sent, wait) in [
            (cap(1, 7), vec![], None),
            // Seven days ago to the second is out of the span; a second later is in it.
            (cap(1, 7), vec![ago(7, 0)], None),
            (cap(1, 7), vec![ago(7, -1)], Some(TimeDelta::seconds(1))),
            (cap(1, 7), vec![NOW], Some(TimeDelta::days(7))),
            (cap(2, 7), vec![ago(1, 0)], None),
            (cap(2, 7), vec![ago(1, 0), ago(6, 0)], Some(TimeDelta::days(1))),
            // More than the cap allows, set lower since: two have to leave the span.
            (cap(2, 7), vec![ago(6, 0), ago(1, 0), ago(3, 0)], Some(TimeDelta::days(4))),
            (cap(2, 7), vec![ago(8, 0), ago(1, 0)], None),
        ] {
            let expected = wait.map(|wait| NOW + wait);
            assert_eq!(cap.allows_from(&sent, NOW), expected, "{cap}: {sent:?}");
            if let Some(free) = expected {
                assert_eq!(cap.allows_from(&sent, free), None, "then it is free: {cap}: {sent:?}");
                assert!(cap.allows_from(&sent, free - TimeDelta::seconds(1)).is_some(), "and not before");
            }
        }
    }

    #[test]
    fn a_cap_of_nothing_or_over_more_than_a_year_is_none() {
        for (messages, days) in [(0, 7), (1, 0), (1, Cap::LONGEST + 1), (Cap::MOST + 1, 7)] {
            assert_eq!(Cap::new(messages, days), None);
        }
        assert_eq!(Cap::new(1, Cap::LONGEST).map(|cap| cap.days.get()), Some(Cap::LONGEST));
    }
}
