//! How answers combine (design, section 2), over every combination of answers at every scope, against a second statement of the
//! same paragraph.

use model::permission::{
    Basis, Blocks, Circumstances, Covering, Decision, Evidence, INSTITUTION, Known, Question, Reason, Scope,
    behind, behind_permission, decide, replay,
};
use model::vocabulary::{Answer, Asked, Channel, Proof, Purpose, UnsetMeans};

use crate::cases::{question, questions, today, tomorrow, window, yesterday};
use crate::evidence::{ORGANISATION, TOPIC, hours_ago, record, scope};

pub const EMAIL: Asked = Asked::Channel(Channel::Email);

/// What one question was answered at one scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Unset,
    Yes,
    Expired,
    No,
    /// A general yes to a wording that names another channel.
    Elsewhere,
}

const CHANNEL_ANSWERS: [Slot; 4] = [Slot::Unset, Slot::Yes, Slot::Expired, Slot::No];
const GENERAL_ANSWERS: [Slot; 5] = [Slot::Unset, Slot::Yes, Slot::Expired, Slot::No, Slot::Elsewhere];

/// One scope: the general answer and the channel's.
type Pair = (Slot, Slot);

/// The institution, the organisation that sends, a topic of it; and the channel's answer about a topic of the institution.
#[derive(Clone, Copy, Debug)]
struct Table {
    institution: Pair,
    organisation: Pair,
    topic: Pair,
    institution_topic: Slot,
}

fn tables() -> Vec<Table> {
    let pairs: Vec<Pair> = GENERAL_ANSWERS
        .iter()
        .flat_map(|general| CHANNEL_ANSWERS.map(|channel| (*general, channel)))
        .collect();
    let mut all = Vec::new();
    for institution in &pairs {
        for organisation in &pairs {
            for topic in &pairs {
                all.extend(CHANNEL_ANSWERS.map(|institution_topic| Table {
                    institution: *institution,
                    organisation: *organisation,
                    topic: *topic,
                    institution_topic,
                }));
            }
        }
    }
    all
}

impl Table {
    fn slots(&self) -> [(Scope, Asked, Slot); 7] {
        [
            (INSTITUTION, Asked::General, self.institution.0),
            (INSTITUTION, EMAIL, self.institution.1),
            (scope(ORGANISATION, 0), Asked::General, self.organisation.0),
            (scope(ORGANISATION, 0), EMAIL, self.organisation.1),
            (scope(ORGANISATION, TOPIC), Asked::General, self.topic.0),
            (scope(ORGANISATION, TOPIC), EMAIL, self.topic.1),
            (scope(0, TOPIC), EMAIL, self.institution_topic),
        ]
    }

    fn evidence(&self) -> Vec<Evidence> {
        let records = (1..).zip(self.slots()).filter_map(|(id, (scope, asked, slot))| match slot {
            Slot::Unset => None,
            Slot::Yes => Some(record(id, scope, asked, Answer::Yes, Some(today()))),
            Slot::Expired => Some(record(id, scope, asked, Answer::Yes, Some(yesterday()))),
            Slot::No => Some(record(id, scope, asked, Answer::No, None)),
            Slot::Elsewhere => {
                let names = Asked::Channel(Channel::Post).bit();
                Some(Evidence { names, ..record(id, scope, asked, Answer::Yes, None) })
            }
        });
        records.collect()
    }

    /// The paragraph, sentence by sentence.
    fn expected(&self, question: &Question) -> Vec<Reason> {
        let [ig, ic, og, oc, tg, tc, jc] = self.slots().map(|(_, _, slot)| slot);
        if question.purpose == Purpose::ContractNotice {
            return Vec::new();
        }
        let mut reasons = Vec::new();
        // Any no that covers the message refuses.
        if [ig, og, tg].contains(&Slot::No) {
            reasons.push(Reason::GeneralRefusal);
        }
        if [ic, oc, tc, jc].contains(&Slot::No) {
            reasons.push(Reason::ChannelRefusal);
        }
        // Otherwise the channel answer decides, organisation before institution; otherwise a general yes counts for the channels
        // that its wording names. A yes that has run out is no answer any more, and the next in line decides.
        let in_line = [tc, oc, jc, ic, tg, og, ig];
        let decides = in_line.iter().find(|slot| **slot == Slot::Yes);
        if decides.is_none() {
            // Otherwise the answer is unset, or was a yes and ran out.
            if in_line.contains(&Slot::Expired) {
                reasons.push(Reason::ConsentExpired);
            } else if question.purpose == Purpose::ConsentRenewal
                || question.unset_means != UnsetMeans::RefusalsOnly
            {
                reasons.push(Reason::NoConsent);
            }
        }
        reasons
    }
}

pub fn decided(evidence: &[Evidence], question: &Question, known: Known) -> Decision {
    let replayed = replay(evidence, &Circumstances::default(), Channel::Email, known);
    let scopes = replayed.covering(scope(ORGANISATION, TOPIC));
    decide(question, &replayed.gate, &scopes, Some(window().from), Blocks::NONE)
}

