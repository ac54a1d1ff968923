//! What a killed worker leaves, and what its successor makes of it.

use std::time::Duration;

use model::reply::{EnhancedCode, Outcome};
use model::vocabulary::{Channel, Lane, MessageState};
use pipeline::recover::{Recovered, recover};
use spool::SpoolId;
use spool::journal::{AttemptKey, FinalReply, SendJournal};
use store::claim::{Claiming, Lease, Request};
use store::worker::WorkerRole;
use uuid::Uuid;

use crate::house::{FINAL, House, addresses};

const DEAD: Uuid = Uuid::from_u128(0xDEAD);

/// Leases of a worker that is not there any more.
async fn claimed(house: &House, messages: usize) -> Vec<Lease> {
    let (launch, contacts) = house.launch(&addresses("anna", messages), Lane::Bulk).await;
    house.database.app.register_worker(DEAD, "host", WorkerRole::Work).await.unwrap();
    house.database.dispatcher.take(launch, messages).await.unwrap();
    let request = Request {
        occurrence: launch.occurrence,
        channel: Channel::Email,
        contacts,
        token: Uuid::from_u128(1),
        worker: DEAD,
    };
    match house.database.app.claim(house.institution, request).await.unwrap() {
        Claiming::Decided(claim) => claim.claimed.into_iter().map(|claimed| claimed.lease).collect(),
        Claiming::Held => panic!("nobody holds claims"),
    }
}

fn key(house: &House, lease: &Lease) -> AttemptKey {
    AttemptKey {
        institution: house.institution,
        occurrence: lease.occurrence,
        contact: lease.contact,
        channel: lease.channel,
        attempt_no: lease.attempt_no,
        claim: lease.token,
    }
}

fn reply(code: u16, enhanced: (u16, u16, u16), outcome: Outcome) -> FinalReply {
    let (class, subject, detail) = enhanced;
    FinalReply { code, enhanced: Some(EnhancedCode { class, subject, detail }), outcome }
}

#[tokio::test]
async fn the_journal_decides_what_became_of_each_claim() {
    let house = House::new().await;
    let leases = claimed(&house, 6).await;
    let (journal, nothing) =
        SendJournal::open(&house.journals().join(DEAD.to_string()), SpoolId(DEAD)).unwrap();
    journal.settled(nothing).unwrap();
    let replies = [
        Some(reply(250, (2, 0, 0), Outcome::Accepted)),
        Some(reply(550, (5, 1, 1), Outcome::Failed)),
        Some(reply(451, (4, 7, 1), Outcome::Deferred)),
        // The dot was withheld after all.
        Some(FinalReply { code: 0, enhanced: None, outcome: Outcome::Deferred }),
        // Killed between dot and reply.
        None,
    ];
    let mut marks = Vec::new();
    for (lease, reply) in leases.iter().zip(replies) {
        let key = key(&house, lease);
        marks.push(journal.dot(&key).unwrap());
        if let Some(reply) = reply {
            journal.reply(&key, &reply).unwrap();
        }
    }
    let found = || recover(&house.database.app, Box::leak(Box::new(house.journals())), &*house.entropy);
    assert_eq!(found().await.unwrap(), Recovered::default(), "its worker lives");
    drop(journal);
    assert_eq!(found().await.unwrap(), Recovered { workers: 1, claims: 6 });
    assert_eq!(found().await.unwrap(), Recovered::default());

    let expected = [
        (MessageState::Accepted, 1),
        (MessageState::Failed, 3),
        (MessageState::Planned, 2),
        (MessageState::Planned, 2),
        (MessageState::Unknown, 4),
        // No dot: surely unsent.
        (MessageState::Planned, 5),
    ];
    for (lease, (state, outcome)) in leases.iter().zip(expected) {
        assert_eq!(house.state(lease.contact).await, state);
        let found: i16 = sqlx::query_scalar("SELECT outcome FROM attempt WHERE contact_id = $1")
            .bind(lease.contact.0)
            .fetch_one(&house.owner)
            .await
            .unwrap();
        assert_eq!(found, outcome);
    }
    assert_eq!(
        house.number("SELECT count(*) FROM gate WHERE blocks = 1 << 10").await,
        1,
        "5.1.1 was the recipient's"
    );
    assert_eq!(house.number("SELECT count(*) FROM outbox WHERE claim_token IS NOT NULL").await, 0);
    assert_eq!(house.number("SELECT count(*) FROM worker WHERE ended_at IS NOT NULL").await, 1);
    assert_eq!(house.journals_left(), 0);
}

