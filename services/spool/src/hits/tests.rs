use std::net::IpAddr;

use model::ids::{ContactId, InstitutionId, LinkNo, OccurrenceId};
use model::verdict::AgentClass;
use model::vocabulary::Channel;
use uuid::Uuid;

use super::*;
use crate::{Offset, SpoolId};

const TOKEN: Token = Token {
    purpose: TokenPurpose::Click,
    channel: Channel::Email,
    do_not_record: false,
    institution: InstitutionId(1),
    occurrence: OccurrenceId(2),
    contact: ContactId(3),
    link: LinkNo(0),
};

fn sealed() -> SealedToken {
    SealedToken::try_from("ab2345".repeat(10)).unwrap()
}

fn seen(client: Option<IpAddr>) -> Seen {
    Seen {
        at: DateTime::from_timestamp_micros(947_000_000_123_456).unwrap(),
        method: HitMethod::Head,
        signals: Signals { prefetch: true, agent: AgentClass::Other },
        client: client.map(ClientPrefix::of),
    }
}

#[test]
fn hits_come_back_once_they_are_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let spool = HitSpool::open(dir.path(), SpoolId(Uuid::from_u128(7))).unwrap();
    let clients = [None, Some("192.0.2.77".parse().unwrap()), Some("2001:db8:1:2::3".parse().unwrap())];
    let hits: Vec<_> = clients
        .into_iter()
        .map(|client| HitRecord::of_click(&TOKEN, sealed(), seen(client)).unwrap())
        .collect();
    for hit in &hits {
        spool.append(hit).unwrap();
    }
    assert_eq!(spool.read(Offset(0)).unwrap().count(), 0);
    spool.spool().sync().unwrap();
    let found: Vec<_> = spool.read(Offset(0)).unwrap().map(|entry| entry.unwrap().record).collect();
    assert_eq!(found, hits);
}

#[test]
fn who_refuses_tracking_and_what_is_no_tracked_link_leave_no_record() {
    for token in [
        Token { do_not_record: true, ..TOKEN },
        Token { purpose: TokenPurpose::Unsubscribe, ..TOKEN },
        Token { purpose: TokenPurpose::Message, ..TOKEN },
    ] {
        assert_eq!(HitRecord::of_click(&token, sealed(), seen(None)), None, "{token:?}");
    }
}

#[test]
fn a_record_that_makes_no_sense_is_none() {
    let mut bytes = Vec::new();
    HitRecord::of_click(&TOKEN, sealed(), seen(None)).unwrap().encode(&mut bytes);
    let changed = |at: usize, to: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = to;
        HitRecord::decode(Fields::new(&bytes))
    };
    assert!(changed(7, 0).is_some());
    assert_eq!(changed(7, 0x7f), None, "no such year");
    assert_eq!(changed(8, 9), None, "no such method");
    assert_eq!(changed(10, 0xff), None, "no such signal");
    assert_eq!(changed(17, 5), None, "no such family of addresses");
    assert_eq!(changed(30, b'@'), None, "no token");
    assert_eq!(HitRecord::decode(Fields::new(&bytes[..40])), None, "cut short");
}
