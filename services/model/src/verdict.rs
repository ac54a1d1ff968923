//! Whether a request on a tracked link was a person's click or a machine's.
//!
//! Gateways and scanners open every link of a message; counted as clicks they would keep a dormant contact alive for
//! years. So hits wait in a quarantine, then all hits of one message are judged together, since the burst may come
//! after the first hit (TR-04). Each verdict carries its reasons and the version of the rules (TR-08), and can be
//! revised: judging again is calling [`judge`] again.
//!
//! A strong signal makes a machine. No signal makes a human. One weak signal leaves the hit undecided, two make a
//! machine; an undecided hit counts for nothing.
//!
//! Not judged here: sources (address ranges, one source over several recipients), honeypots and mutated queries, which
//! need more than the hits of one message (TR-05, TR-07).

mod agent;
mod burst;
mod reason;
mod signals;

use chrono::{DateTime, TimeDelta, Utc};

pub use agent::AgentClass;
pub use reason::{Reason, Reasons};
pub use signals::Signals;

use crate::ids::LinkNo;
use crate::vocabulary::Verdict;

/// The version of the rules below; raised with every change of a rule or a value (TR-08).
pub const RULE_VERSION: i16 = 1;

/// How long after the last hit of a message its hits are judged (TR-04).
pub const QUARANTINE: TimeDelta = TimeDelta::minutes(15);

/// A hit sooner after acceptance is a gateway's: nobody has read the message yet (TR-05, TR-06).
pub const TOO_EARLY: TimeDelta = TimeDelta::seconds(60);

/// The span of a burst, both ends included (TR-05).
pub const BURST_SPAN: TimeDelta = TimeDelta::seconds(10);

/// So many distinct links within [`BURST_SPAN`] are a burst; in a message of two links, both of them. The only link
/// of a message makes none, for then every click would (TR-05).
pub const BURST_LINKS: u16 = 3;

/// A hit so close to a machine's hit on the same message is likely the same machine's, such as the GET after a HEAD.
pub const NEAR: TimeDelta = TimeDelta::seconds(10);

/// The method of a request. The numbers stand in the hit spool and the database and are never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum HitMethod {
    /// What a browser sends for a click.
    Get = 1,
    /// Asks whether the link works.
    Head = 2,
    /// Anything else, such as OPTIONS.
    Other = 3,
}

impl HitMethod {
    /// Every method, in the order of the numbers.
    pub const ALL: [Self; 3] = [Self::Get, Self::Head, Self::Other];

    /// The method of a request line; methods are case-sensitive (RFC 9110 §9.1).
    #[must_use]
    pub fn of(method: &str) -> Self {
        match method {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            _ => Self::Other,
        }
    }

    /// The number in the spool and the database.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The method of a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.number() == number)
    }
}

/// What the rules need to know about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageFacts {
    /// When the next hop accepted it, never when it was sent or queued (TR-06). `None` while that is not known.
    pub accepted_at: Option<DateTime<Utc>>,
    /// How many tracked links it has.
    pub links: u16,
}

/// What the rules need to know about one hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HitFacts {
    /// When the request came.
    pub at: DateTime<Utc>,
    /// Its method.
    pub method: HitMethod,
    /// The link that it followed.
    pub link: LinkNo,
    /// What its headers say.
    pub signals: Signals,
}

/// The verdict on one hit, with everything that explains it (TR-08).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Human, machine or undecided; never pending.
    pub verdict: Verdict,
    /// Every signal that was seen; empty for a human.
    pub reasons: Reasons,
    /// [`RULE_VERSION`] at the time.
    pub rule_version: i16,
}

/// When the hits of one message may be judged: [`QUARANTINE`] after the last of them. `None` without hits.
#[must_use]
pub fn due_at(hits: &[HitFacts]) -> Option<DateTime<Utc>> {
    let last = hits.iter().map(|hit| hit.at).max()?;
    Some(last.checked_add_signed(QUARANTINE).unwrap_or(DateTime::<Utc>::MAX_UTC))
}

/// Judges all hits of one message; the judgements stand in the order of the hits.
///
/// The order of the hits does not matter, and more signals or more hits never turn a machine into a human.
#[must_use]
pub fn judge(message: &MessageFacts, hits: &[HitFacts]) -> Vec<Judgement> {
    let mut reasons: Vec<Reasons> = hits.iter().map(|hit| own_signals(message, hit)).collect();
    burst::mark(message.links, hits, &mut reasons);
    burst::mark_near_machines(hits, &mut reasons);
    reasons.into_iter().map(judgement).collect()
}

/// The signals that a hit carries by itself.
fn own_signals(message: &MessageFacts, hit: &HitFacts) -> Reasons {
    let mut reasons = Reasons::NONE;
    match hit.method {
        HitMethod::Get => {}
        HitMethod::Head | HitMethod::Other => reasons.insert(Reason::NotAGet),
    }
    if hit.signals.prefetch {
        reasons.insert(Reason::Prefetch);
    }
    match message.accepted_at {
        Some(accepted_at) if hit.at.signed_duration_since(accepted_at) < TOO_EARLY => {
            reasons.insert(Reason::TooEarly);
        }
        Some(_) => {}
        None => reasons.insert(Reason::AcceptanceUnknown),
    }
    match hit.signals.agent {
        AgentClass::Browser => {}
        AgentClass::Library => reasons.insert(Reason::LibraryAgent),
        AgentClass::Scanner => reasons.insert(Reason::ScannerAgent),
        AgentClass::Empty => reasons.insert(Reason::NoAgent),
        AgentClass::Other => reasons.insert(Reason::OddAgent),
    }
    reasons
}

fn judgement(reasons: Reasons) -> Judgement {
    let verdict = match (reasons.has_strong(), reasons.weak()) {
        (true, _) | (false, 2..) => Verdict::Machine,
        (false, 1) => Verdict::Undecided,
        (false, 0) => Verdict::Human,
    };
    Judgement { verdict, reasons, rule_version: RULE_VERSION }
}

#[cfg(test)]
mod tests;
