//! What a contact can be asked: whether to be contacted, by which channel, and what may be done with data.

use serde::{Deserialize, Serialize};

use super::{Channel, UnknownNumber};

vocabulary! {
    /// Whether links are tracked for a contact who did not answer that question (TR-24).
    ClickTracking {
        /// Unless the contact refused.
        UnlessRefused = 0 "unless_refused",
        /// Only when the contact agreed.
        OnlyIfGranted = 1 "only_if_granted",
        /// Never.
        Off = 2 "off",
    }

    /// What a contact is asked apart from being contacted (TR-24; design, section 1). No channel's answer speaks for these, nor a
    /// general one. The numbers go on where those of [`Channel`] end: both stand in `authorisation.channel`.
    DataUse {
        /// Whether opening a message may be recorded.
        OpenTracking = 5 "open_tracking",
        /// Whether following a link may be recorded.
        ClickTracking = 6 "click_tracking",
        /// Whether scores may be computed.
        Profiling = 7 "profiling",
        /// Whether data may go to third parties.
        Transmission = 8 "transmission",
    }
}

/// A question that a contact answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum Asked {
    /// Whether at all.
    General,
    /// Whether by one channel.
    Channel(Channel),
    /// Something else than being contacted.
    Use(DataUse),
}

impl Asked {
    /// Every question, in the order of the numbers.
    pub fn all() -> impl Iterator<Item = Self> {
        std::iter::once(Self::General).chain(Self::NAMED.iter().copied())
    }

    /// The number in the database.
    #[must_use]
    pub const fn number(self) -> i16 {
        match self {
            Self::General => 0,
            Self::Channel(channel) => channel.number(),
            Self::Use(data_use) => data_use.number(),
        }
    }

    /// The word in files, in the API and on screen.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Channel(channel) => channel.word(),
            Self::Use(data_use) => data_use.word(),
        }
    }

    /// The question for a word, exactly as written by [`Self::word`].
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::all().find(|asked| asked.word() == word)
    }

    /// Every question that a wording can name: a general yes counts for the channels among them.
    pub const NAMED: &'static [Self] = &[
        Self::Channel(Channel::Email),
        Self::Channel(Channel::Sms),
        Self::Channel(Channel::Phone),
        Self::Channel(Channel::Post),
        Self::Use(DataUse::OpenTracking),
        Self::Use(DataUse::ClickTracking),
        Self::Use(DataUse::Profiling),
        Self::Use(DataUse::Transmission),
    ];

    /// Its bit in the set of questions that a wording names.
    #[must_use]
    pub const fn bit(self) -> i16 {
        1 << self.number()
    }
}

impl std::fmt::Display for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl From<Option<Channel>> for Asked {
    /// `None` is the general question.
    fn from(channel: Option<Channel>) -> Self {
        channel.map_or(Self::General, Self::Channel)
    }
}

impl TryFrom<i16> for Asked {
    type Error = UnknownNumber;
    fn try_from(value: i16) -> Result<Self, UnknownNumber> {
        let unknown = UnknownNumber { kind: "question", value };
        Self::all().find(|asked| asked.number() == value).ok_or(unknown)
    }
}

impl TryFrom<String> for Asked {
    type Error = String;
    fn try_from(word: String) -> Result<Self, String> {
        Self::from_word(&word).ok_or_else(|| {
            let known: Vec<&str> = Self::all().map(Self::word).collect();
            format!("`{word}` is no question; the questions are {}", known.join(", "))
        })
    }
}

impl From<Asked> for &'static str {
    fn from(asked: Asked) -> Self {
        asked.word()
    }
}
