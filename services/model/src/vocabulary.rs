//! The closed lists of the domain, each with the small number that stands for it in the database and on the wire.
//!
//! Numbers are never reused: a retired variant keeps its number.

use serde::{Deserialize, Serialize};

/// A number that stands for no variant of `kind`.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{value} is no {kind}")]
pub struct UnknownNumber {
    /// The type that was asked for.
    pub kind: &'static str,
    /// The number that was found.
    pub value: i16,
}

macro_rules! vocabulary {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $number:literal $text:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[repr(i16)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant = $number,)*
        }

        impl $name {
            /// Every variant, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The number in the database.
            #[must_use]
            pub const fn number(self) -> i16 {
                self as i16
            }

            /// The word in files, in the API and on screen.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// The variant for a word, exactly as written by [`Self::word`].
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($text => Some(Self::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl TryFrom<i16> for $name {
            type Error = UnknownNumber;
            fn try_from(value: i16) -> Result<Self, UnknownNumber> {
                match value { $($number => Ok(Self::$variant),)* _ => Err(UnknownNumber { kind: stringify!($name), value }) }
            }
        }
    )*};
}

mod asked;
mod kinds;

pub use asked::{Asked, ClickTracking, DataUse};
pub use kinds::{CriterionType, IndicatorType, TargetKind};

