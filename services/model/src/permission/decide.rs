//! The decision itself. `store::launch` holds the same rules as one SQL expression; a test compares both on every combination.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{Blocks, Reason};
use crate::vocabulary::{Proof, Purpose, UnsetMeans};

/// The last day of what does not end: the largest that every program here can read.
pub const OPEN_END: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// What the gate of a contact and channel says: answers and state at institution scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateFacts {
    /// The stored bits ([`Blocks::STORED`]).
    pub blocks: Blocks,
    /// What stands behind the best yes at institution scope; `Claim` stands for none.
    pub proof: Proof,
    /// The last day of the longest yes at institution scope ([`OPEN_END`]: it does not expire); `None` without a yes.
    pub consent_until: Option<NaiveDate>,
    /// The day on which the contact comes of age; `None` when unknown or when a guardian's record exists.
    pub of_age_on: Option<NaiveDate>,
    /// The last day of suppression ([`OPEN_END`]: it does not expire).
    pub suppressed_until: Option<NaiveDate>,
}

/// The answers of one organisation or topic that covers the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeFacts {
    /// Refusals ([`Blocks::REFUSALS`]).
    pub blocks: Blocks,
    /// As [`GateFacts::proof`].
    pub proof: Proof,
    /// As [`GateFacts::consent_until`].
    pub consent_until: Option<NaiveDate>,
    /// Complete purchase evidence of the organisation that sends (LA-22).
    pub soft_opt_in: bool,
}

/// The span in which recency must lie for a renewal, both days included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenewalWindow {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub until: NaiveDate,
}

/// What a message would need: everything that does not depend on the contact's stored answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Why the message is sent.
    pub purpose: Purpose,
    /// What unset means on this channel.
    pub unset_means: UnsetMeans,
    /// Months without qualifying activity after which a contact is not kept.
    pub retention_months: u32,
    /// The business day, in the institution's zone.
    pub today: NaiveDate,
    /// For a renewal: where recency must lie. A renewal without a window reaches nobody.
    pub renewal: Option<RenewalWindow>,
}

/// What an allowed message rests on, weakest first; also the order of preference between contacts that share an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(i16)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Nobody refused, and the policy asks for no more.
    Unset = 0,
    /// Bought from this organisation with the opt-out offered.
    SoftOptIn = 1,
    /// A yes from an attested file.
    Attested = 2,
    /// A yes with its own proof.
    Proven = 3,
}

/// The outcome for one contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// May be contacted.
    Allow {
        /// On what ground.
        basis: Basis,
    },
    /// May not.
    Exclude {
        /// The first rule that failed.
        reason: Reason,
        /// The other rules that would have failed, in their order.
        also: Vec<Reason>,
    },
}

impl Decision {
    /// The decision that a set of minded blocks stands for.
    #[must_use]
    pub fn from_blocks(blocks: Blocks, basis: Basis) -> Self {
        let mut reasons = blocks.reasons();
        match reasons.next() {
            None => Self::Allow { basis },
            Some(reason) => Self::Exclude { reason, also: reasons.collect() },
        }
    }
}

/// Decides for one contact. `scopes` are those that cover the message (its organisation and its topic);
/// `recency` is the contact's, `None` when unknown; `runtime` carries what only the caller can see
/// ([`Reason::Preconditions`] of a notice, [`Reason::ExcludedTarget`], [`Reason::FrequencyCap`], [`Reason::Holdout`],
/// [`Reason::SameAddress`]).
#[must_use]
pub fn decide(
    question: &Question,
    gate: &GateFacts,
    scopes: &[ScopeFacts],
    recency: Option<NaiveDate>,
    runtime: Blocks,
) -> Decision {
    let (blocks, basis) = blocks(question, gate, scopes, recency, runtime);
    Decision::from_blocks(blocks, basis)
}

/// The minded blocks and the basis: what the ledger stores. See [`decide`].
#[must_use]
pub fn blocks(
    question: &Question,
    gate: &GateFacts,
    scopes: &[ScopeFacts],
    recency: Option<NaiveDate>,
    runtime: Blocks,
) -> (Blocks, Basis) {
    let refusals = scopes.iter().fold(Blocks::NONE, |all, scope| all | (scope.blocks & Blocks::REFUSALS));
    let consent = Consent::of(question, gate, scopes);
    let found = (gate.blocks & Blocks::STORED | refusals | runtime)
        .with(Reason::Suppressed, gate.suppressed_until.is_some_and(|last| last >= question.today))
        .with(Reason::UnderAge, gate.of_age_on.is_some_and(|day| day > question.today))
        .with(Reason::RetentionPassed, retention_passed(question, recency))
        .with(Reason::ConsentExpired, consent == Consent::Expired)
        .with(Reason::NoConsent, consent == Consent::Missing)
        .with(Reason::Preconditions, outside_renewal_window(question, recency));
    (found & Blocks::minded(question.purpose, question.unset_means), consent.basis())
}

/// The first day that is still kept: recency strictly before it has passed retention (TI-03).
#[must_use]
pub fn retention_cutoff(today: NaiveDate, months: u32) -> NaiveDate {
    today.checked_sub_months(Months::new(months)).unwrap_or(NaiveDate::MIN)
}

/// Unknown recency passes for marketing, and counts as passed for a renewal.
fn retention_passed(question: &Question, recency: Option<NaiveDate>) -> bool {
    match recency {
        Some(day) => day < retention_cutoff(question.today, question.retention_months),
        None => question.purpose == Purpose::ConsentRenewal,
    }
}

fn outside_renewal_window(question: &Question, recency: Option<NaiveDate>) -> bool {
    question.purpose == Purpose::ConsentRenewal
        && !question
            .renewal
            .zip(recency)
            .is_some_and(|(window, day)| (window.from..=window.until).contains(&day))
}

/// What the covering answers amount to, refusals aside.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Consent {
    Standing(Proof),
    SoftOptIn,
    /// There was a yes, and every one has expired.
    Expired,
    Missing,
}

impl Consent {
    fn of(question: &Question, gate: &GateFacts, scopes: &[ScopeFacts]) -> Self {
        let given = std::iter::once((gate.proof, gate.consent_until))
            .chain(scopes.iter().map(|scope| (scope.proof, scope.consent_until)))
            .filter_map(|(proof, until)| until.map(|last_day| (proof, last_day)));
        let (mut best, mut expired) = (None, false);
        for (proof, last_day) in given {
            if last_day >= question.today {
                best = best.max(Some(proof));
            } else {
                expired = true;
            }
        }
        match best {
            Some(proof) => Self::Standing(proof),
            None if expired => Self::Expired,
            None if soft_opt_in_serves(question) && scopes.iter().any(|scope| scope.soft_opt_in) => {
                Self::SoftOptIn
            }
            None => Self::Missing,
        }
    }

    const fn basis(self) -> Basis {
        match self {
            Self::Standing(Proof::Proven) => Basis::Proven,
            Self::Standing(Proof::Attested | Proof::Claim) => Basis::Attested,
            Self::SoftOptIn => Basis::SoftOptIn,
            Self::Expired | Self::Missing => Basis::Unset,
        }
    }
}

/// A purchase speaks for marketing only where the policy says so; a renewal never contacts on less than a yes.
fn soft_opt_in_serves(question: &Question) -> bool {
    question.purpose == Purpose::Marketing && question.unset_means == UnsetMeans::SoftOptIn
}
