use proptest::prelude::*;

use super::*;

const PHASES: [Phase; 5] = [Phase::Session, Phase::Mail, Phase::Recipient, Phase::Data, Phase::FinalDot];

/// Classifies `550 5.1.1 text` as a mail server would send it.
fn reply(phase: Phase, line: &str) -> ReplyClass {
    let (code, text) = line.split_once(' ').unwrap_or((line, ""));
    classify(phase, code.parse().unwrap(), EnhancedCode::parse(text)).expect(line)
}

fn read(phase: Phase, line: &str) -> (Outcome, Option<Fault>, AddressEffect) {
    let class = reply(phase, line);
    (class.outcome, class.fault, class.address)
}

#[test]
fn the_table_of_em_72() {
    use AddressEffect::{Invalid, Keep};
    use Fault::{Content, Infrastructure, Recipient, Us};
    use Outcome::{Deferred, Failed};
    for (line, outcome, fault, address) in [
        ("550 5.1.1 no such user", Failed, Recipient, Invalid),
        ("550 5.1.2 bad domain", Failed, Recipient, Invalid),
        ("553 5.1.3 bad syntax", Failed, Recipient, Invalid),
        ("551 5.1.6 moved", Failed, Recipient, Invalid),
        ("556 5.1.10 null MX", Failed, Recipient, Invalid),
        ("550 5.1.8 bad sender", Failed, Us, Keep),
        ("550 5.1.0 address", Failed, Recipient, Keep),
        ("550 5.2.1 disabled", Failed, Recipient, DISABLED),
        ("450 4.2.1 disabled", Deferred, Recipient, DISABLED),
        ("552 5.2.2 full", Failed, Recipient, FULL),
        ("452 4.2.2 full", Deferred, Recipient, FULL),
        ("550 5.7.1 blocked", Failed, Us, Keep),
        ("550 5.7.26 not authenticated", Failed, Us, Keep),
        ("550 5.7.515 not authenticated", Failed, Us, Keep),
        ("554 5.6.0 bad content", Failed, Content, Keep),
        ("550 5.6.7 address needs SMTPUTF8", Failed, Content, Keep),
        ("552 5.2.3 too long", Failed, Content, Keep),
        ("552 5.3.4 too big", Failed, Content, Keep),
        ("554 5.4.4 no route", Failed, Infrastructure, Keep),
        ("554 5.3.0 system", Failed, Infrastructure, Keep),
        ("501 5.5.2 syntax", Failed, Us, Keep),
        ("451 4.7.1 greylisted", Deferred, Infrastructure, Keep),
        ("451 4.4.1 no answer", Deferred, Infrastructure, Keep),
    ] {
        for phase in [Phase::Recipient, Phase::FinalDot] {
            assert_eq!(read(phase, line), (outcome, Some(fault), address), "{line} in {phase:?}");
        }
    }
}

#[test]
fn bare_codes_invalidate_nothing_at_once() {
    use AddressEffect::Keep;
    let failed = |fault, address| (Outcome::Failed, Some(fault), address);
    assert_eq!(read(Phase::Recipient, "550"), failed(Fault::Recipient, DISABLED));
    assert_eq!(read(Phase::Recipient, "552"), failed(Fault::Recipient, FULL));
    assert_eq!(read(Phase::Recipient, "554"), failed(Fault::Us, Keep));
    assert_eq!(read(Phase::Mail, "550"), failed(Fault::Us, Keep));
    assert_eq!(read(Phase::FinalDot, "554"), failed(Fault::Us, Keep));
    assert_eq!(read(Phase::FinalDot, "552"), failed(Fault::Content, Keep));
    assert_eq!(read(Phase::Recipient, "550 2.1.5 contradicts itself"), failed(Fault::Recipient, DISABLED));
}

#[test]
fn a_reply_that_contradicts_itself_invalidates_nothing() {
    assert_eq!(reply(Phase::Recipient, "450 5.1.1 unknown").address, AddressEffect::Keep);
    assert_eq!(reply(Phase::Recipient, "450 5.1.1 unknown").outcome, Outcome::Deferred);
    assert_eq!(reply(Phase::Recipient, "550 4.1.1 unknown").address, AddressEffect::Keep);
}

#[test]
fn expected_answers_go_on_and_the_last_one_accepts() {
    for (phase, code) in [
        (Phase::Session, 220),
        (Phase::Session, 235),
        (Phase::Session, 334),
        (Phase::Mail, 250),
        (Phase::Recipient, 251),
        (Phase::Data, 354),
    ] {
        assert_eq!(classify(phase, code, None), None, "{code} in {phase:?}");
    }
    let accepted = reply(Phase::FinalDot, "250 2.0.0 queued");
    assert_eq!((accepted.outcome, accepted.fault, accepted.ends_session), (Outcome::Accepted, None, false));
}