vocabulary! {
    /// Why a message is sent; decides which refusals filter (design, section 2).
    Purpose {
        /// News and offers.
        Marketing = 0 "marketing",
        /// Asking a contact who will soon be anonymised whether to stay.
        ConsentRenewal = 1 "consent_renewal",
        /// Information directly linked to a purchase or reservation of the contact.
        ContractNotice = 2 "contract_notice",
    }

    /// The ways to reach a contact.
    Channel {
        /// Electronic mail.
        Email = 1 "email",
        /// Text message.
        Sms = 2 "sms",
        /// Voice call.
        Phone = 3 "phone",
        /// Letter.
        Post = 4 "post",
    }

    /// A contact's answer to one question. *Unset* is "nobody asked or nobody answered", never a maybe (LA-21).
    Answer {
        /// No answer on record.
        Unset = 0 "unset",
        /// Granted.
        Yes = 1 "yes",
        /// Refused.
        No = 2 "no",
    }

    /// What stands behind an answer, weakest first; only `Attested` and `Proven` let a yes grant anything (LA-26).
    Proof {
        /// A yes without evidence: kept, grants nothing.
        Claim = 0 "claim",
        /// A yes in a file that a person with the privacy right attested.
        Attested = 1 "attested",
        /// Our own POST, a signed form, or a consent event of a registered collection point.
        Proven = 2 "proven",
    }

    /// What `unset` means for marketing on one channel, chosen when the institution is created.
    UnsetMeans {
        /// Only refusals filter; needs the privacy officer's dated reason on email and SMS.
        RefusalsOnly = 0 "refusals_only",
        /// Passes for the organisation that sold, when the purchase evidence is complete (LA-22).
        SoftOptIn = 1 "soft_opt_in",
        /// Never passes.
        Explicit = 2 "explicit",
    }

    /// Whether a person, a body or a go-between stands behind the contact.
    ContactKind {
        /// A natural person.
        Individual = 0 "individual",
        /// Acts for a structure.
        Relay = 1 "relay",
        /// A school, company, association.
        Structure = 2 "structure",
    }

    /// What a contact is to the institution; a contact has any set of them. Retention spares whoever is more than a customer.
    ContactRole {
        /// Buys or attends, or may do so.
        Customer = 0 "customer",
        /// Sells to the institution.
        Supplier = 1 "supplier",
        /// Leads visits.
        Guide = 2 "guide",
        /// Shows own work.
        Exhibitor = 3 "exhibitor",
        /// Works with the institution.
        Partner = 4 "partner",
        /// Produces what is shown.
        Producer = 5 "producer",
    }

    /// As whom a contact stands in an order line or an activity.
    HolderRole {
        /// Bought it.
        Purchaser = 0 "purchaser",
        /// Attends it.
        CulturalContact = 1 "cultural_contact",
    }

    /// Where an order line stands.
    LineState {
        /// Held without obligation until a date.
        Option = 0 "option",
        /// An option turned into an order.
        Confirmed = 1 "confirmed",
        /// Reserved, not paid.
        Reserved = 2 "reserved",
        /// Sold.
        Sold = 3 "sold",
        /// Brought back.
        Returned = 4 "returned",
        /// Voided.
        Cancelled = 5 "cancelled",
    }

    /// Where a product stands.
    ProductState {
        /// As announced.
        Scheduled = 0 "scheduled",
        /// Later than announced; its validity date is the new one.
        Postponed = 1 "postponed",
        /// Elsewhere than announced.
        Moved = 2 "moved",
        /// Will not happen.
        Cancelled = 3 "cancelled",
    }

    /// The open catalogue of dated facts; [`crate::recency`] lists the kinds that count.
    ActivityKind {
        /// An option was taken.
        OptionTaken = 0 "option_taken",
        /// An option was confirmed.
        OptionConfirmed = 1 "option_confirmed",
        /// A reservation.
        Reservation = 2 "reservation",
        /// A sale.
        Sale = 3 "sale",
        /// The contact joined a waiting list.
        WaitingList = 4 "waiting_list",
        /// A click on a campaign link, judged human.
        Click = 5 "click",
        /// The person changed a criterion.
        CriterionChanged = 6 "criterion_changed",
        /// The person changed authorisations and at least one yes remains.
        AuthorisationChanged = 7 "authorisation_changed",
        /// The person confirmed a renewal.
        RenewalConfirmed = 8 "renewal_confirmed",
        /// A recorded contact that came from the person.
        PersonContact = 9 "person_contact",
        /// The recency that an earlier system had computed, as evidence.
        LegacyRecency = 10 "legacy_recency",
        /// A payment; never counts for recency.
        Payment = 11 "payment",
        /// A visit or scan that the catalogue of recency does not list; never counts.
        Other = 12 "other",
    }

    /// Where a message stands for good. The states on the way live in the outbox (delivery A.1).
    MessageState {
        /// Not yet final.
        Planned = 0 "planned",
        /// The decision said no, at launch or at the claim.
        Excluded = 1 "excluded",
        /// The next hop took it.
        Accepted = 2 "accepted",
        /// A clear permanent answer, or retries exhausted.
        Failed = 3 "failed",
        /// The final dot was or may have been written and no answer was read.
        Unknown = 4 "unknown",
        /// The campaign was cancelled first.
        Cancelled = 5 "cancelled",
        /// Its time passed first.
        Expired = 6 "expired",
    }

    /// Where a launch stands.
    LaunchState {
        /// Being sent.
        Running = 0 "running",
        /// Held by a person.
        Paused = 1 "paused",
        /// Being stopped.
        Cancelling = 2 "cancelling",
        /// Stopped.
        Cancelled = 3 "cancelled",
        /// Every message is final.
        Done = 4 "done",
    }

    /// The queue a message travels in. Notices never wait behind a newsletter.
    Lane {
        /// Contract notices.
        Notice = 0 "notice",
        /// Everything else.
        Bulk = 1 "bulk",
    }

    /// What a hit on a tracked link was judged to be (TR-04).
    Verdict {
        /// Waiting for its quarantine to end.
        Pending = 0 "pending",
        /// A person's click.
        Human = 1 "human",
        /// A scanner, gateway or prefetcher.
        Machine = 2 "machine",
        /// Not clear; counts for nothing.
        Undecided = 3 "undecided",
    }
}

impl ContactRole {
    /// Its bit in a set of roles, as stored in `contact.roles`.
    #[must_use]
    pub const fn bit(self) -> i32 {
        1 << self as i16
    }
}
