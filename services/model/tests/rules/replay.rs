//! What must hold whatever the evidence is, in whatever order it came.

use model::permission::{Blocks, Circumstances, Evidence, INSTITUTION, Known, Question, Reason, replay};
use model::vocabulary::{Answer, Asked, Channel, Proof, UnsetMeans};
use proptest::prelude::*;

use crate::cases::questions;
use crate::combination::{EMAIL, decided};
use crate::evidence::{ORGANISATION, TOPIC, any_evidence, hours_ago, scope};

fn both(before: &[Evidence], after: &[Evidence], question: &Question) -> (Vec<Reason>, Vec<Reason>) {
    let of = |evidence| decided(evidence, question, Known::EVERYTHING).reasons();
    (of(before), of(after))
}

fn refusals(reasons: &[Reason]) -> Vec<Reason> {
    reasons.iter().copied().filter(|reason| Blocks::REFUSALS.has(*reason)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn the_order_of_evidence_does_not_matter(
        (evidence, shuffled) in any_evidence().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
    ) {
        let none = Circumstances::default();
        let of = |evidence: &[Evidence]| replay(evidence, &none, Channel::Email, Known::EVERYTHING);
        prop_assert_eq!(of(&evidence), of(&shuffled));
    }

    #[test]
    fn a_refusal_more_never_lets_in(evidence in any_evidence(), more in any_evidence()) {
        for one in more.into_iter().filter(|one| one.answer == Answer::No) {
            let with = [evidence.clone(), vec![one.clone()]].concat();
            for question in questions() {
                let (before, after) = both(&evidence, &with, &question);
                prop_assert!(before.is_empty() || !after.is_empty(), "{one:?}");
                prop_assert!(refusals(&before).iter().all(|reason| after.contains(reason)), "{one:?}");
            }
        }
    }

    #[test]
    fn an_unset_more_lifts_no_refusal_and_grants_nothing(evidence in any_evidence(), more in any_evidence()) {
        for one in more.into_iter().filter(|one| one.answer == Answer::Unset) {
            let with = [evidence.clone(), vec![one.clone()]].concat();
            for question in questions() {
                let (before, after) = both(&evidence, &with, &question);
                prop_assert_eq!(refusals(&before), refusals(&after));
                // A yes that has run out keeps out where silence would pass; once it is unset, it is silence.
                let lapsed = before.contains(&Reason::ConsentExpired) && question.unset_means != UnsetMeans::Explicit;
                prop_assert!(before.is_empty() || !after.is_empty() || lapsed, "{one:?}");
            }
        }
    }

    #[test]
    fn a_claim_more_changes_nothing(evidence in any_evidence(), more in any_evidence()) {
        for one in more.into_iter().filter(|one| one.answer == Answer::Yes && one.proof == Proof::Claim) {
            let with = [evidence.clone(), vec![one.clone()]].concat();
            for question in questions() {
                let (before, after) = both(&evidence, &with, &question);
                prop_assert_eq!(before, after);
            }
        }
    }

    #[test]
    fn another_organisations_answers_and_other_questions_do_not_matter(evidence in any_evidence()) {
        let ours = |one: &Evidence| {
            let ((of, about), (organisation, topic)) = (one.scope, scope(ORGANISATION, TOPIC));
            [INSTITUTION.0, organisation].contains(&of) && [INSTITUTION.1, topic].contains(&about)
                && [Asked::General, EMAIL].contains(&one.asked)
        };
        let only: Vec<Evidence> = evidence.iter().filter(|one| ours(one)).cloned().collect();
        for question in questions() {
            prop_assert_eq!(
                decided(&evidence, &question, Known::EVERYTHING),
                decided(&only, &question, Known::EVERYTHING)
            );
        }
    }

    #[test]
    fn a_past_moment_is_what_was_decided_then(mut evidence in any_evidence()) {
        evidence.sort_by_key(|one| one.learned_at);
        for hours in 0..7 {
            let known = Known::at(hours_ago(hours));
            let then: Vec<Evidence> = evidence
                .iter()
                .filter(|one| one.learned_at <= known.learned_by && one.happened_at <= known.happened_by)
                .cloned()
                .collect();
            for question in questions() {
                prop_assert_eq!(decided(&evidence, &question, known), decided(&then, &question, Known::EVERYTHING));
            }
        }
    }
}
