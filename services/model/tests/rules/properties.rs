//! Properties of the decision over arbitrary facts: whatever bits the stored sets hold, however many scopes cover the message, and
//! wherever the days lie.

use chrono::{Days, NaiveDate};
use model::permission::{Blocks, GateFacts, OPEN_END, Question, RenewalWindow, ScopeFacts};
use model::vocabulary::{Proof, Purpose, UnsetMeans};
use proptest::option::of as maybe;
use proptest::prelude::*;
use proptest::sample::select;

use crate::cases::{Case, today};

/// Near enough to today for every rule to be on its edge, some years back for retention, or without an end.
fn day() -> impl Strategy<Value = NaiveDate> {
    prop_oneof![
        (0..5_u64).prop_map(|days| today() + Days::new(days) - Days::new(2)),
        (0..1600_u64).prop_map(|days| today() - Days::new(days)),
        Just(OPEN_END),
    ]
}

/// Any set of reasons, also of those that must not stand there.
fn any_blocks() -> impl Strategy<Value = Blocks> {
    prop_oneof![Just(Blocks::NONE), (0..=Blocks::all().0).prop_map(Blocks)]
}

fn scope() -> impl Strategy<Value = ScopeFacts> {
    (any_blocks(), select(Proof::ALL), maybe(day()), any::<bool>()).prop_map(
        |(blocks, proof, consent_until, soft_opt_in)| ScopeFacts {
            blocks,
            proof,
            consent_until,
            soft_opt_in,
        },
    )
}

fn case() -> impl Strategy<Value = Case> {
    let gate = (any_blocks(), select(Proof::ALL), maybe(day()), maybe(day()), maybe(day())).prop_map(
        |(blocks, proof, consent_until, of_age_on, suppressed_until)| GateFacts {
            blocks,
            proof,
            consent_until,
            of_age_on,
            suppressed_until,
        },
    );
    (gate, prop::collection::vec(scope(), 0..5), maybe(day()), any_blocks())
        .prop_map(|(gate, scopes, recency, runtime)| Case { gate, scopes, recency, runtime })
}

fn question() -> impl Strategy<Value = Question> {
    let renewal = (day(), day()).prop_map(|(from, until)| RenewalWindow { from, until });
    (select(Purpose::ALL), select(UnsetMeans::ALL), 1..=36_u32, maybe(renewal)).prop_map(
        |(purpose, unset_means, retention_months, renewal)| Question {
            purpose,
            unset_means,
            retention_months,
            today: today(),
            renewal,
        },
    )
}

/// The same contact with these reasons more: at the gate, at each scope, and where only the caller sees.
fn stricter(case: &Case, more: Blocks) -> Vec<Case> {
    let mut at_gate = case.clone();
    at_gate.gate.blocks = at_gate.gate.blocks | more;
    let in_caller = Case { runtime: case.runtime | more, ..case.clone() };
    let at_scopes = (0..case.scopes.len()).map(|place| {
        let mut at_scope = case.clone();
        at_scope.scopes[place].blocks = at_scope.scopes[place].blocks | more;
        at_scope
    });
    at_scopes.chain([at_gate, in_caller]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_reason_more_never_lets_anybody_in(question in question(), case in case(), more in any_blocks()) {
        let (before, basis) = case.ask(&question);
        for stricter in stricter(&case, more) {
            let (after, same) = stricter.ask(&question);
            prop_assert_eq!(before & after, before, "no reason goes");
            prop_assert!(case.is_allowed(&question) || !stricter.is_allowed(&question));
            prop_assert!(before.first().is_none_or(|first| after.first().is_some_and(|now| now <= first)));
            prop_assert_eq!(after & (before | more), after, "no reason comes that nobody gave");
            prop_assert_eq!(same, basis, "a refusal is no ground, and takes none away");
        }
    }

    #[test]
    fn reasons_add_up_whatever_their_order(question in question(), case in case(), one in any_blocks(), other in any_blocks()) {
        for (first, both) in stricter(&case, one).iter().zip(stricter(&case, one | other)) {
            let then: Vec<Blocks> = stricter(first, other).iter().map(|case| case.ask(&question).0).collect();
            prop_assert!(then.contains(&both.ask(&question).0));
            prop_assert!(then.iter().all(|blocks| *blocks & first.ask(&question).0 == first.ask(&question).0));
        }
    }

    #[test]
    fn the_order_of_the_scopes_does_not_matter(
        question in question(),
        (case, scopes) in case().prop_flat_map(|case| (Just(case.clone()), Just(case.scopes).prop_shuffle())),
    ) {
        let shuffled = Case { scopes, ..case.clone() };
        prop_assert_eq!(shuffled.ask(&question), case.ask(&question));
    }

    #[test]
    fn a_scope_said_twice_counts_once(question in question(), case in case()) {
        let scopes = [&case.scopes[..], &case.scopes[..]].concat();
        let twice = Case { scopes, ..case.clone() };
        prop_assert_eq!(twice.ask(&question), case.ask(&question));
    }

    #[test]
    fn a_scope_without_a_yes_only_takes_away(question in question(), case in case(), blocks in any_blocks()) {
        let silent = ScopeFacts { blocks, proof: Proof::Claim, consent_until: None, soft_opt_in: false };
        let mut more = case.clone();
        more.scopes.push(silent);
        let (before, after) = (case.ask(&question), more.ask(&question));
        prop_assert_eq!(after.0, before.0 | blocks & Blocks::REFUSALS & Blocks::minded(question.purpose, question.unset_means));
        prop_assert_eq!(after.1, before.1);
    }

    #[test]
    fn what_one_purpose_minds_is_decided_alike_for_the_others(question in question(), case in case()) {
        // Purposes differ in what they mind, and in what consent and recency must be; a reason of the contact is the same for all.
        let of_the_contact = Blocks::STORED.with(model::permission::Reason::Suppressed, true);
        let minded = |question: &Question| Blocks::minded(question.purpose, question.unset_means);
        for purpose in Purpose::ALL {
            let other = Question { purpose: *purpose, ..question.clone() };
            let both = minded(&question) & minded(&other) & of_the_contact;
            prop_assert_eq!(case.ask(&question).0 & both, case.ask(&other).0 & both);
        }
    }
}
