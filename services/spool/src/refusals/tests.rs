use uuid::Uuid;

use super::*;
use crate::{Offset, SpoolId};

fn refusal(whole_institution: bool) -> RefusalRecord {
    RefusalRecord {
        token: SealedToken::try_from("ab2345".repeat(10)).unwrap(),
        received_at: DateTime::from_timestamp_micros(947_000_000_123_456).unwrap(),
        whole_institution,
    }
}

#[test]
fn a_refusal_is_on_disk_when_append_returns_and_stays_until_it_is_committed() {
    let dir = tempfile::tempdir().unwrap();
    let id = SpoolId(Uuid::from_u128(7));
    let spool = RefusalSpool::open(dir.path(), id).unwrap();
    assert!(spool.spool().is_consumed());
    for refusal in [refusal(false), refusal(true)] {
        let appended = spool.append(&refusal).unwrap();
        assert_eq!(spool.spool().readable_end(), appended.next);
    }
    drop(spool);

    let spool = RefusalSpool::open(dir.path(), id).unwrap();
    assert!(!spool.spool().is_consumed());
    let found: Vec<_> = spool.read(spool.spool().first()).unwrap().map(Result::unwrap).collect();
    assert_eq!(
        found.iter().map(|entry| entry.record.clone()).collect::<Vec<_>>(),
        [refusal(false), refusal(true)]
    );
    spool.spool().trim_to(found[0].next).unwrap();
    assert!(!spool.spool().is_consumed());
    spool.spool().trim_to(found[1].next).unwrap();
    assert!(spool.spool().is_consumed());
    assert_eq!(found[0].offset, Offset(0));
}

#[test]
fn a_record_that_makes_no_sense_is_none() {
    let mut bytes = Vec::new();
    refusal(true).encode(&mut bytes);
    assert_eq!(RefusalRecord::decode(Fields::new(&bytes)), Some(refusal(true)));
    bytes[8] = 2;
    assert_eq!(RefusalRecord::decode(Fields::new(&bytes)), None);
    assert_eq!(RefusalRecord::decode(Fields::new(&bytes[..9])), None);
}
