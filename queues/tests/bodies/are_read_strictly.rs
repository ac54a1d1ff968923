//! Bodies round-trip, and everything else is refused with its reason.

use model::ids::ContactId;
use model::vocabulary::{Channel, Lane};
use queues::messages::{Body, BodyRefused, ClientPrefix, DispatchChunk, HitBatch, SealedToken};
use queues::topology::{QueueId, TOPOLOGY};
use serde_json::{Value, json};

use crate::sample;

fn refused<B: Body + std::fmt::Debug>(body: &Value) -> BodyRefused {
    B::parse(body.to_string().as_bytes()).unwrap_err()
}

fn chunk_with(change: impl FnOnce(&mut DispatchChunk)) -> DispatchChunk {
    let mut chunk = sample::chunk();
    change(&mut chunk);
    chunk
}

fn batch_with(change: impl FnOnce(&mut HitBatch)) -> HitBatch {
    let mut batch = sample::batch();
    change(&mut batch);
    batch
}

#[test]
fn the_largest_bodies_fit_and_come_back_as_they_were() {
    let (chunk, batch) = (sample::chunk(), sample::batch());
    assert_eq!(DispatchChunk::parse(&chunk.to_bytes().unwrap()), Ok(chunk));
    assert_eq!(HitBatch::parse(&batch.to_bytes().unwrap()), Ok(batch));
}

#[test]
fn each_body_reaches_its_own_queue() {
    let reached = |route| TOPOLOGY.reached_by(route).map(|queue| queue.id).collect::<Vec<_>>();
    assert_eq!(reached(sample::chunk().route()), [QueueId::EmailBulk]);
    assert_eq!(reached(chunk_with(|chunk| chunk.lane = Lane::Notice).route()), [QueueId::EmailNotice]);
    assert_eq!(reached(sample::batch().route()), [QueueId::Hits]);
}

#[test]
fn a_newer_body_is_named_as_such_whatever_its_fields_are() {
    let expected = BodyRefused::UnknownVersion { kind: "dispatch_chunk", found: 2, known: 1 };
    assert_eq!(refused::<DispatchChunk>(&json!({ "v": 2, "cohort": [1, 2] })), expected);
}

#[test]
fn a_body_without_a_version_is_malformed() {
    for body in [json!({}), json!({ "v": null }), json!({ "v": "1" }), json!([1]), json!(1)] {
        assert!(matches!(refused::<HitBatch>(&body), BodyRefused::Malformed { .. }), "{body}");
    }
    assert!(matches!(DispatchChunk::parse(b"").unwrap_err(), BodyRefused::Malformed { line: 1, .. }));
    assert!(matches!(
        DispatchChunk::parse(b"{\"v\":1").unwrap_err(),
        BodyRefused::Malformed { column: 6, .. }
    ));
}

#[test]
fn fields_are_neither_missing_nor_added_nor_doubled() {
    let whole = serde_json::to_value(sample::chunk()).unwrap();
    for name in ["institution", "occurrence", "channel", "lane", "contacts"] {
        let mut less = whole.clone();
        less.as_object_mut().unwrap().remove(name);
        assert!(matches!(refused::<DispatchChunk>(&less), BodyRefused::Malformed { .. }), "without {name}");
    }
    let mut more = whole.clone();
    more["note"] = json!(1);
    assert!(matches!(refused::<DispatchChunk>(&more), BodyRefused::Malformed { .. }));
    let doubled = whole.to_string().replacen('{', "{\"institution\":1,", 1);
    assert!(matches!(DispatchChunk::parse(doubled.as_bytes()), Err(BodyRefused::Malformed { .. })));
    let followed = format!("{whole} {whole}").replace(['\n'], "");
    assert!(matches!(
        DispatchChunk::parse(followed.as_bytes()),
        Err(BodyRefused::Malformed { .. } | BodyRefused::TooLong { .. })
    ));
}

