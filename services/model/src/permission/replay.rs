//! Permission from the evidence alone, as of any moment: what `services/store/src/gate` projects, stated once more over records.
//!
//! A record counts when it had happened *and* had been learned by the moment that is asked for (CO-02): a refusal of May that a file
//! brought in June was not known in May. [`Known::EVERYTHING`] asks for what the projection holds now; a test compares both.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Blocks, GateFacts, OPEN_END, Reason, ScopeFacts};
use crate::answer::{self, current};
use crate::ids::{OrganisationId, TopicId};
use crate::vocabulary::{Answer, Asked, Channel, Proof};

/// Where an answer holds; [`INSTITUTION`] for everywhere.
pub type Scope = (OrganisationId, TopicId);

/// The scope that covers every message.
pub const INSTITUTION: Scope = (OrganisationId::WHOLE_INSTITUTION, TopicId::NONE);

/// One entry of the evidence log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Its name in the log.
    pub record_id: Uuid,
    /// Where the answer holds.
    pub scope: Scope,
    /// Which question.
    pub asked: Asked,
    /// The answer.
    pub answer: Answer,
    /// What stands behind it.
    pub proof: Proof,
    /// Of a general yes: what its wording names, one bit each ([`Asked::bit`]).
    pub names: i16,
    /// When it was given.
    pub happened_at: DateTime<Utc>,
    /// When it came to the log.
    pub learned_at: DateTime<Utc>,
    /// The last day of a yes; `None` when it does not expire.
    pub expires_on: Option<NaiveDate>,
    /// Snapshots that said the same again.
    pub repeats: Vec<Repeat>,
}

/// A stretch of snapshots that said the same again, without another answer in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// The first snapshot of the stretch.
    pub first_said_at: DateTime<Utc>,
    /// The last one.
    pub said_at: DateTime<Utc>,
    /// When the first came.
    pub first_learned_at: DateTime<Utc>,
    /// When the last came.
    pub learned_at: DateTime<Utc>,
}

/// A moment, in both times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// What had happened by then.
    pub happened_by: DateTime<Utc>,
    /// And had been learned by then.
    pub learned_by: DateTime<Utc>,
}

impl Known {
    /// All that is on file.
    pub const EVERYTHING: Self =
        Self { happened_by: DateTime::<Utc>::MAX_UTC, learned_by: DateTime::<Utc>::MAX_UTC };

    /// The same moment in both times.
    #[must_use]
    pub const fn at(moment: DateTime<Utc>) -> Self {
        Self { happened_by: moment, learned_by: moment }
    }

    fn had(self, happened: DateTime<Utc>, learned: DateTime<Utc>) -> bool {
        happened <= self.happened_by && learned <= self.learned_by
    }
}

impl Evidence {
    /// Since when the answer stands, as far as it was known; `None` when it was not.
    #[must_use]
    pub fn stands_since(&self, known: Known) -> Option<DateTime<Utc>> {
        let repeated = self.repeats.iter().filter_map(|repeat| repeat.known(known)).max();
        known
            .had(self.happened_at, self.learned_at)
            .then(|| repeated.map_or(self.happened_at, |at| at.max(self.happened_at)))
    }

    /// Whether it speaks for a channel: a general no for all of them, a general yes for those that its wording names.
    #[must_use]
    pub fn covers(&self, channel: Channel) -> bool {
        match self.asked {
            Asked::Channel(asked) => asked == channel,
            Asked::General => self.answer != Answer::Yes || self.names & Asked::Channel(channel).bit() != 0,
            Asked::Use(_) => false,
        }
    }

    /// The reason that it is when it is a no.
    pub(super) const fn refusal(&self) -> Reason {
        match self.asked {
            Asked::General => Reason::GeneralRefusal,
            Asked::Channel(_) | Asked::Use(_) => Reason::ChannelRefusal,
        }
    }
}

impl Repeat {
    /// Between the two ends nothing else was said, so the first stands for all that were not yet known to be the last.
    fn known(&self, known: Known) -> Option<DateTime<Utc>> {
        if known.had(self.said_at, self.learned_at) {
            Some(self.said_at)
        } else {
            known.had(self.first_said_at, self.first_learned_at).then_some(self.first_said_at)
        }
    }
}

/// A record, and since when it stands.
type Since<'a> = (&'a Evidence, DateTime<Utc>);

/// The record that the current answer to each question rests on; what is unset is absent.
pub type Answers<'a> = BTreeMap<(Scope, Asked), &'a Evidence>;

/// The current answers, as far as they were known: the latest record that gave the answer; at the same instant the one with the
/// better proof, then the smaller id.
#[must_use]
pub fn answers(evidence: &[Evidence], known: Known) -> Answers<'_> {
    let mut questions: BTreeMap<(Scope, Asked), Vec<Since<'_>>> = BTreeMap::new();
    for one in evidence {
        if let Some(since) = one.stands_since(known) {
            questions.entry((one.scope, one.asked)).or_default().push((one, since));
        }
    }
    questions.into_iter().filter_map(|(question, records)| Some((question, standing(&records)?))).collect()
}

