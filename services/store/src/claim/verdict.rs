//! What becomes of one message at the claim, as a pure function of the facts.

use chrono::{DateTime, NaiveDate, Utc};
use model::permission::{Blocks, Question, Reason, blocks};
use model::vocabulary::{LaunchState, MessageState, Purpose};

use super::facts::{LaunchFacts, Recipient};

/// The outcome for one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// May be sent now.
    Allow,
    /// Final without having been sent.
    End {
        /// Excluded or expired.
        state: MessageState,
        /// Why it is excluded.
        blocks: Blocks,
    },
    /// Not before this instant: a frequency cap delays it.
    Defer(DateTime<Utc>),
    /// Back to the outbox: the launch is paused.
    HandBack,
    /// Somebody else's: whoever cancels a launch ends its messages.
    Leave,
}

/// Decides under the frozen policy and under the one in force; either excludes.
pub(super) fn verdict(
    launch: &LaunchFacts,
    recipient: &Recipient,
    now: DateTime<Utc>,
    today: NaiveDate,
) -> Verdict {
    match launch.state {
        LaunchState::Running => {}
        LaunchState::Paused => return Verdict::HandBack,
        LaunchState::Cancelling | LaunchState::Cancelled | LaunchState::Done => return Verdict::Leave,
    }
    if recipient.message != MessageState::Planned {
        // Final already: only its left-over outbox row goes.
        return Verdict::End { state: recipient.message, blocks: Blocks::NONE };
    }
    if launch.expires_at <= now {
        return Verdict::End { state: MessageState::Expired, blocks: Blocks::NONE };
    }
    let found = found(launch, recipient, today);
    if !found.is_empty() {
        return Verdict::End { state: MessageState::Excluded, blocks: found };
    }
    match (launch.purpose, recipient.capped_until) {
        // When it expires first, it is looked at once more then.
        (Purpose::ConsentRenewal, Some(until)) => Verdict::Defer(until.min(launch.expires_at)),
        (Purpose::Marketing | Purpose::ConsentRenewal | Purpose::ContractNotice, _) => Verdict::Allow,
    }
}

fn found(launch: &LaunchFacts, recipient: &Recipient, today: NaiveDate) -> Blocks {
    let Some(gate) = &recipient.gate else { return Reason::Anonymised.bit() };
    let runtime = Blocks::NONE
        .with(Reason::SameAddress, recipient.same_address)
        .with(Reason::FrequencyCap, recipient.capped_until.is_some())
        // A notice earns its exemption by a live order line, which nothing here can show yet.
        .with(Reason::Preconditions, launch.purpose == Purpose::ContractNotice);
    launch.unset_means.into_iter().fold(Blocks::NONE, |found, unset_means| {
        let question = Question {
            purpose: launch.purpose,
            unset_means,
            retention_months: launch.retention_months,
            today,
            renewal: launch.renewal,
        };
        found | blocks(&question, gate, &recipient.scopes, recipient.recency, runtime).0
    })
}
