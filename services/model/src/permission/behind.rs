//! The evidence behind a decision: for each reason, and for a permission, the records that make it so.

use chrono::NaiveDate;

use super::replay::{Answers, Circumstances, Evidence, INSTITUTION, Known, Scope, answers};
use super::{Blocks, Decision, Reason};
use crate::vocabulary::{Answer, Asked, Channel, Proof};

/// A message, as far as answers cover it or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Covering {
    /// Its channel.
    pub channel: Channel,
    /// The organisation that sends and the topic.
    pub scope: Scope,
    /// The day.
    pub today: NaiveDate,
}

impl Covering {
    fn covers(&self, one: &Evidence) -> bool {
        let ((of, about), (organisation, topic)) = (one.scope, self.scope);
        one.covers(self.channel)
            && (of == INSTITUTION.0 || of == organisation)
            && (about == INSTITUTION.1 || about == topic)
    }

    /// The channel's answer before the general one, the organisation's before the institution's, a topic's before either.
    fn rank(&self, one: &Evidence) -> (bool, bool, bool) {
        (one.asked == Asked::General, one.scope.0 == INSTITUTION.0, one.scope.1 == INSTITUTION.1)
    }
}

/// The records behind a permission, in the order in which answers decide: every yes that stands.
#[must_use]
pub fn behind_permission(evidence: &[Evidence], known: Known, message: Covering) -> Vec<&Evidence> {
    let standing = |one: &&&Evidence| one.expires_on.is_none_or(|last| last >= message.today);
    ordered(yeses(&answers(evidence, known), message).iter().filter(standing).copied().collect(), message)
}

/// The records behind a reason, in the same order. Reasons that no answer makes have none; for a missing consent these are the
/// claims, which grant nothing.
#[must_use]
pub fn behind<'a>(
    reason: Reason,
    evidence: &'a [Evidence],
    circumstances: &'a Circumstances,
    known: Known,
    message: Covering,
) -> Vec<&'a Evidence> {
    let found = if Blocks::REFUSALS.has(reason) {
        refusals(reason, evidence, circumstances, known, message)
    } else if reason == Reason::ConsentExpired {
        yeses(&answers(evidence, known), message)
    } else if reason == Reason::NoConsent {
        let claims = evidence.iter().filter(|one| one.answer == Answer::Yes && one.proof == Proof::Claim);
        claims.filter(|one| message.covers_claim(one) && one.stands_since(known).is_some()).collect()
    } else {
        Vec::new()
    };
    ordered(found, message)
}

fn refusals<'a>(
    reason: Reason,
    evidence: &'a [Evidence],
    circumstances: &'a Circumstances,
    known: Known,
    message: Covering,
) -> Vec<&'a Evidence> {
    let own = answers(evidence, known).into_values();
    let own = own.filter(|one| one.answer == Answer::No && message.covers(one));
    let through = circumstances.refused(message.channel, known);
    let through = through.filter(|(scope, _)| scope.0 == INSTITUTION.0 || scope.0 == message.scope.0);
    let all = own.chain(through.map(|(_, one)| one));
    let mut refusals: Vec<&Evidence> = all.filter(|one| one.refusal() == reason).collect();
    refusals.sort_unstable_by_key(|one| one.record_id);
    refusals.dedup_by_key(|one| one.record_id);
    refusals
}

impl Covering {
    /// A claim has no wording that names channels: it is shown where it would have counted.
    fn covers_claim(&self, one: &Evidence) -> bool {
        let any_channel = Evidence { names: i16::MAX, ..one.clone() };
        self.covers(&any_channel)
    }
}

impl Decision {
    /// The reasons in their order; none when allowed.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason> {
        match self {
            Self::Allow { .. } => Vec::new(),
            Self::Exclude { reason, also } => std::iter::once(*reason).chain(also.iter().copied()).collect(),
        }
    }
}

fn yeses<'a>(answers: &Answers<'a>, message: Covering) -> Vec<&'a Evidence> {
    answers.values().copied().filter(|one| one.answer == Answer::Yes && message.covers(one)).collect()
}

fn ordered(mut found: Vec<&Evidence>, message: Covering) -> Vec<&Evidence> {
    found.sort_by_key(|one| (message.rank(one), std::cmp::Reverse(one.happened_at), one.record_id));
    found
}
