//! What the next hop answers, and what the ledger says afterwards (delivery 2.10).

use std::collections::HashSet;
use std::sync::Arc;

use channels::email::DkimSigner;
use chrono::TimeDelta;
use model::token::{CLICK_PATH, Token, TokenPurpose};
use model::vocabulary::{Lane, MessageState};
use store::result::Ending;

use crate::house::{ENDED_ATTEMPTS, House, addresses, tokens};

const DKIM_KEY: &[u8] = include_bytes!("../../../channels/fixtures/dkim_pkcs8.pem");

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_its_place_in_the_ledger() {
    let house = House::new().await;
    let script = [
        ("anna", MessageState::Accepted, Ending::Accepted),
        ("perm", MessageState::Failed, Ending::Failed),
        ("policy", MessageState::Failed, Ending::Failed),
        ("tempfail", MessageState::Planned, Ending::Deferred),
        ("421", MessageState::Planned, Ending::Deferred),
        ("drop-after-dot", MessageState::Unknown, Ending::Unknown),
    ];
    let recipients: Vec<String> = script.iter().flat_map(|(name, ..)| addresses(name, 5)).collect();
    let (_, contacts) = house.launch(&recipients, Lane::Bulk).await;
    let (dispatcher, worker) = (house.dispatcher(), house.worker(3).await);
    house.wait("every attempt has ended", ENDED_ATTEMPTS, |ended| ended == 30).await;
    worker.stop().await.unwrap();
    dispatcher.stop().await;
    for ((name, state, ending), contacts) in script.iter().zip(contacts.chunks(5)) {
        for contact in contacts {
            assert_eq!(house.state(*contact).await, *state, "{name}");
            let outcome: i16 = sqlx::query_scalar("SELECT outcome FROM attempt WHERE contact_id = $1")
                .bind(contact.0)
                .fetch_one(&house.owner)
                .await
                .unwrap();
            assert_eq!(outcome, ending.number(), "{name}");
        }
    }
    // A 5xx makes an address invalid only when it is the recipient's fault (EM-72).
    let invalid: Vec<i64> =
        sqlx::query_scalar("SELECT contact_id FROM gate WHERE blocks = 1 << 10 ORDER BY 1")
            .fetch_all(&house.owner)
            .await
            .unwrap();
    assert_eq!(invalid, contacts[5..10].iter().map(|contact| contact.0).collect::<Vec<_>>());
    assert_eq!(
        house
            .number("SELECT count(*) FROM attempt WHERE code = 550 AND enhanced = '5.7.1' AND fault = 2")
            .await,
        5
    );
    house.check_invariants().await;
}

