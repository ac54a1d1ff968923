use proptest::prelude::*;

use super::*;

fn accepted() -> DateTime<Utc> {
    DateTime::from_timestamp(947_000_000, 0).unwrap()
}

fn message(links: u16) -> MessageFacts {
    MessageFacts { accepted_at: Some(accepted()), links }
}

/// An unsuspicious hit so many seconds after acceptance.
fn hit(seconds: i64, link: i16) -> HitFacts {
    HitFacts {
        at: accepted() + TimeDelta::seconds(seconds),
        method: HitMethod::Get,
        link: LinkNo(link),
        signals: Signals { prefetch: false, agent: AgentClass::Browser },
    }
}

fn read(message: &MessageFacts, hits: &[HitFacts]) -> Vec<(Verdict, Vec<Reason>)> {
    judge(message, hits).into_iter().map(|judged| (judged.verdict, judged.reasons.iter().collect())).collect()
}

fn one(hit: HitFacts) -> (Verdict, Vec<Reason>) {
    read(&message(5), &[hit]).remove(0)
}

#[test]
fn a_single_hit_is_judged_by_its_signals() {
    use Verdict::{Human, Machine, Undecided};
    let base = hit(3600, 0);
    let by = |prefetch, agent| HitFacts { signals: Signals { prefetch, agent }, ..base };
    for (hit, verdict, reasons) in [
        (base, Human, vec![]),
        (hit(60, 0), Human, vec![]),
        (hit(59, 0), Machine, vec![Reason::TooEarly]),
        (hit(-5, 0), Machine, vec![Reason::TooEarly]),
        (HitFacts { method: HitMethod::Head, ..base }, Machine, vec![Reason::NotAGet]),
        (HitFacts { method: HitMethod::Other, ..base }, Machine, vec![Reason::NotAGet]),
        (by(true, AgentClass::Browser), Machine, vec![Reason::Prefetch]),
        (by(false, AgentClass::Library), Machine, vec![Reason::LibraryAgent]),
        (by(false, AgentClass::Scanner), Machine, vec![Reason::ScannerAgent]),
        (by(false, AgentClass::Empty), Undecided, vec![Reason::NoAgent]),
        (by(false, AgentClass::Other), Undecided, vec![Reason::OddAgent]),
    ] {
        assert_eq!(one(hit), (verdict, reasons), "{hit:?}");
    }
}

#[test]
fn without_a_moment_of_acceptance_nothing_is_certain() {
    let unknown = MessageFacts { accepted_at: None, links: 1 };
    assert_eq!(read(&unknown, &[hit(3600, 0)]), [(Verdict::Undecided, vec![Reason::AcceptanceUnknown])]);
}

#[test]
fn two_weak_signals_make_a_machine() {
    let unknown = MessageFacts { accepted_at: None, links: 1 };
    let signals = Signals { prefetch: false, agent: AgentClass::Empty };
    let nameless = HitFacts { signals, ..hit(3600, 0) };
    assert_eq!(
        read(&unknown, &[nameless]),
        [(Verdict::Machine, vec![Reason::NoAgent, Reason::AcceptanceUnknown])]
    );
}

/// Which of the hits (seconds, link) are part of a burst in a message of so many links.
fn bursts(links: u16, hits: &[(i64, i16)]) -> Vec<bool> {
    let hits: Vec<_> = hits.iter().map(|(seconds, link)| hit(1000 + seconds, *link)).collect();
    judge(&message(links), &hits).iter().map(|judged| judged.reasons.contains(Reason::Burst)).collect()
}

