//! The current answer does not depend on the order of the records, and only what may change it does (design, sections 2 and 5).

use chrono::{DateTime, TimeDelta, Utc};
use model::answer::{Record, current};
use model::vocabulary::{Answer, Proof};
use proptest::prelude::*;

use crate::cases::today;

fn at(hour: i64) -> DateTime<Utc> {
    today().and_hms_opt(0, 0, 0).unwrap().and_utc() + TimeDelta::hours(hour)
}

const fn record(answer: Answer, proof: Proof, happened_at: DateTime<Utc>) -> Record {
    Record { answer, proof, happened_at }
}

fn no(hour: i64) -> Record {
    record(Answer::No, Proof::Proven, at(hour))
}

fn unset(hour: i64) -> Record {
    record(Answer::Unset, Proof::Claim, at(hour))
}

fn yes(proof: Proof, hour: i64) -> Record {
    record(Answer::Yes, proof, at(hour))
}

#[test]
fn the_table_of_what_outweighs_what() {
    use Proof::{Attested, Claim, Proven};
    for (records, expected) in [
        (vec![], Answer::Unset),
        (vec![unset(1)], Answer::Unset),
        (vec![no(1)], Answer::No),
        (vec![yes(Claim, 1)], Answer::Unset),
        (vec![yes(Attested, 1)], Answer::Yes),
        (vec![yes(Proven, 1)], Answer::Yes),
        // A no is ended by a proven yes that came later, and by nothing else.
        (vec![no(1), yes(Proven, 2)], Answer::Yes),
        (vec![no(1), yes(Attested, 2)], Answer::No),
        (vec![no(1), yes(Claim, 2)], Answer::No),
        (vec![no(1), unset(2)], Answer::No),
        (vec![no(2), yes(Proven, 1)], Answer::No),
        (vec![no(1), yes(Proven, 1)], Answer::No),
        (vec![no(1), yes(Proven, 2), no(3)], Answer::No),
        (vec![no(1), yes(Proven, 2), yes(Attested, 3)], Answer::Yes),
        // A yes is ended by a later no, or by an unset that is not older.
        (vec![yes(Proven, 1), unset(2)], Answer::Unset),
        (vec![yes(Proven, 1), unset(1)], Answer::Unset),
        (vec![yes(Proven, 2), unset(1)], Answer::Yes),
        (vec![yes(Proven, 1), unset(2), yes(Attested, 3)], Answer::Yes),
        (vec![yes(Attested, 1), no(2), unset(3)], Answer::No),
        (vec![no(1), yes(Proven, 2), unset(3)], Answer::Unset),
    ] {
        assert_eq!(current(&records), expected, "{records:?}");
    }
}

/// Every record that differs from the others in something that may matter.
fn alphabet() -> Vec<Record> {
    let kinds = [
        (Answer::Unset, Proof::Claim),
        (Answer::No, Proof::Claim),
        (Answer::No, Proof::Proven),
        (Answer::Yes, Proof::Claim),
        (Answer::Yes, Proof::Attested),
        (Answer::Yes, Proof::Proven),
    ];
    (0..3).flat_map(|hour| kinds.map(|(answer, proof)| record(answer, proof, at(hour)))).collect()
}

/// Every log of up to three records.
fn logs() -> Vec<Vec<Record>> {
    let mut logs = vec![Vec::new()];
    for length in 0..3 {
        let longest: Vec<Vec<Record>> = logs.iter().filter(|log| log.len() == length).cloned().collect();
        for log in longest {
            logs.extend(alphabet().into_iter().map(|record| [log.clone(), vec![record]].concat()));
        }
    }
    logs
}

#[test]
fn one_record_more_changes_only_what_it_may() {
    for log in logs() {
        let before = current(&log);
        for more in alphabet() {
            let after = current(&[log.clone(), vec![more]].concat());
            let context = || format!("{log:?} and {more:?}");
            match (more.answer, more.proof) {
                // A no never widens.
                (Answer::No, _) => assert!(after == before || after == Answer::No, "{}", context()),
                // An unset can only restrict: it ends a yes, and never a no.
                (Answer::Unset, _) => {
                    assert!(
                        after == before || (before, after) == (Answer::Yes, Answer::Unset),
                        "{}",
                        context()
                    );
                }
                // A claim grants nothing (LA-26).
                (Answer::Yes, Proof::Claim) => assert_eq!(after, before, "{}", context()),
                (Answer::Yes, Proof::Attested) => {
                    assert!(
                        before != Answer::No || after == Answer::No,
                        "an attested file lifts no refusal: {}",
                        context()
                    );
                    assert!(before != Answer::Yes || after == Answer::Yes, "{}", context());
                }
                (Answer::Yes, Proof::Proven) => {
                    assert!(before != Answer::Yes || after == Answer::Yes, "{}", context());
                }
            }
            let is_latest = log.iter().all(|other| other.happened_at < more.happened_at);
            if is_latest && more.answer == Answer::No {
                assert_eq!(after, Answer::No, "{}", context());
            }
            if is_latest && (more.answer, more.proof) == (Answer::Yes, Proof::Proven) {
                assert_eq!(after, Answer::Yes, "{}", context());
            }
        }
    }
}

#[test]
fn saying_the_same_again_changes_nothing() {
    for log in logs() {
        assert_eq!(current(&[log.clone(), log.clone()].concat()), current(&log), "{log:?}");
    }
}

fn any_record() -> impl Strategy<Value = Record> {
    let answer = prop::sample::select(Answer::ALL);
    let proof = prop::sample::select(Proof::ALL);
    (answer, proof, 0_i64..6).prop_map(|(answer, proof, hour)| record(answer, proof, at(hour)))
}

proptest! {
    #[test]
    fn no_order_makes_a_difference(
        (log, shuffled) in prop::collection::vec(any_record(), 0..10).prop_flat_map(|log| (Just(log.clone()), Just(log).prop_shuffle()))
    ) {
        prop_assert_eq!(current(&log), current(&shuffled));
    }
}
