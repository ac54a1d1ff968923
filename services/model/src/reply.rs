//! What an SMTP reply means: for the message, for the session, for the address, and whose fault it is.
//!
//! The basic code decides what becomes of the message, by phase and class (EM-61); the enhanced code (RFC 3463)
//! decides whose fault it is and what that does to the address (EM-72). When a server contradicts itself, the gentler
//! reading of the address wins: an address becomes invalid at once only when a 5xx and a 5.1.x agree.
//!
//! A bounce never touches consent or recency (EM-73). Reading the text of a reply, and overrides per site, are not done
//! here.

mod retry;

use std::fmt;

pub use retry::{MAX_ATTEMPTS, retry_after};

/// Where the dialogue stood when the reply came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Connection, banner, EHLO, STARTTLS, AUTH: before any message.
    Session,
    /// After MAIL FROM.
    Mail,
    /// After RCPT TO.
    Recipient,
    /// After DATA, before the body.
    Data,
    /// After the final dot was written, or may have been.
    FinalDot,
}

/// What becomes of the message. The numbers stand in the send-journal and are never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Outcome {
    /// The next hop took it.
    Accepted = 1,
    /// Not now; try again by [`retry_after`].
    Deferred = 2,
    /// A clear permanent refusal.
    Failed = 3,
    /// The dot was or may have been written and nothing clear came back. Marketing is never resent (EM-62).
    Unknown = 4,
}

impl Outcome {
    /// Every outcome, in the order of the numbers.
    pub const ALL: [Self; 4] = [Self::Accepted, Self::Deferred, Self::Failed, Self::Unknown];

    /// The number in the journal.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The outcome of a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.number() == number)
    }
}

/// Who can mend it (EM-72).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The mailbox: unknown, disabled, full.
    Recipient,
    /// The sender: reputation, authentication, protocol. Pause the stream and alert; the contact is untouched.
    Us,
    /// The message: its size or form. Fails the content check of the campaign.
    Content,
    /// The servers in between: retry.
    Infrastructure,
}

impl Fault {
    /// The number in the database.
    #[must_use]
    pub const fn number(self) -> i16 {
        match self {
            Self::Recipient => 1,
            Self::Us => 2,
            Self::Content => 3,
            Self::Infrastructure => 4,
        }
    }
}

/// What a reply does to the address, apart from the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressEffect {
    /// Nothing.
    Keep,
    /// Invalid from now on.
    Invalid,
    /// Invalid once there were `bounces` of these, the first and the last at least `days` apart.
    InvalidAfter {
        /// How many.
        bounces: u8,
        /// Days between first and last.
        days: u8,
    },
}

/// A disabled mailbox, or a bare code that does not say what is wrong with the recipient (EM-72).
pub const DISABLED: AddressEffect = AddressEffect::InvalidAfter { bounces: 3, days: 14 };
/// A full mailbox, whatever the class of the code (EM-72).
pub const FULL: AddressEffect = AddressEffect::InvalidAfter { bounces: 5, days: 30 };

/// An enhanced status code (RFC 3463), such as 5.1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EnhancedCode {
    /// 2, 4 or 5.
    pub class: u16,
    /// What the code is about.
    pub subject: u16,
    /// The detail within the subject.
    pub detail: u16,
}

impl EnhancedCode {
    /// Reads the code at the beginning of a reply's text; `None` when there is none (RFC 2034).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let word = text.split_ascii_whitespace().next()?;
        let mut parts = word.split('.').map(number_of_three_digits);
        let code = Self { class: parts.next()??, subject: parts.next()??, detail: parts.next()?? };
        (parts.next().is_none() && matches!(code.class, 2 | 4 | 5)).then_some(code)
    }
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

fn number_of_three_digits(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// The meaning of one reply, or of its absence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReplyClass {
    /// What becomes of the message.
    pub outcome: Outcome,
    /// Whose fault it is; `None` when it was accepted.
    pub fault: Option<Fault>,
    /// The session cannot be used again. After a 421 the site is left alone for a while as well (EM-61).
    pub ends_session: bool,
    /// What it does to the address.
    pub address: AddressEffect,
}

impl ReplyClass {
    /// The address is invalid from now on: the recipient's fault, said clearly and for good.
    #[must_use]
    pub fn invalidates_address(&self) -> bool {
        self.address == AddressEffect::Invalid
    }

    const fn broken_session(outcome: Outcome, fault: Fault) -> Self {
        Self { outcome, fault: Some(fault), ends_session: true, address: AddressEffect::Keep }
    }
}

/// The codes by which a server asks for authentication or encryption (RFC 4954, RFC 3207): about the session
/// wherever they come, so that a wrong password fails no message.
const SESSION_CODES: [u16; 4] = [530, 534, 535, 538];