#[test]
fn a_burst_is_three_links_or_both_within_ten_seconds() {
    assert_eq!(bursts(5, &[(0, 0), (5, 1), (10, 2)]), [true; 3]);
    assert_eq!(bursts(5, &[(0, 0), (5, 1), (11, 2)]), [false; 3]);
    assert_eq!(bursts(5, &[(0, 0), (5, 1)]), [false; 2]);
    assert_eq!(bursts(5, &[(0, 0), (1, 0), (2, 1), (3, 1)]), [false; 4]);
    assert_eq!(bursts(2, &[(0, 0), (10, 1)]), [true; 2]);
    assert_eq!(bursts(2, &[(0, 0), (11, 1)]), [false; 2]);
    assert_eq!(bursts(1, &[(0, 0), (1, 0)]), [false; 2]);
}

#[test]
fn a_burst_marks_its_own_hits_only() {
    let hits = [(-100, 3), (0, 0), (5, 1), (10, 2), (12, 0), (14, 1), (500, 3)];
    assert_eq!(bursts(5, &hits), [false, true, true, true, true, true, false]);
}

#[test]
fn a_person_long_after_the_scanner_is_a_person() {
    let hits = [hit(5, 0), hit(6, 1), hit(7, 2), hit(7200, 1)];
    let verdicts: Vec<_> = judge(&message(3), &hits).iter().map(|judged| judged.verdict).collect();
    assert_eq!(verdicts, [Verdict::Machine, Verdict::Machine, Verdict::Machine, Verdict::Human]);
}

#[test]
fn the_get_beside_a_head_stays_undecided_on_either_side() {
    let head = HitFacts { method: HitMethod::Head, ..hit(3600, 0) };
    let hits = [hit(3589, 0), hit(3590, 0), head, hit(3610, 0), hit(3611, 0)];
    let near = (Verdict::Undecided, vec![Reason::NearMachine]);
    assert_eq!(
        read(&message(1), &hits),
        [
            (Verdict::Human, vec![]),
            near.clone(),
            (Verdict::Machine, vec![Reason::NotAGet]),
            near,
            (Verdict::Human, vec![])
        ]
    );
}

/// The scanner of TR-14: everything twice, with the agent of a browser, an hour after acceptance.
#[test]
fn a_scan_of_every_link_leaves_no_human() {
    for links in 2..6i16 {
        let hits: Vec<_> = (0..2 * links).map(|n| hit(3600 + i64::from(n), n % links)).collect();
        let judged = judge(&message(u16::try_from(links).unwrap()), &hits);
        assert!(judged.iter().all(|judged| judged.verdict == Verdict::Machine), "{links} links");
    }
}

#[test]
fn quarantine_ends_fifteen_minutes_after_the_last_hit() {
    assert_eq!(due_at(&[]), None);
    let due = accepted() + TimeDelta::seconds(500) + TimeDelta::minutes(15);
    assert_eq!(due_at(&[hit(500, 0), hit(20, 1)]), Some(due));
}

#[test]
fn a_hundred_thousand_hits_are_judged_in_one_pass() {
    let hits: Vec<_> = (0..100_000).map(|n| hit(3600 + n / 50_000, 0)).collect();
    assert!(judge(&message(1), &hits).iter().all(|judged| judged.verdict == Verdict::Human));
}

#[test]
fn numbers_and_words_do_not_move() {
    assert_eq!(HitMethod::ALL.map(HitMethod::number), [1, 2, 3]);
    assert_eq!(AgentClass::ALL.map(AgentClass::number), [1, 2, 3, 4, 5]);
    for number in 0..=6 {
        assert!(HitMethod::from_number(number).is_none_or(|method| method.number() == number));
        assert!(AgentClass::from_number(number).is_none_or(|class| class.number() == number));
    }
    assert_eq!(["GET", "HEAD", "OPTIONS", "get"].map(HitMethod::of).map(HitMethod::number), [1, 2, 3, 3]);
    for (number, reason) in Reason::ALL.into_iter().enumerate() {
        assert_eq!(reason as usize, number);
    }
    let mut reasons = Reasons::NONE;
    reasons.insert(Reason::Burst);
    reasons.insert(Reason::NoAgent);
    assert_eq!((reasons.0, reasons.to_string().as_str()), (0b100_0100, "burst, no_agent"));
}

