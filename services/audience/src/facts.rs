//! Everything about one contact that a query can ask for, in memory.
//!
//! The shapes are those of the domain, not of the tables: the evaluator answers from them without knowing how the
//! same facts are stored, which is what makes it a reference. They are personal data: `Debug` is for tests.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use model::ids::{ContactId, OccurrenceId, OrganisationId, ProductId, TargetId, TopicId, WordingId};
use model::place::Coordinates;
use model::score::Scores;
use model::vocabulary::{ActivityKind, Asked, ContactKind, ContactRole, DataUse, HolderRole, LineState};

use crate::catalogue::{CriterionId, IndicatorId};
use crate::explain::Seen;

/// One contact.
#[derive(Clone, Debug, PartialEq)]
pub struct ContactFacts {
    /// Who.
    pub contact: ContactId,
    /// The place in the shuffled file, 0 to 9999; it never changes.
    pub bucket: i16,
    /// Identity fields.
    pub identity: IdentityFacts,
    /// Custom attributes; what is absent is missing.
    pub criteria: BTreeMap<CriterionId, CriterionFact>,
    /// Computed values, of one organisation or ([`OrganisationId::WHOLE_INSTITUTION`]) of the institution.
    pub indicators: BTreeMap<(IndicatorId, OrganisationId), IndicatorFact>,
    /// Where the contact's postal code lies, when that is known.
    pub coordinates: Option<Coordinates>,
    /// The scores of the last run; `None` without a sale in its window. Whoever refuses profiling is not asked for them.
    pub scores: Option<Scores>,
    /// The static targets that the contact is in.
    pub lists: BTreeSet<TargetId>,
    /// Recorded answers; what is absent is unset.
    pub authorisations: BTreeMap<AnswerScope, AnswerFact>,
    /// The day of `recency.counts_on`; `None` is unknown.
    pub recency: Option<NaiveDate>,
    /// Dated facts.
    pub activities: Vec<ActivityFact>,
    /// Order lines, one entry per role in which the contact stands in the line.
    pub order_lines: Vec<OrderLineFact>,
    /// Earlier messages of which something became.
    pub messages: Vec<MessageFact>,
}

/// Identity fields. Empty texts do not occur: an importer stores nothing instead.
#[derive(Clone, Debug, PartialEq)]
pub struct IdentityFacts {
    /// The system it comes from.
    pub source: String,
    /// Its id there.
    pub external_id: String,
    /// Person or body.
    pub kind: ContactKind,
    /// What the contact is to the institution.
    pub roles: BTreeSet<ContactRole>,
    /// As given.
    pub first_name: Option<String>,
    /// As given.
    pub last_name: Option<String>,
    /// Day of birth.
    pub birth_date: Option<NaiveDate>,
    /// A lower-case code.
    pub gender: Option<String>,
    /// A language tag such as `fr` or `fr-BE`.
    pub language: Option<String>,
    /// The canonical form (`model::address::EmailAddress::key`).
    pub email: Option<String>,
    /// In the form in which it is dialled.
    pub mobile: Option<String>,
    /// As given.
    pub postal_code: Option<String>,
    /// As given.
    pub city: Option<String>,
    /// An upper-case country code.
    pub country: Option<String>,
    /// The day of its creation in the file; `None` is unknown, never "today".
    pub created_on: Option<NaiveDate>,
}

/// The value of a criterion.
#[derive(Clone, Debug, PartialEq)]
pub enum CriterionFact {
    /// `text`
    Text(String),
    /// `number`
    Number(f64),
    /// `date`
    Date(NaiveDate),
    /// `yes/no`
    YesNo(bool),
    /// `one of` (a single code) and `several of`; never empty.
    Codes(BTreeSet<String>),
}

/// A value, as the type that is asked for.
pub(crate) trait TypedValue {
    fn text(&self) -> Option<&str>;
    fn number(&self) -> Option<&f64>;
    fn date(&self) -> Option<&NaiveDate>;
}

impl TypedValue for CriterionFact {
    fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    fn number(&self) -> Option<&f64> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    fn date(&self) -> Option<&NaiveDate> {
        if let Self::Date(date) = self { Some(date) } else { None }
    }
}

impl CriterionFact {
    pub(crate) const fn yes_no(&self) -> Option<&bool> {
        if let Self::YesNo(yes) = self { Some(yes) } else { None }
    }