#[tokio::test]
async fn a_damaged_journal_makes_every_claim_unknown_and_is_kept() {
    let house = House::new().await;
    claimed(&house, 2).await;
    let folder = house.journals().join(DEAD.to_string());
    let (journal, nothing) = SendJournal::open(&folder, SpoolId(DEAD)).unwrap();
    journal.settled(nothing).unwrap();
    drop(journal);
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        if path.file_name().unwrap() != "lock" {
            std::fs::write(path, b"this is no segment").unwrap();
        }
    }
    let recovered = recover(&house.database.app, &house.journals(), &*house.entropy).await.unwrap();
    assert_eq!(recovered, Recovered { workers: 1, claims: 2 });
    assert_eq!(house.number("SELECT count(*) FROM message WHERE state = 4").await, 2);
    assert!(folder.with_extension("damaged").exists());
    assert_eq!(
        recover(&house.database.app, &house.journals(), &*house.entropy).await.unwrap(),
        Recovered::default()
    );
}

/// A worker dies with its process's runtime while sessions wait between dot and reply. Its successor records them as
/// unknown, as many as there were sessions and no more, and sends the rest.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_worker_leaves_as_many_unknown_as_sessions_past_their_dot() {
    let house = House::new().await;
    let mut recipients = addresses("hold-after-dot", 3);
    recipients.extend(addresses("anna", 60));
    house.launch(&recipients, Lane::Bulk).await;
    let dispatcher = house.dispatcher();
    let (parts, settings) = (house.parts(), house.settings(3));
    let doomed = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    // Its own connections, so that they die with it.
    let connect = store::Connect {
        options: house.database.options(store::Role::App),
        role: store::Role::App,
        pool_size: 4,
    };
    doomed.spawn(async move {
        let store = store::Store::connect(connect).await.unwrap();
        let stop = tokio_util::sync::CancellationToken::new();
        let parts = pipeline::send::SendParts { store, ..parts };
        pipeline::send::Worker::start(parts, settings, &stop).await.unwrap().run().await.unwrap();
    });
    let held = || {
        house
            .sink
            .look(|state| state.accepted.iter().filter(|message| message.to[0].starts_with("hold")).count())
    };
    while held() < 3 {
        tokio::task::yield_now().await;
    }
    doomed.shutdown_background();
    house.sink.release();
    // The lock of its journal goes with its last task.
    let worker = loop {
        let worker = house.worker(3).await;
        if house.number("SELECT count(*) FROM worker WHERE ended_at IS NULL").await == 1 {
            break worker;
        }
        worker.stop().await.unwrap();
    };
    house.wait("everything is final", FINAL, |ended| ended == 63).await;
    worker.stop().await.unwrap();
    dispatcher.stop().await;
    assert_eq!(house.number("SELECT count(*) FROM message WHERE state = 4").await, 3);
    assert_eq!(house.number("SELECT count(*) FROM message WHERE state = 2").await, 60);
    house.check_invariants().await;
}

#[tokio::test]
async fn leases_of_an_ended_worker_are_found_by_the_dispatcher() {
    let house = House::new().await;
    claimed(&house, 2).await;
    house.database.app.end_worker(DEAD).await.unwrap();
    let dispatcher = house.dispatcher_with(Duration::from_millis(40));
    let free = "SELECT count(*) FROM outbox WHERE claim_token IS NULL";
    house.wait("the leases are released", free, |free| free == 2).await;
    dispatcher.stop().await;
}