#[test]
fn what_concerns_the_session_fails_no_message() {
    for line in ["554 5.7.1 no service", "550", "454 4.7.0 TLS not available", "535 5.7.8 bad password"] {
        let class = reply(Phase::Session, line);
        assert_eq!((class.outcome, class.ends_session), (Outcome::Deferred, true), "{line}");
        assert_eq!(class.address, AddressEffect::Keep, "{line}");
    }
    let class = reply(Phase::Mail, "530 5.7.0 authentication required");
    assert_eq!((class.outcome, class.fault, class.ends_session), (Outcome::Deferred, Some(Fault::Us), true));
    for phase in PHASES {
        let class = reply(phase, "421 4.3.2 closing");
        assert_eq!((class.outcome, class.ends_session), (Outcome::Deferred, true), "{phase:?}");
    }
}

#[test]
fn silence_after_the_dot_is_unknown_and_before_it_a_deferral() {
    for phase in PHASES {
        let expected = if phase == Phase::FinalDot { Outcome::Unknown } else { Outcome::Deferred };
        let class = interrupted(phase);
        assert_eq!((class.outcome, class.ends_session), (expected, true), "{phase:?}");
    }
}

#[test]
fn what_is_no_reply_is_as_good_as_silence() {
    for code in [0, 199, 354, 600, u16::MAX] {
        assert_eq!(classify(Phase::FinalDot, code, None), Some(interrupted(Phase::FinalDot)), "{code}");
    }
    assert_eq!(classify(Phase::Data, 250, None), Some(interrupted(Phase::Data)));
    assert_eq!(classify(Phase::Recipient, 354, None), Some(interrupted(Phase::Recipient)));
}

#[test]
fn enhanced_codes_are_read_strictly() {
    let code = |class, subject, detail| Some(EnhancedCode { class, subject, detail });
    assert_eq!(EnhancedCode::parse("5.1.1 <x>: unknown"), code(5, 1, 1));
    assert_eq!(EnhancedCode::parse(" 4.7.650"), code(4, 7, 650));
    assert_eq!(EnhancedCode::parse("2.0.0").map(|code| code.to_string()).as_deref(), Some("2.0.0"));
    for text in
        ["", "5.1", "5.1.1.1", "3.1.1", "5.1.1234", "5..1", "+5.1.1", "5.1.1:", "user 5.1.1", "5.1.\u{0661}"]
    {
        assert_eq!(EnhancedCode::parse(text), None, "{text}");
    }
}

#[test]
fn outcome_numbers_do_not_move() {
    assert_eq!(Outcome::ALL.map(Outcome::number), [1, 2, 3, 4]);
    for outcome in Outcome::ALL {
        assert_eq!(Outcome::from_number(outcome.number()), Some(outcome));
    }
    assert_eq!(Outcome::from_number(0), None);
}

proptest! {
    /// The rule of the whole module: only the recipient's own, permanent, clearly stated fault costs the address.
    #[test]
    fn only_the_recipients_fault_said_twice_invalidates(
        phase in prop::sample::select(PHASES.to_vec()),
        code in 0..700u16,
        enhanced in prop::option::of((prop::sample::select(vec![2u16, 4, 5]), 0..9u16, 0..30u16)),
    ) {
        let enhanced = enhanced.map(|(class, subject, detail)| EnhancedCode { class, subject, detail });
        let Some(class) = classify(phase, code, enhanced) else { return Ok(()) };
        if class.invalidates_address() {
            prop_assert_eq!((class.outcome, class.fault), (Outcome::Failed, Some(Fault::Recipient)));
            prop_assert!((500..600).contains(&code) && enhanced.is_some_and(|e| (e.class, e.subject) == (5, 1)));
        }
        prop_assert_eq!(class.outcome == Outcome::Accepted, phase == Phase::FinalDot && (200..300).contains(&code));
        prop_assert_eq!(class.outcome == Outcome::Failed, phase != Phase::Session
            && (500..600).contains(&code) && !SESSION_CODES.contains(&code));
        prop_assert_eq!(class.fault.is_none(), class.outcome == Outcome::Accepted);
        if class.address != AddressEffect::Keep {
            prop_assert_eq!(class.fault, Some(Fault::Recipient));
        }
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        if let Some(code) = EnhancedCode::parse(&text) {
            prop_assert_eq!(EnhancedCode::parse(&code.to_string()), Some(code));
        }
    }
}
