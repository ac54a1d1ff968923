//! The reasons, their order, and the decision that a set of them stands for (design, section 2).

use model::permission::{Basis, Blocks, Decision, Reason, decide};

use crate::cases::{cases, questions};

/// The design's list, in its order, with the numbers of the stored bits: they stay what they are.
const ORDER: [(&str, u32); 16] = [
    ("anonymised", 0),
    ("restricted", 1),
    ("suppressed", 2),
    ("general_refusal", 3),
    ("channel_refusal", 4),
    ("under_age", 5),
    ("retention_passed", 6),
    ("consent_expired", 7),
    ("no_consent", 8),
    ("no_address", 9),
    ("address_invalid", 10),
    ("preconditions", 11),
    ("excluded_target", 15),
    ("frequency_cap", 12),
    ("holdout", 13),
    ("same_address", 14),
];

#[test]
fn the_reasons_stand_in_the_order_of_the_rules() {
    assert_eq!(Reason::ALL.len(), ORDER.len());
    let mut earlier = Blocks::NONE;
    for (reason, (word, bit)) in Reason::ALL.iter().zip(ORDER) {
        assert_eq!((reason.word(), reason.bit()), (word, Blocks(1 << bit)));
        assert_eq!(serde_json::to_value(reason).unwrap(), word);
        assert_eq!(Reason::from_word(word), Some(*reason));
        assert_eq!(reason.earlier(), earlier, "{reason}");
        earlier = earlier | reason.bit();
    }
    assert!(Reason::ALL.is_sorted(), "a report lists them in the order of the rules");
    assert_eq!(Reason::from_word("horoscope"), None);
}

#[test]
fn the_first_rule_is_the_reason_and_the_others_follow() {
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
