//! The reasons, their order, and the decision that a set of them stands for (design, section 2).

use model::permission::{Basis, Blocks, Decision, Reason, decide};

use crate::cases::{cases, questions};

/// The design's list, in its order.
const ORDER: [&str; 15] = [
    "anonymised",
    "restricted",
    "suppressed",
    "general_refusal",
    "channel_refusal",
    "under_age",
    "retention_passed",
    "consent_expired",
    "no_consent",
    "no_address",
    "address_invalid",
    "preconditions",
    "frequency_cap",
    "holdout",
    "same_address",
];

#[test]
fn the_reasons_stand_in_the_order_of_the_rules() {
    assert_eq!(Reason::ALL.iter().map(|reason| reason.word()).collect::<Vec<_>>(), ORDER);
    for (bit, reason) in Reason::ALL.iter().enumerate() {
        assert_eq!(reason.bit(), Blocks(1 << bit), "{reason}");
        assert_eq!(serde_json::to_value(reason).unwrap(), ORDER[bit]);
    }
}

#[test]
fn the_lowest_bit_is_the_reason_and_the_others_follow() {
    for bits in 0..=Blocks::all().0 {
        let set: Vec<Reason> =
            Reason::ALL.iter().copied().filter(|reason| bits & reason.bit().0 != 0).collect();
        let expected = match set.split_first() {
            None => Decision::Allow { basis: Basis::Unset },
            Some((first, others)) => Decision::Exclude { reason: *first, also: others.to_vec() },
        };
        assert_eq!(Decision::from_blocks(Blocks(bits), Basis::Unset), expected);
        assert_eq!(Blocks(bits).first(), set.first().copied());
        assert!(Reason::ALL.iter().all(|reason| Blocks(bits).has(*reason) == set.contains(reason)));
    }
}

#[test]
fn a_decision_is_its_minded_blocks_and_nothing_else() {
    for question in questions() {
        let minded = Blocks::minded(question.purpose, question.unset_means);
        for case in cases() {
            let (blocks, basis) = case.ask(&question);
            assert_eq!(blocks & minded, blocks, "{question:?} {case:?}");
            let decision = decide(&question, &case.gate, &case.scopes, case.recency, case.runtime);
            assert_eq!(decision, Decision::from_blocks(blocks, basis));
        }
    }
}

#[test]
fn more_facts_against_never_give_fewer_reasons() {
    for question in questions() {
        for case in cases() {
            let (before, _) = case.ask(&question);
            for reason in Blocks::STORED.reasons() {
                let mut stricter = case.clone();
                stricter.gate.blocks = stricter.gate.blocks | reason.bit();
                let (after, _) = stricter.ask(&question);
                assert_eq!(before & after, before, "{reason} {question:?} {case:?}");
                let minds = Blocks::minded(question.purpose, question.unset_means).has(reason);
                assert_eq!(after.has(reason), minds, "{reason} {question:?}");
            }
            let everything = crate::cases::Case { runtime: Blocks::all(), ..case.clone() };
            assert_eq!(everything.ask(&question).0, Blocks::minded(question.purpose, question.unset_means));
        }
    }
}
