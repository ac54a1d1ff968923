//! What counts as a yes, what stands in for one, and when it has run out.

use model::permission::{Basis, Question, Reason, ScopeFacts};
use model::vocabulary::{Proof, Purpose, UnsetMeans};

use crate::cases::{Case, cases, question, questions, today, welcome, yesterday};

fn yeses(case: &Case) -> Vec<(Proof, chrono::NaiveDate)> {
    let scopes = case.scopes.iter().map(|scope| (scope.proof, scope.consent_until));
    let all = std::iter::once((case.gate.proof, case.gate.consent_until)).chain(scopes);
    all.filter_map(|(proof, until)| until.map(|until| (proof, until))).collect()
}

fn bought(case: &Case) -> bool {
    case.scopes.iter().any(|scope| scope.soft_opt_in)
}

fn soft(question: &Question) -> bool {
    question.purpose == Purpose::Marketing && question.unset_means == UnsetMeans::SoftOptIn
}

#[test]
fn consent_is_expired_only_when_every_covering_yes_is() {
    for question in questions() {
        for case in cases() {
            let (blocks, basis) = case.ask(&question);
            let yeses = yeses(&case);
            let standing = yeses.iter().filter(|(_, until)| *until >= today()).map(|(proof, _)| *proof).max();
            let expired = !yeses.is_empty() && standing.is_none();
            let missing = yeses.is_empty() && !(soft(&question) && bought(&case));
            let minds = |reason| {
                model::permission::Blocks::minded(question.purpose, question.unset_means).has(reason)
            };
            assert_eq!(
                blocks.has(Reason::ConsentExpired),
                expired && minds(Reason::ConsentExpired),
                "{question:?} {case:?}"
            );
            assert_eq!(
                blocks.has(Reason::NoConsent),
                missing && minds(Reason::NoConsent),
                "{question:?} {case:?}"
            );
            let expected = match standing {
                Some(Proof::Proven) => Basis::Proven,
                Some(Proof::Attested | Proof::Claim) => Basis::Attested,
                None if yeses.is_empty() && soft(&question) && bought(&case) => Basis::SoftOptIn,
                None => Basis::Unset,
            };
            assert_eq!(basis, expected, "{question:?} {case:?}");
        }
    }
}

#[test]
fn a_purchase_speaks_for_marketing_only_and_only_under_its_policy() {
    let mut let_in = 0;
    for question in questions() {
        for case in cases().into_iter().filter(|case| case.is_allowed(&question)) {
            let (_, basis) = case.ask(&question);
            if basis == Basis::SoftOptIn {
                assert!(soft(&question) && bought(&case) && yeses(&case).is_empty(), "{question:?} {case:?}");
                let_in += 1;
            }
        }
    }
    assert!(let_in > 0);
}

#[test]
fn silence_passes_for_marketing_under_refusals_only_and_nowhere_else() {
    let mut silent = welcome();
    (silent.gate.proof, silent.gate.consent_until) = (Proof::Claim, None);
    for question in questions() {
        let passes = match question.purpose {
            Purpose::Marketing => question.unset_means == UnsetMeans::RefusalsOnly,
            Purpose::ConsentRenewal => false,
            // Its exemption is earned by an order line, not by a yes.
            Purpose::ContractNotice => true,
        };
        assert_eq!(silent.is_allowed(&question), passes, "{question:?}");
    }
}

#[test]
fn a_renewal_rests_on_a_yes_whatever_the_policy() {
    let mut renewed = 0;
    for unset_means in UnsetMeans::ALL {
        let question = question(Purpose::ConsentRenewal, *unset_means);
        for case in cases().into_iter().filter(|case| case.is_allowed(&question)) {
            let (_, basis) = case.ask(&question);
            assert!(basis >= Basis::Attested, "{basis:?} {case:?}");
            assert!(yeses(&case).iter().any(|(_, until)| *until >= today()));
            renewed += 1;
        }
    }
    assert!(renewed > 0);
}

#[test]
fn an_expired_yes_is_worse_than_none_where_a_purchase_would_do() {
    let mut case = welcome();
    case.gate.consent_until = Some(yesterday());
    case.scopes.push(ScopeFacts {
        blocks: model::permission::Blocks::NONE,
        proof: Proof::Claim,
        consent_until: None,
        soft_opt_in: true,
    });
    let marketing = question(Purpose::Marketing, UnsetMeans::SoftOptIn);
    assert_eq!(case.ask(&marketing), (Reason::ConsentExpired.bit(), Basis::Unset));
    (case.gate.proof, case.gate.consent_until) = (Proof::Claim, None);
    assert!(case.is_allowed(&marketing));
}

#[test]
fn the_better_evidence_is_the_greater_basis() {
    // The order in which contacts with one address are preferred.
    assert!(
        Basis::Unset < Basis::SoftOptIn
            && Basis::SoftOptIn < Basis::Attested
            && Basis::Attested < Basis::Proven
    );
}
