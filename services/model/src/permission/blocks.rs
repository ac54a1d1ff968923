//! The reasons, their order and the masks that say which purpose minds which.

use serde::{Deserialize, Serialize};

use crate::vocabulary::{Purpose, UnsetMeans};

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $bit:literal $word:literal,)*) => {
        /// Why a contact is left out, in the order in which the rules are asked (design, section 2), which is also the order
        /// of its values. The numbers are those of the stored bits: a rule that came later has the next free one, wherever it
        /// stands, and no number is ever given twice.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Reason {
            $($(#[$doc])* #[serde(rename = $word)] $name = $bit,)*
        }

        impl Reason {
            /// Every reason, in the order of the rules.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word in reports and in the API.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }
        }
    };
}

reasons! {
    /// Anonymised, or being anonymised.
    Anonymised = 0 "anonymised",
    /// Processing is restricted at the person's request.
    Restricted = 1 "restricted",
    /// The address is on the keyed-hash suppression list.
    Suppressed = 2 "suppressed",
    /// A general no covers the message.
    GeneralRefusal = 3 "general_refusal",
    /// A no to the channel covers the message.
    ChannelRefusal = 4 "channel_refusal",
    /// Under the age of the pack and no guardian's record.
    UnderAge = 5 "under_age",
    /// The last qualifying activity lies before the retention limit.
    RetentionPassed = 6 "retention_passed",
    /// Every yes that covers the message has expired.
    ConsentExpired = 7 "consent_expired",
    /// No yes on record where the policy asks for one.
    NoConsent = 8 "no_consent",
    /// No address on this channel.
    NoAddress = 9 "no_address",
    /// The address does not work (EM-72: the recipient's fault).
    AddressInvalid = 10 "address_invalid",
    /// What the purpose itself asks for is not given: recency in the renewal window, a live order line.
    Preconditions = 11 "preconditions",
    /// In a target whose contacts this campaign must not reach, or perhaps in it: what it asks about them is not on file.
    ExcludedTarget = 15 "excluded_target",
    /// Enough messages lately.
    FrequencyCap = 12 "frequency_cap",
    /// Kept out to measure.
    Holdout = 13 "holdout",
    /// The same address is already in this audience through another contact.
    SameAddress = 14 "same_address",
}

impl Reason {
    /// This reason alone.
    #[must_use]
    pub const fn bit(self) -> Blocks {
        Blocks(1 << self as i32)
    }

    /// Every reason that is asked before this one.
    #[must_use]
    pub fn earlier(self) -> Blocks {
        let before = Self::ALL.iter().take_while(|other| **other != self);
        before.fold(Blocks::NONE, |all, reason| all | reason.bit())
    }

    /// The reason with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.word() == word)
    }
}

impl Ord for Reason {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.earlier().0.count_ones().cmp(&other.earlier().0.count_ones())
    }
}

impl PartialOrd for Reason {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// A set of reasons: bit n is the reason with number n. As stored in `gate.blocks` and `message.blocks_*`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Blocks(pub i32);

impl Blocks {
    /// No reason at all.
    pub const NONE: Self = Self(0);

    /// The reasons that the gate stores as bits; all others are dates, or depend on the message.
    pub const STORED: Self = Self::of(&[
        Reason::Anonymised,
        Reason::Restricted,
        Reason::GeneralRefusal,
        Reason::ChannelRefusal,
        Reason::NoAddress,
        Reason::AddressInvalid,
    ]);

    /// The two refusals.
    pub const REFUSALS: Self = Self::of(&[Reason::GeneralRefusal, Reason::ChannelRefusal]);

    /// The set of these reasons.
    #[must_use]
    pub const fn of(reasons: &[Reason]) -> Self {
        let (mut bits, mut i) = (0, 0);
        while i < reasons.len() {
            bits |= 1 << reasons[i] as i32;
            i += 1;
        }
        Self(bits)
    }

    /// Every reason.
    #[must_use]
    pub const fn all() -> Self {
        Self::of(Reason::ALL)
    }

    /// Which reasons filter for a purpose under a policy (design, section 2).
    ///
    /// Marketing minds all, except that `refusals_only` does not ask for a yes. A renewal never contacts on silence,
    /// is not held out, and a cap delays it without excluding. A notice about a purchase is stopped only by what makes it
    /// impossible or by a restriction: its exemption is earned per recipient through its precondition.
    #[must_use]
    pub const fn minded(purpose: Purpose, unset_means: UnsetMeans) -> Self {
        match (purpose, unset_means) {
            (Purpose::Marketing, UnsetMeans::RefusalsOnly) => Self::all().without(Reason::NoConsent),
            (Purpose::Marketing, UnsetMeans::SoftOptIn | UnsetMeans::Explicit) => Self::all(),
            (Purpose::ConsentRenewal, _) => {
                Self::all().without(Reason::Holdout).without(Reason::FrequencyCap)
            }
            (Purpose::ContractNotice, _) => Self::of(&[
                Reason::Anonymised,
                Reason::Restricted,
                Reason::NoAddress,
                Reason::AddressInvalid,
                Reason::Preconditions,
                Reason::SameAddress,
            ]),
        }
    }

    /// This set less one reason.
    #[must_use]
    pub const fn without(self, reason: Reason) -> Self {
        Self(self.0 & !(1 << reason as i32))
    }

    /// This set with one reason more when `given`.
    #[must_use]
    pub const fn with(self, reason: Reason, given: bool) -> Self {
        if given { Self(self.0 | 1 << reason as i32) } else { self }
    }

    /// Whether the reason is in the set.
    #[must_use]
    pub const fn has(self, reason: Reason) -> bool {
        self.0 & (1 << reason as i32) != 0
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The first reason in the order of the rules.
    #[must_use]
    pub fn first(self) -> Option<Reason> {
        self.reasons().next()
    }

    /// The reasons in the order of the rules.
    pub fn reasons(self) -> impl Iterator<Item = Reason> {
        Reason::ALL.iter().copied().filter(move |reason| self.has(*reason))
    }
}

impl std::ops::BitOr for Blocks {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl std::ops::BitAnd for Blocks {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}
