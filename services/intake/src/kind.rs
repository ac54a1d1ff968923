//! What a file holds and how it is written.

use crate::{Column, Record, records};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident $word:literal $record:ident,)*) => {
        /// What a file holds: one kind of record each, in the order in which files are best imported, parents first.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $variant,)*
        }

        impl Kind {
            /// Every kind, parents first.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word on the command line and in the API.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The kind for a word, exactly as written by [`Self::word`].
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.word() == word)
            }

            /// The columns of its files; each file may add [`crate::AS_OF`].
            #[must_use]
            pub const fn columns(self) -> &'static [Column] {
                match self { $(Self::$variant => <records::$record as Record>::COLUMNS),* }
            }

            /// Whether its files may have columns of criteria.
            pub(crate) const fn has_criteria(self) -> bool {
                match self { $(Self::$variant => <records::$record as Record>::HAS_CRITERIA),* }
            }
        }
    };
}

kinds! {
    /// Venues, brands and clubs of the institution.
    Organisations "organisations" Organisation,
    /// The texts under which consent was asked.
    Wordings "wordings" Wording,
    /// The forms and counters where consent is collected.
    CollectionPoints "collection_points" CollectionPoint,
    /// Definitions of custom attributes.
    Criteria "criteria" Criterion,
    /// Definitions of computed values.
    Indicators "indicators" Indicator,
    /// Where postal codes lie.
    Places "places" Place,
    /// Persons and bodies.
    Contacts "contacts" Contact,
    /// What is sold.
    Products "products" Product,
    /// Who bought or attends what.
    OrderLines "order_lines" OrderLine,
    /// Dated facts about contacts.
    Activities "activities" Activity,
    /// What contacts owe or are owed.
    Balances "balances" Balance,
    /// Computed values about contacts.
    IndicatorValues "indicator_values" IndicatorValue,
    /// Answers to "may we contact you".
    Authorisations "authorisations" Authorisation,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// A header row, then one record a row; comma, semicolon or tab, recognised from the header; quoting as RFC 4180.
    Csv,
    /// One flat JSON object a line.
    Ndjson,
}

impl Format {
    /// The format that the ending of a file name stands for, if any: `.csv`, `.tsv`, `.ndjson`, `.jsonl`.
    #[must_use]
    pub fn of_file_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "csv" | "tsv" => Some(Self::Csv),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            _ => None,
        }
    }
}
