//! The signals behind a verdict, as a set that is stored in one number.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One signal that a hit is not a person's. The number is its bit in [`Reasons`] and is never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Reason {
    /// HEAD, OPTIONS or another method than GET (TR-05).
    NotAGet = 0,
    /// Announced itself as a prefetch (TR-05).
    Prefetch = 1,
    /// Part of a burst over several links (TR-05).
    Burst = 2,
    /// Came before anybody can have read the message (TR-05, TR-06).
    TooEarly = 3,
    /// The agent is a programming library or an automated browser (TR-05).
    LibraryAgent = 4,
    /// The agent is a known scanner, crawler or link previewer (TR-05).
    ScannerAgent = 5,
    /// No agent named. Weak: some privacy tools remove it.
    NoAgent = 6,
    /// An agent that is neither a browser nor known. Weak: mail programs invent names.
    OddAgent = 7,
    /// Close to a hit with a strong signal. Weak: a person may click while a scanner is at work.
    NearMachine = 8,
    /// The moment of acceptance is not known, so nothing can be said about [`Reason::TooEarly`]. Weak.
    AcceptanceUnknown = 9,
}

impl Reason {
    /// Every reason, in the order of the numbers.
    pub const ALL: [Self; 10] = [
        Self::NotAGet,
        Self::Prefetch,
        Self::Burst,
        Self::TooEarly,
        Self::LibraryAgent,
        Self::ScannerAgent,
        Self::NoAgent,
        Self::OddAgent,
        Self::NearMachine,
        Self::AcceptanceUnknown,
    ];

    /// Whether it makes a machine by itself.
    #[must_use]
    pub const fn is_strong(self) -> bool {
        match self {
            Self::NotAGet
            | Self::Prefetch
            | Self::Burst
            | Self::TooEarly
            | Self::LibraryAgent
            | Self::ScannerAgent => true,
            Self::NoAgent | Self::OddAgent | Self::NearMachine | Self::AcceptanceUnknown => false,
        }
    }

    /// The word in reports and in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotAGet => "not_a_get",
            Self::Prefetch => "prefetch",
            Self::Burst => "burst",
            Self::TooEarly => "too_early",
            Self::LibraryAgent => "library_agent",
            Self::ScannerAgent => "scanner_agent",
            Self::NoAgent => "no_agent",
            Self::OddAgent => "odd_agent",
            Self::NearMachine => "near_machine",
            Self::AcceptanceUnknown => "acceptance_unknown",
        }
    }

    const fn bit(self) -> i32 {
        1 << self as u8
    }
}

/// A set of reasons; the number is what the database stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reasons(pub i32);

impl Reasons {
    /// No signal.
    pub const NONE: Self = Self(0);

    /// Adds a reason.
    pub const fn insert(&mut self, reason: Reason) {
        self.0 |= reason.bit();
    }

    /// Whether the reason is there.
    #[must_use]
    pub const fn contains(self, reason: Reason) -> bool {
        self.0 & reason.bit() != 0
    }

    /// The reasons, in the order of the numbers.
    pub fn iter(self) -> impl Iterator<Item = Reason> {
        Reason::ALL.into_iter().filter(move |reason| self.contains(*reason))
    }

    /// Whether one of them makes a machine by itself.
    #[must_use]
    pub fn has_strong(self) -> bool {
        self.iter().any(Reason::is_strong)
    }

    /// How many are weak.
    #[must_use]
    pub fn weak(self) -> usize {
        self.iter().filter(|reason| !reason.is_strong()).count()
    }
}

impl fmt::Display for Reasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.iter().map(Reason::word).collect();
        f.write_str(&words.join(", "))
    }
}
