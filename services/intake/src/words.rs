//! Closed lists that only files use, and what all closed lists have in common here.

use model::vocabulary::{
    ActivityKind, Answer, Asked, Channel, ContactKind, ContactRole, CriterionType, IndicatorType, LineState,
    ProductState,
};
use serde::{Deserialize, Serialize};

/// A closed list whose members stand in files as words.
pub trait Word: Copy + Eq + Ord + 'static {
    /// Every member that a file may name.
    const ALL: &'static [Self];
    /// The word in files.
    fn word(self) -> &'static str;
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $number:literal $text:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[repr(i16)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant = $number,)*
        }

        impl $name {
            /// The number in the database; never given to another member.
            #[must_use]
            pub const fn number(self) -> i16 {
                self as i16
            }
        }

        impl Word for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),*];

            fn word(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }
    )*};
}

macro_rules! words_of_the_model {
    ($($name:ident),*) => {$(
        impl Word for $name {
            const ALL: &'static [Self] = Self::ALL;

            fn word(self) -> &'static str {
                self.word()
            }
        }
    )*};
}

words_of_the_model!(
    Answer,
    Channel,
    ContactKind,
    ContactRole,
    CriterionType,
    IndicatorType,
    LineState,
    ProductState
);

/// What a wording names, which is never the general question: that asks about the channels that it names.
impl Word for Asked {
    const ALL: &'static [Self] = Self::NAMED;

    fn word(self) -> &'static str {
        self.word()
    }
}

/// A file cannot claim what only Rappel can know: a legacy recency is a column of contacts, and a click counts only
/// once its hit was judged human (TR-04).
impl Word for ActivityKind {
    const ALL: &'static [Self] = &[
        Self::OptionTaken,
        Self::OptionConfirmed,
        Self::Reservation,
        Self::Sale,
        Self::WaitingList,
        Self::CriterionChanged,
        Self::AuthorisationChanged,
        Self::RenewalConfirmed,
        Self::PersonContact,
        Self::Payment,
        Self::Other,
    ];

    fn word(self) -> &'static str {
        self.word()
    }
}

words! {
    /// The gender by which a person wishes to be addressed.
    Gender {
        /// Female.
        Female = 0 "female",
        /// Male.
        Male = 1 "male",
        /// Neither of the two.
        Other = 2 "other",
    }

    /// How a collection point asks (the collection method of CO-03).
    CollectionKind {
        /// A page on the web.
        WebForm = 0 "web_form",
        /// A screen on site.
        Kiosk = 1 "kiosk",
        /// A person at a counter.
        Counter = 2 "counter",
        /// A telephone call.
        Call = 3 "call",
        /// A form on paper.
        Paper = 4 "paper",
    }
}