fn standing<'a>(records: &[Since<'a>]) -> Option<&'a Evidence> {
    let known: Vec<answer::Record> = records
        .iter()
        .map(|(one, since)| answer::Record { answer: one.answer, proof: one.proof, happened_at: *since })
        .collect();
    let answer = Some(current(&known)).filter(|answer| *answer != Answer::Unset)?;
    records
        .iter()
        .filter(|(one, _)| one.answer == answer && (answer == Answer::No || one.proof != Proof::Claim))
        .max_by_key(|(one, since)| (*since, one.proof, std::cmp::Reverse(one.record_id)))
        .map(|(one, _)| *one)
}

/// What a gate and its scopes hold that no answer of the contact says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// Bits of [`Blocks::STORED`] apart from refusals: state, address.
    pub blocks: Blocks,
    /// As [`GateFacts::of_age_on`].
    pub of_age_on: Option<NaiveDate>,
    /// As [`GateFacts::suppressed_until`].
    pub suppressed_until: Option<NaiveDate>,
    /// What was refused through the contact's address, by anybody who has it.
    pub through_address: Vec<Evidence>,
    /// Where the contact bought with the opt-out shown (LA-22).
    pub bought: BTreeSet<OrganisationId>,
}

impl Circumstances {
    /// The refusals through the address that cover a channel. An address knows no series.
    pub(super) fn refused(&self, channel: Channel, known: Known) -> impl Iterator<Item = (Scope, &Evidence)> {
        let no = move |one: &&Evidence| {
            one.answer == Answer::No && one.covers(channel) && one.stands_since(known).is_some()
        };
        self.through_address.iter().filter(no).map(|one| ((one.scope.0, TopicId::NONE), one))
    }
}

/// What the projections hold for one contact and channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// The gate.
    pub gate: GateFacts,
    /// The scopes that say something, the institution's aside.
    pub scopes: BTreeMap<Scope, ScopeFacts>,
}

impl Replayed {
    /// The scopes that cover a message of this organisation and topic.
    #[must_use]
    pub fn covering(&self, (organisation, topic): Scope) -> Vec<ScopeFacts> {
        let covers = |(of, about): &Scope| {
            (*of == INSTITUTION.0 || *of == organisation) && (*about == INSTITUTION.1 || *about == topic)
        };
        self.scopes.iter().filter(|(scope, _)| covers(scope)).map(|(_, facts)| facts.clone()).collect()
    }
}

/// The gate and the scopes, from the evidence and what else is known.
#[must_use]
pub fn replay(
    evidence: &[Evidence],
    circumstances: &Circumstances,
    channel: Channel,
    known: Known,
) -> Replayed {
    let answers = answers(evidence, known);
    let answered: BTreeSet<Scope> = answers
        .iter()
        .filter(|(_, one)| one.covers(channel))
        .map(|((scope, _), _)| *scope)
        .chain(circumstances.refused(channel, known).map(|(scope, _)| scope))
        .chain(circumstances.bought.iter().map(|organisation| (*organisation, TopicId::NONE)))
        .collect();
    let facts = |scope| scope_facts(&answers, circumstances, channel, known, scope);
    let institution = facts(INSTITUTION);
    let gate = GateFacts {
        blocks: institution.blocks | circumstances.blocks,
        proof: institution.proof,
        consent_until: institution.consent_until,
        of_age_on: circumstances.of_age_on,
        suppressed_until: circumstances.suppressed_until,
    };
    let scopes = answered.into_iter().filter(|scope| *scope != INSTITUTION);
    Replayed { gate, scopes: scopes.map(|scope| (scope, facts(scope))).collect() }
}

/// What is said at one scope. Of several yeses the one that lasts longest stands for all, with its own proof.
fn scope_facts(
    answers: &Answers<'_>,
    circumstances: &Circumstances,
    channel: Channel,
    known: Known,
    scope: Scope,
) -> ScopeFacts {
    let mut facts = ScopeFacts {
        blocks: Blocks::NONE,
        proof: Proof::Claim,
        consent_until: None,
        soft_opt_in: scope.1 == TopicId::NONE && circumstances.bought.contains(&scope.0),
    };
    for (_, one) in answers.iter().filter(|((at, _), one)| *at == scope && one.covers(channel)) {
        match one.answer {
            Answer::No => facts.blocks = facts.blocks | one.refusal().bit(),
            Answer::Yes => {
                let lasting = (Some(one.expires_on.unwrap_or(OPEN_END)), one.proof);
                if lasting > (facts.consent_until, facts.proof) {
                    (facts.consent_until, facts.proof) = lasting;
                }
            }
            Answer::Unset => {}
        }
    }
    for (_, one) in circumstances.refused(channel, known).filter(|(at, _)| *at == scope) {
        facts.blocks = facts.blocks | one.refusal().bit();
    }
    facts
}