    pub(crate) const fn codes(&self) -> Option<&BTreeSet<String>> {
        if let Self::Codes(codes) = self { Some(codes) } else { None }
    }

    pub(crate) fn seen(&self) -> Seen {
        match self {
            Self::Text(text) => Seen::Text(text.clone()),
            Self::Number(number) => Seen::Number(*number),
            Self::Date(date) => Seen::Date(*date),
            Self::YesNo(yes) => Seen::YesNo(*yes),
            Self::Codes(codes) => Seen::Codes(codes.iter().cloned().collect()),
        }
    }
}

/// The value of an indicator.
#[derive(Clone, Debug, PartialEq)]
pub enum IndicatorFact {
    /// `number`
    Number(f64),
    /// `date`
    Date(NaiveDate),
    /// `text`
    Text(String),
}

impl TypedValue for IndicatorFact {
    fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    fn number(&self) -> Option<&f64> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    fn date(&self) -> Option<&NaiveDate> {
        if let Self::Date(date) = self { Some(date) } else { None }
    }
}

impl IndicatorFact {
    pub(crate) fn seen(&self) -> Seen {
        match self {
            Self::Number(number) => Seen::Number(*number),
            Self::Date(date) => Seen::Date(*date),
            Self::Text(text) => Seen::Text(text.clone()),
        }
    }
}

/// What an answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnswerScope {
    /// [`OrganisationId::WHOLE_INSTITUTION`] for an answer to the institution.
    pub organisation: OrganisationId,
    /// [`TopicId::NONE`] when it is not about one topic.
    pub topic: TopicId,
    /// Which question.
    pub asked: Asked,
}

impl AnswerScope {
    /// Whether the institution may score the contact.
    pub(crate) const PROFILING: Self = Self {
        organisation: OrganisationId::WHOLE_INSTITUTION,
        topic: TopicId::NONE,
        asked: Asked::Use(DataUse::Profiling),
    };
}

impl ContactFacts {
    pub(crate) fn refuses_profiling(&self) -> bool {
        self.authorisations.get(&AnswerScope::PROFILING).is_some_and(|answer| !answer.yes)
    }
}

/// An answer that was given. *Unset* is the absence of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerFact {
    /// Yes, or no.
    pub yes: bool,
    /// The last day of a yes; `None` when it does not expire.
    pub expires_on: Option<NaiveDate>,
    /// The day on which it was given, in the institution's zone.
    pub given_on: NaiveDate,
    /// The wording that it was given to; `None` when the record names none.
    pub wording: Option<WordingId>,
}

/// A dated fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityFact {
    /// With whom; [`OrganisationId::WHOLE_INSTITUTION`] when with none in particular.
    pub organisation: OrganisationId,
    /// What it was.
    pub kind: ActivityKind,
    /// As whom the contact stands in it.
    pub role: HolderRole,
    /// About which product, if any.
    pub product: Option<ProductId>,
    /// The category of that product, if it has one.
    pub category: Option<String>,
    /// What it cost, in hundredths of the currency; `None` when nothing was said of it.
    pub amount: Option<i64>,
    /// When.
    pub happened_on: NaiveDate,
    /// The day on which it counts for recency; `None` when its kind never counts.
    pub counts_on: Option<NaiveDate>,
}

/// One role of the contact in one order line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLineFact {
    /// As whom.
    pub role: HolderRole,
    /// Who sells.
    pub organisation: OrganisationId,
    /// What.
    pub product: ProductId,
    /// Its category, if it has one.
    pub category: Option<String>,
    /// The day of the order.
    pub ordered_on: NaiveDate,
    /// The event's day; `None` for an undated product.
    pub event_on: Option<NaiveDate>,
    /// Where the line stands.
    pub state: LineState,
}

/// What became of one message, in days of the institution's zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageFact {
    /// The launch that it belongs to.
    pub occurrence: OccurrenceId,
    /// When it was handed to the next hop, or possibly was.
    pub received_on: Option<NaiveDate>,
    /// When it was refused for good because of the recipient's address.
    pub bounced_on: Option<NaiveDate>,
    /// When a person clicked on a link in it.
    pub clicked_on: BTreeSet<NaiveDate>,
}
