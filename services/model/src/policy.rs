//! What an institution chose within its pack, and what that comes to under the law of a day.

use std::fmt;

use chrono::NaiveDate;

use crate::pack::{Pack, PerChannel};
use crate::vocabulary::{Channel, ClickTracking, UnsetMeans};

/// The choices of an institution. There is no default for what an unset answer means: it is chosen for each channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What an unset answer means for marketing.
    pub unset: PerChannel<UnsetMeans>,
    /// The privacy officer's reason, which begins with its day; needed for `refusals_only` on email and SMS.
    pub unset_reason: Option<String>,
    /// Months without activity after which a contact is not kept.
    pub retention_months: u32,
    /// From this age a person consents alone, in years.
    pub consent_age: u8,
    /// Whether links are tracked for a contact who did not answer that question.
    pub click_tracking: ClickTracking,
}

/// One choice that the pack does not allow, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The field.
    pub field: String,
    /// What is wrong, and what would be right.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.text)
    }
}

impl Policy {
    /// Where this policy is looser than its pack, one finding for each field (LA-40).
    #[must_use]
    pub fn check(&self, pack: &Pack) -> Vec<Finding> {
        let unset = Channel::ALL.iter().map(|channel| self.unset_finding(*channel, pack));
        let others = [
            self.reason_finding(),
            self.retention_finding(pack),
            self.age_finding(pack),
            self.click_finding(pack),
        ];
        unset.chain(others).flatten().collect()
    }

    fn unset_finding(&self, channel: Channel, pack: &Pack) -> Option<Finding> {
        let (chosen, stated) = (*self.unset.get(channel), pack.unset.get(channel));
        (!stated.value.contains(&chosen)).then(|| {
            let allowed = words(stated.value.iter().map(|means| means.word()));
            finding(
                format!("unset_{channel}"),
                format!("the {} pack does not allow {chosen}; it allows {allowed}", pack.code),
            )
        })
    }

    fn reason_finding(&self) -> Option<Finding> {
        let needs = [self.unset.email, self.unset.sms].contains(&UnsetMeans::RefusalsOnly);
        let dated = self.unset_reason.as_deref().is_some_and(begins_with_a_day);
        (needs && !dated).then(|| {
            let text = "refusals_only on email or sms needs the privacy officer's dated reason; write the day of the \
                        decision first, as in 2026-01-05, and then the reason";
            finding("unset_reason".to_owned(), text.to_owned())
        })
    }

    fn retention_finding(&self, pack: &Pack) -> Option<Finding> {
        let most = pack.retention_months.value;
        (!(1..=most).contains(&self.retention_months)).then(|| {
            finding("retention_months".to_owned(), format!("the {} pack allows 1 to {most}", pack.code))
        })
    }

    fn age_finding(&self, pack: &Pack) -> Option<Finding> {
        let least = pack.consent_age.value;
        (self.consent_age < least).then(|| {
            finding("consent_age".to_owned(), format!("the {} pack asks for {least} or more", pack.code))
        })
    }

    fn click_finding(&self, pack: &Pack) -> Option<Finding> {
        let allowed = &pack.click_tracking_allowed.value;
        (!allowed.contains(&self.click_tracking)).then(|| {
            let text = format!(
                "the {} pack does not allow {}; it allows {}",
                pack.code,
                self.click_tracking,
                words(allowed.iter().map(|choice| choice.word()))
            );
            finding("click_tracking".to_owned(), text)
        })
    }

    /// What this policy comes to under a pack: where the law became stricter than the choice, the law holds, from its first day
    /// and without anybody's doing.
    #[must_use]
    pub fn under(&self, pack: &Pack) -> Self {
        let allowed = &pack.click_tracking_allowed.value;
        let mut as_strict =
            ClickTracking::ALL.iter().copied().filter(|choice| *choice >= self.click_tracking);
        Self {
            unset: PerChannel::of(|channel| pack.cap(channel, *self.unset.get(channel))),
            unset_reason: self.unset_reason.clone(),
            retention_months: self.retention_months.min(pack.retention_months.value),
            consent_age: self.consent_age.max(pack.consent_age.value),
            click_tracking: as_strict.find(|choice| allowed.contains(choice)).unwrap_or(ClickTracking::Off),
        }
    }

    /// The stricter of two policies, field by field: a launch under the older one is not loosened by the newer.
    #[must_use]
    pub fn stricter(&self, other: &Self) -> Self {
        Self {
            unset: PerChannel::of(|channel| (*self.unset.get(channel)).max(*other.unset.get(channel))),
            unset_reason: other.unset_reason.clone(),
            retention_months: self.retention_months.min(other.retention_months),
            consent_age: self.consent_age.max(other.consent_age),
            click_tracking: self.click_tracking.max(other.click_tracking),
        }
    }

    /// Whether anything in this policy is looser than in the one before: that affects new launches only.
    #[must_use]
    pub fn is_looser_than(&self, before: &Self) -> bool {
        Self { unset_reason: None, ..self.stricter(before) } != Self { unset_reason: None, ..self.clone() }
    }
}

fn finding(field: String, text: String) -> Finding {
    Finding { field, text }
}

fn words<'a>(all: impl Iterator<Item = &'a str>) -> String {
    all.collect::<Vec<_>>().join(", ")
}

/// As in `2026-01-05, members have known us for years`.
fn begins_with_a_day(reason: &str) -> bool {
    let Some((day, rest)) = reason.split_at_checked(10) else { return false };
    day.parse::<NaiveDate>().is_ok() && rest.chars().any(char::is_alphabetic)
}