#[test]
fn every_combination_of_answers_is_decided_as_the_design_says() {
    let (questions, mut allowed, mut seen) = (questions(), 0, 0);
    for table in tables() {
        let evidence = table.evidence();
        let replayed = replay(&evidence, &Circumstances::default(), Channel::Email, Known::EVERYTHING);
        let scopes = replayed.covering(scope(ORGANISATION, TOPIC));
        for question in &questions {
            let decision = decide(question, &replayed.gate, &scopes, Some(window().from), Blocks::NONE);
            assert_eq!(decision.reasons(), table.expected(question), "{question:?} {table:?}");
            seen += 1;
            allowed += usize::from(decision.reasons().is_empty());
        }
    }
    assert_eq!(seen, 20 * 20 * 20 * 4 * 9);
    assert!(allowed > 1000, "{allowed}");
}

#[test]
fn what_stands_behind_a_decision_is_exactly_what_makes_it() {
    let message = Covering { channel: Channel::Email, scope: scope(ORGANISATION, TOPIC), today: today() };
    let explicit = question(Purpose::Marketing, UnsetMeans::Explicit);
    for table in tables().into_iter().step_by(7) {
        let evidence = table.evidence();
        let none = Circumstances::default();
        let decision = decided(&evidence, &explicit, Known::EVERYTHING);
        for reason in decision.reasons() {
            let behind = behind(reason, &evidence, &none, Known::EVERYTHING, message);
            assert_eq!(behind.is_empty(), reason == Reason::NoConsent, "{reason} {table:?}");
            // Without what stands behind it, the reason is gone.
            let others: Vec<Evidence> =
                evidence.iter().filter(|one| !behind.contains(one)).cloned().collect();
            let without = decided(&others, &explicit, Known::EVERYTHING).reasons();
            assert!(reason == Reason::NoConsent || !without.contains(&reason), "{reason} {table:?}");
        }
        if let Decision::Allow { .. } = decision {
            let behind = behind_permission(&evidence, Known::EVERYTHING, message);
            assert!(!behind.is_empty() && behind.iter().all(|one| one.answer == Answer::Yes), "{table:?}");
            let others: Vec<Evidence> =
                evidence.iter().filter(|one| !behind.contains(one)).cloned().collect();
            assert!(!decided(&others, &explicit, Known::EVERYTHING).reasons().is_empty(), "{table:?}");
        }
    }
}

#[test]
fn the_channels_answer_is_named_before_the_general_one_and_the_organisations_before_the_institutions() {
    let yes = |id, at, asked| record(id, at, asked, Answer::Yes, None);
    let evidence = [
        yes(1, INSTITUTION, Asked::General),
        yes(2, scope(ORGANISATION, 0), Asked::General),
        yes(3, INSTITUTION, EMAIL),
        yes(4, scope(ORGANISATION, 0), EMAIL),
        yes(5, scope(ORGANISATION, TOPIC), EMAIL),
        yes(6, scope(5, 0), EMAIL),
    ];
    let message = Covering { channel: Channel::Email, scope: scope(ORGANISATION, TOPIC), today: today() };
    let named: Vec<u128> = behind_permission(&evidence, Known::EVERYTHING, message)
        .iter()
        .map(|one| one.record_id.as_u128())
        .collect();
    assert_eq!(named, [5, 4, 3, 2, 1]);
}

#[test]
fn a_claim_grants_nothing_and_is_shown() {
    let claim = Evidence {
        proof: Proof::Claim,
        names: 0,
        ..record(1, INSTITUTION, Asked::General, Answer::Yes, None)
    };
    let explicit = question(Purpose::Marketing, UnsetMeans::Explicit);
    let evidence = [claim];
    assert_eq!(decided(&evidence, &explicit, Known::EVERYTHING).reasons(), [Reason::NoConsent]);
    let message = Covering { channel: Channel::Email, scope: INSTITUTION, today: today() };
    let none = Circumstances::default();
    assert_eq!(behind(Reason::NoConsent, &evidence, &none, Known::EVERYTHING, message).len(), 1);
}

#[test]
fn a_refusal_that_was_learned_later_was_not_known_before() {
    // It happened five hours ago and came three hours ago.
    let no = Evidence {
        happened_at: hours_ago(5),
        learned_at: hours_ago(3),
        ..record(2, INSTITUTION, EMAIL, Answer::No, None)
    };
    let evidence = [record(1, INSTITUTION, EMAIL, Answer::Yes, Some(tomorrow())), no];
    let explicit = question(Purpose::Marketing, UnsetMeans::Explicit);
    let at = |known| decided(&evidence, &explicit, known).reasons();
    assert_eq!(at(Known::at(hours_ago(11))), [Reason::NoConsent]);
    assert_eq!(at(Known::at(hours_ago(4))), []);
    // The no took the place of the yes to the same question.
    assert_eq!(at(Known::at(hours_ago(3))), [Reason::ChannelRefusal, Reason::NoConsent]);
    // What we know today about the state of that hour.
    let known = Known { happened_by: hours_ago(4), learned_by: hours_ago(0) };
    assert_eq!(at(known), [Reason::ChannelRefusal, Reason::NoConsent]);
}

#[test]
fn a_proven_yes_after_a_no_is_the_basis_that_its_proof_makes() {
    let yes = Evidence {
        happened_at: hours_ago(1),
        learned_at: hours_ago(1),
        ..record(2, INSTITUTION, EMAIL, Answer::Yes, None)
    };
    let evidence = [record(1, INSTITUTION, EMAIL, Answer::No, None), yes];
    let explicit = question(Purpose::Marketing, UnsetMeans::Explicit);
    assert_eq!(decided(&evidence, &explicit, Known::EVERYTHING), Decision::Allow { basis: Basis::Proven });
}