/// Classifies a reply. `None` is the expected answer to a step before the last one: go on.
#[must_use]
pub fn classify(phase: Phase, code: u16, enhanced: Option<EnhancedCode>) -> Option<ReplyClass> {
    let class = match (phase, code) {
        (Phase::FinalDot, 200..=299) => ReplyClass {
            outcome: Outcome::Accepted,
            fault: None,
            ends_session: false,
            address: AddressEffect::Keep,
        },
        (Phase::Data, 354) | (Phase::Session | Phase::Mail | Phase::Recipient, 200..=299) => return None,
        // AUTH goes on with 334.
        (Phase::Session, 300..=399) => return None,
        (_, 421) => ReplyClass::broken_session(Outcome::Deferred, Fault::Infrastructure),
        (_, code) if SESSION_CODES.contains(&code) => {
            ReplyClass::broken_session(Outcome::Deferred, Fault::Us)
        }
        // A refusal before any message is about the route: the whole queue is retried (EM-61).
        (Phase::Session, 400..=599) => ReplyClass::broken_session(Outcome::Deferred, Fault::Infrastructure),
        (_, 400..=499) => refusal(Outcome::Deferred, temporary(enhanced)),
        (_, 500..=599) => refusal(Outcome::Failed, permanent(phase, code, enhanced)),
        // No reply of this protocol step, so nothing about the message can be read from it.
        (_, _) => interrupted(phase),
    };
    Some(class)
}

/// The meaning of a lost connection or a timeout (EM-62).
#[must_use]
pub fn interrupted(phase: Phase) -> ReplyClass {
    let outcome = match phase {
        Phase::Session | Phase::Mail | Phase::Recipient | Phase::Data => Outcome::Deferred,
        Phase::FinalDot => Outcome::Unknown,
    };
    ReplyClass::broken_session(outcome, Fault::Infrastructure)
}

fn refusal(outcome: Outcome, (fault, address): (Fault, AddressEffect)) -> ReplyClass {
    ReplyClass { outcome, fault: Some(fault), ends_session: false, address }
}

/// A 4xx tells something about the mailbox in two cases only (EM-72).
fn temporary(enhanced: Option<EnhancedCode>) -> (Fault, AddressEffect) {
    match enhanced.map(|code| (code.subject, code.detail)) {
        Some((2, 1)) => (Fault::Recipient, DISABLED),
        Some((2, 2)) => (Fault::Recipient, FULL),
        Some(_) | None => (Fault::Infrastructure, AddressEffect::Keep),
    }
}

fn permanent(phase: Phase, code: u16, enhanced: Option<EnhancedCode>) -> (Fault, AddressEffect) {
    match enhanced {
        // "Success" beside a 5xx says nothing.
        None | Some(EnhancedCode { class: 2, .. }) => bare(phase, code),
        Some(enhanced) => by_subject(enhanced),
    }
}

/// The table of EM-72, with the codes that it leaves out read by the meaning of their subject.
fn by_subject(EnhancedCode { class, subject, detail }: EnhancedCode) -> (Fault, AddressEffect) {
    match (subject, detail) {
        (1, 7 | 8) => (Fault::Us, AddressEffect::Keep),
        (1, 1 | 2 | 3 | 6 | 10) if class == 5 => (Fault::Recipient, AddressEffect::Invalid),
        (1, _) => (Fault::Recipient, AddressEffect::Keep),
        (2, 1) => (Fault::Recipient, DISABLED),
        (2, 2) => (Fault::Recipient, FULL),
        (2, 3) | (3, 4) | (6, _) => (Fault::Content, AddressEffect::Keep),
        (2, _) => (Fault::Recipient, AddressEffect::Keep),
        (5 | 7, _) => (Fault::Us, AddressEffect::Keep),
        (_, _) => (Fault::Infrastructure, AddressEffect::Keep),
    }
}

/// A 5xx without an enhanced code. 550 is sent for unknown users and for policy alike, hence no invalidation at once.
fn bare(phase: Phase, code: u16) -> (Fault, AddressEffect) {
    match (phase, code) {
        (Phase::Recipient, 550 | 551 | 553) => (Fault::Recipient, DISABLED),
        (Phase::Recipient, 552) => (Fault::Recipient, FULL),
        (Phase::FinalDot, 552) => (Fault::Content, AddressEffect::Keep),
        (Phase::Session | Phase::Mail | Phase::Recipient | Phase::Data | Phase::FinalDot, _) => {
            (Fault::Us, AddressEffect::Keep)
        }
    }
}

#[cfg(test)]
mod tests;