fn hits() -> impl Strategy<Value = Vec<HitFacts>> {
    let one = (
        0..200i64,
        prop::sample::select(vec![HitMethod::Get, HitMethod::Get, HitMethod::Get, HitMethod::Head]),
        0..4i16,
        prop::bool::weighted(0.05),
        prop::sample::select(vec![
            AgentClass::Browser,
            AgentClass::Browser,
            AgentClass::Empty,
            AgentClass::Library,
        ]),
    )
        .prop_map(|(seconds, method, link, prefetch, agent)| HitFacts {
            method,
            signals: Signals { prefetch, agent },
            ..hit(seconds, link)
        });
    prop::collection::vec(one, 0..12)
}

/// The rules once more, in the plainest form: every pair and every span is looked at.
fn plainly(message: &MessageFacts, hits: &[HitFacts]) -> Vec<Reasons> {
    let mut reasons: Vec<_> = hits.iter().map(|hit| own_signals(message, hit)).collect();
    for start in hits {
        let within = |hit: &HitFacts| hit.at >= start.at && hit.at - start.at <= BURST_SPAN;
        let mut links: Vec<_> = hits.iter().filter(|hit| within(hit)).map(|hit| hit.link).collect();
        links.sort();
        links.dedup();
        if links.len() >= if message.links == 2 { 2 } else { 3 } {
            for (hit, reasons) in hits.iter().zip(&mut reasons) {
                if within(hit) {
                    reasons.insert(Reason::Burst);
                }
            }
        }
    }
    let strong: Vec<_> = hits
        .iter()
        .zip(&reasons)
        .filter(|(_, reasons)| reasons.has_strong())
        .map(|(hit, _)| hit.at)
        .collect();
    for (hit, reasons) in hits.iter().zip(&mut reasons) {
        if !reasons.has_strong() && strong.iter().any(|at| (hit.at - *at).abs() <= NEAR) {
            reasons.insert(Reason::NearMachine);
        }
    }
    reasons
}

proptest! {
    #[test]
    fn one_pass_finds_what_the_plain_rules_find(links in 0..6u16, hits in hits()) {
        let found: Vec<_> = judge(&message(links), &hits).iter().map(|judged| judged.reasons).collect();
        prop_assert_eq!(found, plainly(&message(links), &hits));
    }

    #[test]
    fn the_order_of_the_hits_does_not_matter(links in 0..6u16, (hits, order) in hits().prop_flat_map(|hits| {
        let order = Just((0..hits.len()).collect::<Vec<_>>()).prop_shuffle();
        (Just(hits), order)
    })) {
        let straight = judge(&message(links), &hits);
        let shuffled: Vec<_> = order.iter().map(|index| hits[*index]).collect();
        let judged = judge(&message(links), &shuffled);
        for (position, index) in order.into_iter().enumerate() {
            prop_assert_eq!(judged[position], straight[index]);
        }
    }

    #[test]
    fn another_signal_or_hit_never_makes_a_machine_human(
        links in 0..6u16, hits in hits(), more in hits(), signal in 0..3, pick: prop::sample::Index,
    ) {
        let before = judge(&message(links), &hits);
        let mut after = hits.clone();
        if !after.is_empty() {
            let target = &mut after[pick.index(hits.len())];
            match signal {
                0 => target.method = HitMethod::Head,
                1 => target.signals.prefetch = true,
                _ => target.signals.agent = AgentClass::Scanner,
            }
        }
        after.extend(more);
        let judged = judge(&message(links), &after);
        for (index, old) in before.iter().enumerate() {
            if old.verdict == Verdict::Machine {
                prop_assert_eq!(judged[index].verdict, Verdict::Machine);
            }
            if old.verdict == Verdict::Undecided {
                prop_assert_ne!(judged[index].verdict, Verdict::Human);
            }
        }
    }
}
