//! Nobody who said no is contacted: a refusal only ever takes away.

use model::permission::{Blocks, Reason, ScopeFacts};
use model::vocabulary::{Proof, Purpose};

use crate::cases::{cases, questions, welcome};

#[test]
fn a_refusal_at_any_level_excludes_from_everything_but_notices() {
    for question in questions() {
        for case in cases() {
            for refusal in [Reason::GeneralRefusal, Reason::ChannelRefusal] {
                let mut at_gate = case.clone();
                at_gate.gate.blocks = at_gate.gate.blocks | refusal.bit();
                let mut at_scope = case.clone();
                at_scope.scopes.push(ScopeFacts {
                    blocks: refusal.bit(),
                    proof: Proof::Claim,
                    consent_until: None,
                    soft_opt_in: false,
                });
                for refused in [at_gate, at_scope] {
                    let (blocks, _) = refused.ask(&question);
                    match question.purpose {
                        Purpose::Marketing | Purpose::ConsentRenewal => {
                            assert!(blocks.has(refusal), "{question:?} {refused:?}");
                        }
                        Purpose::ContractNotice => {
                            assert_eq!(blocks, case.ask(&question).0, "{question:?} {refused:?}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn an_answer_that_turns_into_a_no_lets_nobody_in() {
    // The yes of the scope goes, and the refusal takes its place: what the yes had hidden must not let the contact through.
    for question in questions() {
        for case in cases().into_iter().filter(|case| !case.is_allowed(&question)) {
            for refusal in [Reason::GeneralRefusal, Reason::ChannelRefusal] {
                let mut refused = case.clone();
                refused.gate.blocks = refused.gate.blocks | refusal.bit();
                (refused.gate.proof, refused.gate.consent_until) = (Proof::Claim, None);
                let is_notice = question.purpose == Purpose::ContractNotice;
                assert!(!refused.is_allowed(&question), "{question:?} {case:?}");
                assert!(is_notice || refused.ask(&question).0.has(refusal));
            }
        }
    }
}

#[test]
fn only_refusals_are_taken_over_from_a_scope() {
    let mut case = welcome();
    case.scopes.push(ScopeFacts {
        blocks: Blocks::all(),
        proof: Proof::Claim,
        consent_until: None,
        soft_opt_in: false,
    });
    for question in questions() {
        let minded = Blocks::minded(question.purpose, question.unset_means);
        assert_eq!(case.ask(&question).0, Blocks::REFUSALS & minded, "{question:?}");
    }
}

#[test]
fn a_damaged_gate_cannot_lift_what_is_decided_by_dates() {
    // Bits that the gate must not store are not read from it.
    let mut case = welcome();
    case.gate.blocks = Blocks::all();
    for question in questions() {
        let minded = Blocks::minded(question.purpose, question.unset_means);
        assert_eq!(case.ask(&question).0, Blocks::STORED & minded, "{question:?}");
    }
}
