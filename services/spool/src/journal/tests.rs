use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::codec::Fields;
use crate::{Record, SyncPolicy};

const ID: SpoolId = SpoolId(Uuid::from_u128(7));

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn attempt(contact: i64) -> AttemptKey {
    AttemptKey {
        institution: InstitutionId(1),
        occurrence: OccurrenceId(2),
        contact: ContactId(contact),
        channel: Channel::Email,
        attempt_no: 1,
        claim: Uuid::from_u128(99),
    }
}

const ACCEPTED: FinalReply = FinalReply {
    code: 250,
    enhanced: Some(EnhancedCode { class: 2, subject: 0, detail: 0 }),
    outcome: Outcome::Accepted,
};

#[test]
fn a_dead_workers_claims_have_three_fates() {
    let dir = folder();
    let (journal, _) = SendJournal::open(dir.path(), ID).unwrap();
    let _replied = journal.dot(&attempt(1)).unwrap();
    let _silent = journal.dot(&attempt(2)).unwrap();
    journal.reply(&attempt(1), &ACCEPTED).unwrap();
    drop(journal);

    let (journal, replay) = SendJournal::open(dir.path(), ID).unwrap();
    assert_eq!(replay.fate(&attempt(1)), Fate::Replied(ACCEPTED));
    assert_eq!(replay.fate(&attempt(2)), Fate::MaybeSent);
    assert_eq!(replay.fate(&attempt(3)), Fate::Unsent);
    let later_claim = AttemptKey { claim: Uuid::from_u128(100), ..attempt(1) };
    assert_eq!(replay.fate(&later_claim), Fate::Unsent);
    assert_eq!(replay.listed().count(), 2);
    journal.destroy().unwrap();
    assert!(!dir.path().exists());
}

#[test]
fn a_living_workers_journal_cannot_be_replayed() {
    let dir = folder();
    let (_journal, _) = SendJournal::open(dir.path(), ID).unwrap();
    assert!(matches!(SendJournal::open(dir.path(), ID), Err(SpoolError::Locked { .. })));
}

#[test]
fn after_a_restart_of_the_machine_nothing_is_surely_unsent() {
    let dir = folder();
    let (journal, _) = SendJournal::open(dir.path(), ID).unwrap();
    let _mark = journal.dot(&attempt(1)).unwrap();
    journal.reply(&attempt(1), &ACCEPTED).unwrap();
    drop(journal);
    crate::spool::pretend_restart(dir.path());
    let (_, replay) = SendJournal::open(dir.path(), ID).unwrap();
    assert_eq!(replay.fate(&attempt(1)), Fate::Replied(ACCEPTED));
    assert_eq!(replay.fate(&attempt(2)), Fate::MaybeSent);
}

/// Sends and records so many messages; they fill several segments.
fn run(journal: &SendJournal, count: i64) {
    for contact in 0..count {
        let mark = journal.dot(&attempt(contact)).unwrap();
        journal.reply(&attempt(contact), &ACCEPTED).unwrap();
        journal.recorded(mark).unwrap();
    }
}

const MANY: i64 = 50_000;

#[test]
fn recorded_attempts_leave_the_journal_and_open_ones_hold_it() {
    let dir = folder();
    let (journal, _) = SendJournal::open(dir.path(), ID).unwrap();
    run(&journal, MANY);
    assert!(journal.spool().end().0 - journal.spool().first().0 < 100_000);
    let open = journal.dot(&attempt(-1)).unwrap();
    let held = journal.spool().first();
    run(&journal, MANY);
    assert_eq!(journal.spool().first(), held);
    journal.recorded(open).unwrap();
    assert!(journal.spool().end().0 - journal.spool().first().0 < 4_200_000);
}

#[test]
fn what_was_found_stays_until_it_is_settled() {
    let dir = folder();
    let (journal, _) = SendJournal::open(dir.path(), ID).unwrap();
    let _mark = journal.dot(&attempt(-1)).unwrap();
    drop(journal);
    let (journal, replay) = SendJournal::open(dir.path(), ID).unwrap();
    run(&journal, MANY);
    assert_eq!(journal.spool().first(), Offset(0));
    journal.settled(replay).unwrap();
    assert!(journal.spool().first() > Offset(0));
    drop(journal);
    let (_, replay) = SendJournal::open(dir.path(), ID).unwrap();
    assert_eq!(replay.fate(&attempt(-1)), Fate::Unsent);
}

#[test]
fn another_release_is_refused() {
    let dir = folder();
    let options = crate::Options::new(crate::Kind::Journal, SyncPolicy::Never);
    let spool = Spool::open(dir.path(), options, ID).unwrap();
    let mut bytes = vec![JournalRecord::VERSION + 1];
    JournalRecord::Dot(attempt(1)).encode(&mut bytes);
    spool.append(&bytes).unwrap();
    drop(spool);
    let error = SendJournal::open(dir.path(), ID).unwrap_err();
    assert!(matches!(error, SpoolError::Undecodable { offset: Offset(0), .. }), "{error}");
}

fn records() -> impl Strategy<Value = JournalRecord> {
    let attempt = (any::<(i32, i32, i64, i16, u128)>(), prop::sample::select(Channel::ALL.to_vec()))
        .prop_map(|((institution, occurrence, contact, attempt_no, claim), channel)| AttemptKey {
            institution: InstitutionId(institution),
            occurrence: OccurrenceId(occurrence),
            contact: ContactId(contact),
            channel,
            attempt_no,
            claim: Uuid::from_u128(claim),
        });
    let enhanced =
        any::<(u16, u16, u16)>().prop_map(|(class, subject, detail)| EnhancedCode { class, subject, detail });
    let outcome = prop::sample::select(Outcome::ALL.to_vec());
    let reply = (any::<u16>(), prop::option::of(enhanced), outcome)
        .prop_map(|(code, enhanced, outcome)| FinalReply { code, enhanced, outcome });
    (attempt, prop::option::of(reply)).prop_map(|(attempt, reply)| match reply {
        None => JournalRecord::Dot(attempt),
        Some(reply) => JournalRecord::Reply(attempt, reply),
    })
}

proptest! {
    #[test]
    fn every_octet_of_a_record_is_read_once(record in records(), cut: prop::sample::Index) {
        let mut bytes = Vec::new();
        record.encode(&mut bytes);
        prop_assert_eq!(JournalRecord::decode(Fields::new(&bytes)), Some(record));
        prop_assert_eq!(JournalRecord::decode(Fields::new(&bytes[..cut.index(bytes.len())])), None);
        bytes.push(0);
        prop_assert_eq!(JournalRecord::decode(Fields::new(&bytes)), None);
    }

    #[test]
    fn noise_is_answered(noise in prop::collection::vec(any::<u8>(), 0..80)) {
        let Some(record) = JournalRecord::decode(Fields::new(&noise)) else { return Ok(()) };
        let mut bytes = Vec::new();
        record.encode(&mut bytes);
        prop_assert_eq!(bytes.len(), noise.len());
    }
}
