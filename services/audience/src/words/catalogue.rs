//! The catalogues of messages, one for each language, in the shape in which they are used.
//!
//! Reading is strict: a message that a catalogue lacks, or that nobody uses, does not read, and a field that no code
//! reads does not pass the lints. So the four catalogues have the same messages, all of them used. Tests
//! hold their slots and plural forms together.

mod closed;

use serde::Deserialize;

use self::closed::{ActivityKinds, Kinds, Outcomes, Questions, Roles, Scores, States};
use super::Language;
use super::message::{Message, folded};
use crate::leaves::{CodeField, DateField, TextField};

/// A struct of messages and groups of them.
macro_rules! messages {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $what:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(in crate::words) struct $name { $(pub(in crate::words) $field: $what,)* }
    )*};
}

messages! {
    /// Everything that can be said in one language.
    Messages {
        target: Target,
        group: Groups,
        off: Message,
        missing: Message,
        form: Forms,
        day: DayForms,
        date: Dates,
        window: Windows,
        value: Values,
        text: Texts,
        number: Numbers,
        yes_no: YesOrNo,
        choice: Choices,
        amount: Compared,
        count: Compared,
        field: Fields,
        age: Ages,
        birthday: Message,
        kind: Kinds,
        role: RoleWords,
        criterion_unreadable: Message,
        facts: Facts,
        activity: Activities,
        order_line: Presence,
        state: States,
        message: Outcomes,
        filter: Filters,
        question: Questions,
        answer: Answers,
        bucket: Message,
        postal_area: PostalAreas,
        membership: Memberships,
    }

    /// How a target begins.
    Target { single: Message, all: Message, any: Message, none: Message, not_all: Message, }

    /// How a group inside another begins; counted by its members.
    Groups { all: Message, any: Message, none: Message, not_all: Message, }

    Forms {
        quote: Message,
        percent: Message,
        or: Message,
        and: Message,
        comma: Message,
        semicolon: Message,
        kilometres: Message,
        place: Message,
    }

    /// A number of months or of days.
    ByUnit { months: Message, days: Message, }

    /// One sentence about a day, by the way in which the day is named.
    ByDay { day: Message, today: Message, ago: ByUnit, ahead: ByUnit, }

    /// One sentence about two days.
    ByDays { days: Message, ago: ByUnit, ahead: ByUnit, }

    DayForms { months: Vec<String>, date: Message, of_year: Message, point: ByDay, }

    /// A date of the contact against a day.
    Dates { before: ByDay, after: ByDay, on: ByDay, between: ByDays, }

    /// When something happened.
    Windows { on: ByDay, since: ByDay, earliest: ByUnit, until: ByDay, between: ByDays, next: ByUnit, }

    Values { missing: Message, present: Message, }

    Texts { equals: Message, not_equals: Message, starts_with: Message, contains: Message, }

    Numbers {
        equals: Message,
        not_equals: Message,
        less_than: Message,
        at_most: Message,
        more_than: Message,
        at_least: Message,
        between: Message,
    }

    YesOrNo { yes: Message, no: Message, }

    Choices { any_of: Message, all_of: Message, none_of: Message, }

    /// A number of facts, or what they come to, against another.
    Compared {
        equals: Message,
        less_than: Message,
        at_most: Message,
        more_than: Message,
        at_least: Message,
        between: Message,
    }

    /// What a sentence is about, with its article.
    Fields {
        first_name: Message,
        last_name: Message,
        email: Message,
        mobile: Message,
        postal_code: Message,
        city: Message,
        language: Message,
        source: Message,
        external_id: Message,
        gender: Message,
        country: Message,
        birth_date: Message,
        created_on: Message,
        recency: Message,
        criterion: Message,
        activity_with: Message,
        indicator: Message,
        indicator_of: Message,
        distance: Message,
        asked_of_target: Message,
        score: Scores,
    }

    PostalAreas { any_of: Message, none_of: Message, }

    Memberships { within: Message, outside: Message, }

    Ages { at_least: Message, at_most: Message, between: Message, }

    Being { is: Message, is_not: Message, }

    RoleWords { names: Roles, has: Message, has_not: Message, }

    /// Facts with a window, with further conditions, or with both.
    Facts { windowed: Message, filtered: Message, windowed_filtered: Message, sum: Message, }

    /// Whether there are any.
    Presence { some: Message, none: Message, }

    Activities { any: AnyActivity, kinds: ActivityKinds, }

    /// Facts of every kind.
    AnyActivity { some: Message, none: Message, count: Message, all: Message, first: Message, last: Message, }

    /// Facts of one kind; `name` is the kind in a list.
    ActivityWords {
        some: Message,
        none: Message,
        count: Message,
        all: Message,
        first: Message,
        last: Message,
        name: Message,
    }

    Filters {
        organisation: Message,
        institution: Message,
        topic: Message,
        product: Message,
        categories: Message,
        campaign: Message,
        purchaser: Message,
        attendee: Message,
        either: Message,
        amount_from: Message,
        amount_until: Message,
        amount_between: Message,
        ordered: Message,
        event: Message,
        wording: Message,
    }

    /// An answer, given at any time or in a window.
    Answer { ever: Message, given: Message, }

    Answers { yes: Answer, no: Answer, expired: Answer, unset: Message, }
}

impl Fields {
    pub(in crate::words) const fn text(&self, field: TextField) -> &Message {
        match field {
            TextField::FirstName => &self.first_name,
            TextField::LastName => &self.last_name,
            TextField::Email => &self.email,
            TextField::Mobile => &self.mobile,
            TextField::PostalCode => &self.postal_code,
            TextField::City => &self.city,
            TextField::Language => &self.language,
            TextField::Source => &self.source,
            TextField::ExternalId => &self.external_id,
        }
    }

    pub(in crate::words) const fn code(&self, field: CodeField) -> &Message {
        match field {
            CodeField::Gender => &self.gender,
            CodeField::Country => &self.country,
        }
    }

    pub(in crate::words) const fn date(&self, field: DateField) -> &Message {
        match field {
            DateField::BirthDate => &self.birth_date,
            DateField::CreatedOn => &self.created_on,
        }
    }
}

/// The file of a language.
pub(super) const fn file(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../../words/en.json"),
        Language::French => include_str!("../../words/fr.json"),
        Language::Italian => include_str!("../../words/it.json"),
        Language::German => include_str!("../../words/de.json"),
    }
}

impl Messages {
    #[expect(clippy::expect_used, reason = "the catalogues are part of the program; a test reads all four")]
    pub(super) fn of(language: Language) -> Self {
        Self::read(file(language)).expect("a complete catalogue")
    }

    pub(super) fn read(text: &str) -> serde_json::Result<Self> {
        serde_json::from_value(folded(serde_json::from_str(text)?))
    }
}
