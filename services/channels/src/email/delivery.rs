//! How an attempt ended.

use model::reply::{EnhancedCode, Outcome, Phase, ReplyClass, interrupted};

/// A reply that decided, without its text: servers put addresses there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Where the dialogue stood.
    pub phase: Phase,
    /// The three digits.
    pub code: u16,
    /// The enhanced code of the last line, if it had one.
    pub enhanced: Option<EnhancedCode>,
    /// What it means.
    pub class: ReplyClass,
}

/// Why nothing reached the next hop: it never saw the end of the message. The claim can be released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSent {
    /// [`super::Wire::still_authorised`] said no.
    Withdrawn,
    /// [`super::Wire::before_dot`] said no.
    DotRefused(super::DotRefused),
    /// The deadline passed between the permission and the first octet of the dot.
    TooLate,
    /// The connection was lost.
    Lost(Phase),
    /// No answer in time.
    TimedOut(Phase),
    /// The session was already closed; nothing was tried.
    SessionOver,
}

/// Why it cannot be known whether the next hop took the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// The connection was lost after the dot.
    Lost,
    /// No reply to the dot in time.
    TimedOut,
    /// What came back is no reply to a dot.
    NoReply,
}

/// The end of one attempt (delivery A.4, §2.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The next hop took the message.
    Accepted(Reply),
    /// Not now; nothing was taken.
    Deferred(Reply),
    /// A clear refusal; nothing was taken.
    Failed(Reply),
    /// Nothing was taken, and nobody refused.
    NothingSent(NotSent),
    /// The dot was or may have been written. Marketing is never sent again (EM-62).
    Unknown(Unclear),
}

impl Delivery {
    /// The meaning, also where there was no reply.
    #[must_use]
    pub fn class(&self) -> ReplyClass {
        match self {
            Self::Accepted(reply) | Self::Deferred(reply) | Self::Failed(reply) => reply.class,
            Self::NothingSent(NotSent::Lost(phase) | NotSent::TimedOut(phase)) => before_the_dot(*phase),
            Self::NothingSent(
                NotSent::Withdrawn | NotSent::DotRefused(_) | NotSent::TooLate | NotSent::SessionOver,
            ) => before_the_dot(Phase::Data),
            Self::Unknown(_) => interrupted(Phase::FinalDot),
        }
    }

    pub(crate) fn of(reply: Reply) -> Self {
        match reply.class.outcome {
            Outcome::Accepted => Self::Accepted(reply),
            Outcome::Deferred => Self::Deferred(reply),
            Outcome::Failed => Self::Failed(reply),
            Outcome::Unknown => Self::Unknown(Unclear::NoReply),
        }
    }
}

/// A body that was cut short of its dot ended in the data phase, whatever was being waited for.
fn before_the_dot(phase: Phase) -> ReplyClass {
    interrupted(if phase == Phase::FinalDot { Phase::Data } else { phase })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_sent_is_always_clean_and_unknown_never() {
        for phase in [Phase::Session, Phase::Mail, Phase::Recipient, Phase::Data, Phase::FinalDot] {
            for why in [NotSent::Lost(phase), NotSent::TimedOut(phase)] {
                assert_eq!(Delivery::NothingSent(why).class().outcome, Outcome::Deferred);
            }
        }
        for why in [NotSent::Withdrawn, NotSent::TooLate, NotSent::SessionOver] {
            assert_eq!(Delivery::NothingSent(why).class().outcome, Outcome::Deferred);
        }
        for why in [Unclear::Lost, Unclear::TimedOut, Unclear::NoReply] {
            assert_eq!(Delivery::Unknown(why).class().outcome, Outcome::Unknown);
        }
    }
}