/// The dot may be in the socket already when the server is found to be gone; whichever it was, nothing was taken, and
/// marketing is sent again only when the dot surely was not.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_up_inside_the_message_gets_it_at_most_once() {
    let house = House::new().await;
    house.launch(&addresses("drop-before-dot", 5), Lane::Bulk).await;
    let (dispatcher, worker) = (house.dispatcher(), house.worker(2).await);
    house.wait("every attempt has ended", ENDED_ATTEMPTS, |ended| ended == 5).await;
    worker.stop().await.unwrap();
    dispatcher.stop().await;
    let (deferred, unknown) = (
        house.number("SELECT count(*) FROM attempt a JOIN message m USING (contact_id) WHERE outcome = 2 AND state = 0"),
        house.number("SELECT count(*) FROM attempt a JOIN message m USING (contact_id) WHERE outcome = 4 AND state = 4"),
    );
    assert_eq!(deferred.await + unknown.await, 5);
    assert!(house.sink.accepted().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_carries_its_tokens_and_a_signature() {
    let mut house = House::new().await;
    house.signer = Some(Arc::new(DkimSigner::new("theatre.example", "s1", DKIM_KEY).unwrap()));
    let (launch, contacts) = house.launch(&addresses("anna", 1), Lane::Bulk).await;
    house.until_final(1).await;
    let captured = house.sink.accepted().remove(0);
    let message = String::from_utf8(captured.raw.to_vec()).unwrap();
    assert!(message.starts_with("DKIM-Signature: v=1; a=rsa-sha256;"), "{message}");
    let unfolded = message.replace("=\r\n", "");
    let after = |before: &str| {
        let start =
            unfolded.find(before).unwrap_or_else(|| panic!("no {before} in {unfolded}")) + before.len();
        unfolded[start..start + 60].to_owned()
    };
    let bounce = captured
        .envelope_from
        .strip_prefix("b+")
        .and_then(|rest| rest.strip_suffix("@bounce.theatre.example"));
    for (text, purpose) in [
        (after("Message-ID: <"), TokenPurpose::Message),
        (after("List-Unsubscribe: <https://t.theatre.example/u/"), TokenPurpose::Unsubscribe),
        (after(&format!("https://t.theatre.example{CLICK_PATH}")), TokenPurpose::Click),
        (bounce.unwrap().to_owned(), TokenPurpose::Bounce),
    ] {
        let token = Token::open(&text, purpose, &tokens()).unwrap();
        assert_eq!(
            (token.institution, token.occurrence, token.contact),
            (launch.institution, launch.occurrence, contacts[0])
        );
        assert!(!token.do_not_record);
    }
    assert!(message.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    assert!(message.contains("Dear Zo=C3=A9"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deferred_message_is_tried_again_under_the_same_name() {
    let house = House::new().await;
    house.launch(&addresses("tempfail-once", 3), Lane::Bulk).await;
    let (dispatcher, worker) = (house.dispatcher(), house.worker(2).await);
    house.wait("three attempts", ENDED_ATTEMPTS, |ended| ended == 3).await;
    assert!(house.sink.accepted().is_empty());
    house.advance(TimeDelta::minutes(8)).await;
    house
        .wait("all accepted", "SELECT count(*) FROM message WHERE state = 2", |accepted| accepted == 3)
        .await;
    // Nothing is left to do: the launch ends by itself.
    house.wait("the launch is done", "SELECT state::int8 FROM launch", |state| state == 4).await;
    worker.stop().await.unwrap();
    dispatcher.stop().await;
    assert_eq!(house.number("SELECT count(*) FROM attempt WHERE attempt_no = 2 AND outcome = 1").await, 3);
    house.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_cannot_be_rendered_fails_and_is_not_tried_again() {
    let house = House::new().await;
    let (_, contacts) =
        house.launch_of(r#"{"subject": "{{broken"}"#, &addresses("anna", 3), Lane::Bulk).await;
    house.until_final(3).await;
    for contact in contacts {
        assert_eq!(house.state(contact).await, MessageState::Failed);
    }
    assert_eq!(
        house.number("SELECT count(*) FROM attempt WHERE outcome = 3 AND fault = 3 AND code IS NULL").await,
        3
    );
    assert!(house.sink.accepted().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_larger_launch_reaches_everybody_once() {
    let house = House::new().await;
    house.launch(&addresses("anna", 1_500), Lane::Bulk).await;
    house.until_final(1_500).await;
    let to: HashSet<String> = house.sink.accepted().into_iter().flat_map(|captured| captured.to).collect();
    assert_eq!(to.len(), 1_500);
    assert_eq!(house.journals_left(), 0);
}

/// TR-24: who refused click tracking gets links that lead where they lead; the others of the same launch get their own.
#[tokio::test(flavor = "multi_thread")]
async fn who_refused_click_tracking_gets_plain_links() {
    let house = House::new().await;
    let (_, contacts) = house.launch(&addresses("anna", 2), Lane::Bulk).await;
    sqlx::query(
        "INSERT INTO authorisation
            (institution_id, contact_id, organisation_id, topic_id, channel, answer, proof, channels, happened_at, record_id)
         VALUES ($1, $2, 0, 0, 6, 2, 2, 0, '2000-01-01', gen_random_uuid())",
    )
    .bind(house.institution.0)
    .bind(contacts[0].0)
    .execute(&house.owner)
    .await
    .unwrap();
    house.until_final(2).await;
    let mut tracked = Vec::new();
    for captured in house.sink.accepted() {
        let message = String::from_utf8(captured.raw.to_vec()).unwrap().replace("=\r\n", "");
        let is_tracked = message.contains(CLICK_PATH);
        assert_eq!(
            message.matches("https://theatre.example/season").count(),
            if is_tracked { 0 } else { 2 },
            "{message}"
        );
        assert!(
            message.contains("https://t.theatre.example/u/"),
            "an action link works whatever was answered (TR-02)"
        );
        tracked.push(is_tracked);
    }
    tracked.sort_unstable();
    assert_eq!(tracked, [false, true]);
}
