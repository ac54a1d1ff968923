//! Results: batches, guards, deferrals, bounces.

use chrono::TimeDelta;
use model::ids::ContactId;
use model::reply::Fault;
use model::vocabulary::{Channel, MessageState};
use store::result::{Ending, Report};
use uuid::Uuid;

use crate::support::Scene;

#[tokio::test]
async fn a_batch_ends_messages_attempts_and_leases_at_once() {
    let scene = Scene::with(4).await;
    scene.dispatched().await;
    let endings = [Ending::Accepted, Ending::Failed, Ending::Unknown, Ending::Deferred];
    let claim = scene.claim(&scene.contacts, 1).await;
    let reports = claim
        .claimed
        .iter()
        .zip(endings)
        .map(|(claimed, ending)| Report {
            code: Some(550),
            enhanced: Some("5.7.1".to_owned()),
            fault: Some(Fault::Us),
            ..Report::without_reply(claimed.lease, ending, 0)
        })
        .collect();
    let recorded = scene.database.app.record(scene.launch.institution, reports).await.unwrap();
    assert_eq!((recorded.attempts, recorded.invalid.len()), (4, 0));
    let states = [MessageState::Accepted, MessageState::Failed, MessageState::Unknown, MessageState::Planned];
    for (contact, state) in scene.contacts.iter().zip(states) {
        assert_eq!(scene.state(*contact).await, state);
    }
    assert_eq!(scene.number("SELECT count(*) FROM outbox").await, 1);
    assert_eq!(
        scene
            .number(
                "SELECT count(*) FROM attempt WHERE code = 550 AND enhanced = '5.7.1' AND fault = 2
                 AND ended_at >= claimed_at AND outcome IN (1, 2, 3, 4)"
            )
            .await,
        4
    );
    assert_eq!(
        scene.number("SELECT count(*) FROM message WHERE blocks_claim = 0 AND ended_at IS NOT NULL").await,
        3
    );
}

#[tokio::test]
async fn a_result_is_guarded_by_its_token_and_counts_once() {
    let scene = Scene::with(1).await;
    scene.dispatched().await;
    let lease = scene.claim_one(scene.contacts[0], 1).await.lease;
    let forged = store::claim::Lease { token: Uuid::from_u128(2), ..lease };
    assert_eq!(scene.report(forged, Ending::Failed).await, 0);
    assert_eq!(scene.state(lease.contact).await, MessageState::Planned);
    scene.accepted(lease).await;
    for ending in [Ending::Accepted, Ending::Failed, Ending::Deferred, Ending::Released, Ending::Unknown] {
        assert_eq!(scene.report(lease, ending).await, 0, "the lease has ended");
    }
    assert_eq!(scene.state(lease.contact).await, MessageState::Accepted);
}

#[tokio::test]
async fn a_late_worker_does_not_overwrite_its_successor() {
    let scene = Scene::with(1).await;
    scene.dispatched().await;
    let first = scene.claim_one(scene.contacts[0], 1).await.lease;
    assert_eq!(scene.report(first, Ending::Released).await, 1);
    scene.dispatched().await;
    let second = scene.claim_one(scene.contacts[0], 2).await.lease;
    assert_eq!(scene.report(first, Ending::Failed).await, 0);
    assert_eq!(scene.state(first.contact).await, MessageState::Planned);
    scene.accepted(second).await;
}

#[tokio::test]
async fn three_releases_in_a_row_defer() {
    let scene = Scene::with(1).await;
    let contact = scene.contacts[0];
    for token in 1..=3 {
        assert_eq!(scene.dispatched().await, [contact]);
        let lease = scene.claim_one(contact, token).await.lease;
        assert_eq!(i128::from(lease.attempt_no), token as i128);
        assert_eq!(scene.report(lease, Ending::Released).await, 1);
    }
    assert_eq!(scene.dispatched().await, [], "it waits now");
    scene.advance(TimeDelta::minutes(6)).await;
    assert_eq!(scene.dispatched().await, [contact]);
}

#[tokio::test]
async fn deferrals_end_in_failure_or_with_the_launch() {
    let scene = Scene::with(1).await;
    let contact = scene.contacts[0];
    let mut attempts = 0;
    while scene.state(contact).await == MessageState::Planned {
        attempts += 1;
        scene.advance(TimeDelta::hours(7)).await;
        if scene.dispatched().await.is_empty() {
            continue;
        }
        let lease = scene.claim_one(contact, attempts as u128).await.lease;
        assert_eq!(scene.report(lease, Ending::Deferred).await, 1);
    }
    assert_eq!(scene.state(contact).await, MessageState::Failed);
    assert_eq!(scene.number("SELECT count(*) FROM attempt").await, 8);

    let scene = Scene::with(1).await;
    scene.execute("UPDATE launch SET expires_at = clock_timestamp() + interval '4 min'").await;
    scene.dispatched().await;
    let lease = scene.claim_one(scene.contacts[0], 1).await.lease;
    assert_eq!(scene.report(lease, Ending::Deferred).await, 1);
    assert_eq!(scene.state(scene.contacts[0]).await, MessageState::Expired);
}

#[tokio::test]
async fn a_bounce_of_the_recipients_fault_blocks_the_address_for_everybody_who_has_it() {
    let scene = Scene::with(3).await;
    scene
        .execute(
            "UPDATE gate SET address_hash = (SELECT address_hash FROM gate ORDER BY contact_id LIMIT 1)
             WHERE contact_id = (SELECT max(contact_id) FROM gate)",
        )
        .await;
    scene.dispatched().await;
    let lease = scene.claim_one(scene.contacts[0], 1).await.lease;
    let report = Report {
        fault: Some(Fault::Recipient),
        address_invalid: true,
        ..Report::without_reply(lease, Ending::Failed, 0)
    };
    let institution = scene.launch.institution;
    let recorded = scene.database.app.record(institution, vec![report]).await.unwrap();
    let [(Channel::Email, hash)] = recorded.invalid[..] else { panic!("{recorded:?}") };
    scene.database.app.invalidate_address(institution, Channel::Email, hash).await.unwrap();
    let invalid: Vec<i64> =
        sqlx::query_scalar("SELECT contact_id FROM gate WHERE blocks = 1 << 10 ORDER BY contact_id")
            .fetch_all(&scene.owner)
            .await
            .unwrap();
    let invalid: Vec<ContactId> = invalid.into_iter().map(ContactId).collect();
    assert_eq!(invalid, [scene.contacts[0], scene.contacts[2]]);
    assert_eq!(scene.number("SELECT count(*) FROM gate WHERE proof = 2").await, 3, "consent is untouched");
}
