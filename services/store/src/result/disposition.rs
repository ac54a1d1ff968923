//! Whether a message that came back is tried again, and when: a pure function.

use chrono::{DateTime, TimeDelta, Utc};
use model::reply::retry_after;
use model::vocabulary::MessageState;

use super::Ending;

/// Released so often in a row, a message counts as deferred: a server that takes longer than a claim lives would
/// otherwise be asked for ever.
const RELEASES: i16 = 3;

/// What the outbox remembers of a message that is being sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// Clear temporary answers so far.
    pub(super) deferrals: i16,
    /// Releases in a row so far.
    pub(super) releases: i16,
    /// The end of the launch, on the business clock.
    pub(super) expires_at: DateTime<Utc>,
}

/// What is written back to the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) due_at: DateTime<Utc>,
    pub(super) deferrals: i16,
    pub(super) releases: i16,
}

/// The outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Disposition {
    /// No other attempt.
    Final(MessageState),
    /// Another attempt, not before the wait is over.
    Back(Wait),
}

impl Disposition {
    pub(super) const fn state(self) -> Option<MessageState> {
        match self {
            Self::Final(state) => Some(state),
            Self::Back(_) => None,
        }
    }

    pub(super) const fn wait(self) -> Option<Wait> {
        match self {
            Self::Final(_) => None,
            Self::Back(wait) => Some(wait),
        }
    }
}

/// Decides about a message whose attempt ended without an answer that is final.
pub(super) fn disposition(
    ending: Ending,
    standing: Standing,
    now: DateTime<Utc>,
    chance: u32,
) -> Disposition {
    let Standing { deferrals, releases, expires_at } = standing;
    match ending {
        Ending::Accepted => Disposition::Final(MessageState::Accepted),
        Ending::Failed => Disposition::Final(MessageState::Failed),
        Ending::Unknown => Disposition::Final(MessageState::Unknown),
        Ending::Released | Ending::Withdrawn if releases + 1 < RELEASES => {
            Disposition::Back(Wait { due_at: now, deferrals, releases: releases + 1 })
        }
        Ending::Deferred | Ending::Released | Ending::Withdrawn => {
            let deferrals = deferrals + 1;
            let wait = retry_after(deferrals.unsigned_abs(), chance)
                .and_then(|wait| TimeDelta::from_std(wait).ok())
                .and_then(|wait| now.checked_add_signed(wait));
            match wait {
                None => Disposition::Final(MessageState::Failed),
                Some(due_at) if due_at >= expires_at => Disposition::Final(MessageState::Expired),
                Some(due_at) => Disposition::Back(Wait { due_at, deferrals, releases: 0 }),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use model::reply::MAX_ATTEMPTS;

    use super::*;

    const NOW: DateTime<Utc> = DateTime::from_timestamp(946_684_800, 0).unwrap();

    fn standing(deferrals: i16, releases: i16) -> Standing {
        Standing { deferrals, releases, expires_at: NOW + TimeDelta::days(3) }
    }

    fn back(disposition: Disposition) -> Wait {
        match disposition {
            Disposition::Back(wait) => wait,
            Disposition::Final(state) => panic!("final: {state}"),
        }
    }

    #[test]
    fn two_releases_are_free_and_the_third_is_a_deferral() {
        let first = back(disposition(Ending::Released, standing(2, 0), NOW, 0));
        assert_eq!(first, Wait { due_at: NOW, deferrals: 2, releases: 1 });
        let second = back(disposition(Ending::Released, standing(2, 1), NOW, 0));
        assert_eq!(second, Wait { due_at: NOW, deferrals: 2, releases: 2 });
        let third = back(disposition(Ending::Released, standing(2, 2), NOW, 0));
        assert_eq!(third, back(disposition(Ending::Deferred, standing(2, 0), NOW, 0)));
        assert_eq!((third.deferrals, third.releases), (3, 0));
        assert!(third.due_at > NOW);
    }

    #[test]
    fn a_deferral_ends_a_row_of_releases() {
        assert_eq!(back(disposition(Ending::Deferred, standing(0, 2), NOW, 0)).releases, 0);
    }

    #[test]
    fn the_schedule_ends_in_failure_and_an_earlier_expiry_in_expired() {
        let last = i16::try_from(MAX_ATTEMPTS).unwrap() - 1;
        assert_eq!(
            disposition(Ending::Deferred, standing(last, 0), NOW, 0),
            Disposition::Final(MessageState::Failed)
        );
        let soon = Standing { expires_at: NOW + TimeDelta::minutes(5), ..standing(0, 0) };
        assert_eq!(disposition(Ending::Deferred, soon, NOW, 0), Disposition::Final(MessageState::Expired));
    }

    #[test]
    fn clear_answers_are_final_whatever_came_before() {
        for (ending, state) in [
            (Ending::Accepted, MessageState::Accepted),
            (Ending::Failed, MessageState::Failed),
            (Ending::Unknown, MessageState::Unknown),
        ] {
            assert_eq!(disposition(ending, standing(3, 1), NOW, 7), Disposition::Final(state));
        }
    }
}