#[test]
fn a_long_body_is_refused_unread() {
    let long = vec![b' '; DispatchChunk::MAX_BYTES + 1];
    let expected =
        BodyRefused::TooLong { kind: "dispatch_chunk", bytes: long.len(), limit: DispatchChunk::MAX_BYTES };
    assert_eq!(DispatchChunk::parse(&long), Err(expected));
}

#[test]
fn what_nobody_would_read_is_not_written_either() {
    let cases = [
        ("contacts", chunk_with(|chunk| chunk.contacts.clear())),
        ("contacts", chunk_with(|chunk| chunk.contacts.push(ContactId(1)))),
        ("contacts", chunk_with(|chunk| chunk.contacts[1] = chunk.contacts[0])),
        ("contacts", notices(11)),
        ("channel", chunk_with(|chunk| chunk.channel = Channel::Sms)),
        ("channel", chunk_with(|chunk| chunk.channel = Channel::Post)),
    ];
    for (wrong, chunk) in cases {
        let found = chunk.to_bytes().unwrap_err();
        assert!(matches!(found, BodyRefused::Field { field, .. } if field == wrong), "{found} for {wrong}");
        assert_eq!(refused::<DispatchChunk>(&serde_json::to_value(&chunk).unwrap()), found);
    }
    assert!(notices(10).to_bytes().is_ok());
}

fn notices(contacts: i64) -> DispatchChunk {
    chunk_with(|chunk| {
        chunk.lane = Lane::Notice;
        chunk.contacts = (0..contacts).map(ContactId).collect();
    })
}

#[test]
fn hits_stay_inside_their_stretch_and_in_order() {
    let cases = [
        ("last", batch_with(|batch| (batch.first, batch.last) = (5, 4))),
        ("hits", batch_with(|batch| batch.first += 1)),
        ("hits", batch_with(|batch| batch.last -= 1)),
        ("hits", batch_with(|batch| batch.hits.swap(0, 1))),
        ("hits", batch_with(|batch| batch.hits[1].offset = batch.hits[0].offset)),
        ("hits", batch_with(|batch| batch.hits.insert(0, batch.hits[0].clone()))),
    ];
    for (wrong, batch) in cases {
        let found = batch.to_bytes().unwrap_err();
        assert!(matches!(found, BodyRefused::Field { field, .. } if field == wrong), "{found} for {wrong}");
    }
    assert!(batch_with(|batch| batch.hits.clear()).to_bytes().is_ok(), "a stretch may hold no hit");
}

#[test]
fn a_token_has_letters_and_digits_of_the_right_number() {
    for text in ["a".repeat(39), "a".repeat(65), "a".repeat(59) + "@", "a".repeat(59) + "1", "é".repeat(25)]
    {
        assert!(SealedToken::try_from(text.clone()).is_err(), "{text}");
    }
    let token = SealedToken::try_from("a2".repeat(30)).unwrap();
    assert_eq!(format!("{token:?}"), "SealedToken(…)", "a token stays out of logs");
    assert_eq!(token.as_str().len(), 60);
}

#[test]
fn a_client_is_forgotten_but_for_its_network() {
    let of = |address: &str| ClientPrefix::of(address.parse().unwrap());
    assert_eq!(of("192.0.2.17"), of("192.0.2.250"));
    assert_eq!(of("::ffff:192.0.2.17"), of("192.0.2.1"));
    assert_ne!(of("192.0.2.17"), of("192.0.3.17"));
    assert_eq!(of("2001:db8:7::1"), of("2001:db8:7:ffff::2"));
    assert_ne!(of("2001:db8:7::1"), of("2001:db8:8::1"));
    for address in ["192.0.2.17", "255.255.255.255", "2001:db8:7::1", "ffff:ffff:ffff::"] {
        assert_eq!(ClientPrefix::try_from(of(address).number()), Ok(of(address)), "{address}");
    }
    for number in [0, 0xC000_0211, (4 << 48) | (1 << 24), 5 << 48, 7 << 48, u64::MAX] {
        assert!(ClientPrefix::try_from(number).is_err(), "{number:x}");
    }
}
