//! The claim: what it takes, what it leaves, what it ends.

use chrono::{DateTime, TimeDelta, Utc};
use model::address::AddressHash;
use model::ids::ContactId;
use model::permission::{Blocks, Reason};
use model::vocabulary::{Channel, MessageState, UnsetMeans};
use store::claim::{Again, Claiming, Lease};
use store::result::Ending;
use store::worker::WorkerRole;
use uuid::Uuid;

use crate::support::{Scene, Scope};

#[tokio::test]
async fn a_claim_gives_what_rendering_needs_and_shows_nobody_in_a_log() {
    let scene = Scene::with(2).await;
    scene.dispatched().await;
    let claim = scene.claim(&scene.contacts, 1).await;
    assert_eq!(claim.claimed.len(), 2);
    let first = &claim.claimed[0];
    assert_eq!((first.email.as_str(), first.first_name.as_deref()), ("p1@example.org", Some("Person 1")));
    assert_eq!((first.lease.contact, first.lease.attempt_no), (scene.contacts[0], 1));
    let shown = format!("{claim:?}");
    assert!(!shown.contains("example.org") && !shown.contains("Person"), "{shown}");
}

#[tokio::test]
async fn stale_deliveries_are_ignored() {
    let scene = Scene::with(3).await;
    let [claimed, finished, planned] = scene.contacts[..] else { panic!() };
    scene.database.dispatcher.take(scene.launch, 2).await.unwrap();
    scene.claim_one(claimed, 1).await;
    let lease = scene.claim_one(finished, 2).await.lease;
    scene.accepted(lease).await;
    let stranger = ContactId(999_999);
    let claim = scene.claim(&[claimed, finished, planned, stranger], 3).await;
    assert!(claim.claimed.is_empty() && claim.ended.is_empty(), "{claim:?}");
    assert_eq!(scene.number("SELECT count(*) FROM attempt").await, 2);
    assert_eq!(scene.state(finished).await, MessageState::Accepted);
}

#[tokio::test]
async fn a_deferred_message_is_not_due_before_its_time() {
    let scene = Scene::with(1).await;
    let contact = scene.contacts[0];
    scene.dispatched().await;
    let lease = scene.claim_one(contact, 1).await.lease;
    assert_eq!(scene.report(lease, Ending::Deferred).await, 1);
    assert!(scene.claim(&[contact], 2).await.claimed.is_empty(), "the old chunk came twice");
    assert_eq!(scene.dispatched().await, []);
    scene.advance(TimeDelta::minutes(6)).await;
    assert_eq!(scene.dispatched().await, [contact]);
    assert_eq!(scene.claim_one(contact, 3).await.lease.attempt_no, 2);
}

#[tokio::test]
async fn an_expired_message_expires() {
    let scene = Scene::with(1).await;
    scene.dispatched().await;
    scene.advance(TimeDelta::days(4)).await;
    let claim = scene.claim(&scene.contacts, 1).await;
    assert_eq!(claim.ended, [(scene.contacts[0], MessageState::Expired, Blocks::NONE)]);
    assert_eq!(scene.number("SELECT count(*) FROM outbox").await, 0);
}

#[tokio::test]
async fn either_policy_excludes() {
    // Without a yes, `refusals_only` lets pass and `explicit` does not; each stands once for the frozen policy.
    for (frozen, in_force) in [(UnsetMeans::RefusalsOnly, 2), (UnsetMeans::Explicit, 0)] {
        let scene = Scene::under(1, frozen).await;
        scene.execute("UPDATE gate SET proof = 0, consent_until = NULL").await;
        sqlx::query("UPDATE policy SET unset_email = $1, unset_reason = 'test'")
            .bind(in_force as i16)
            .execute(&scene.owner)
            .await
            .unwrap();
        scene.dispatched().await;
        let claim = scene.claim(&scene.contacts, 1).await;
        assert_eq!(claim.ended, [(scene.contacts[0], MessageState::Excluded, Reason::NoConsent.bit())]);
    }
    let scene = Scene::under(1, UnsetMeans::RefusalsOnly).await;
    scene.execute("UPDATE gate SET proof = 0, consent_until = NULL").await;
    scene.dispatched().await;
    assert_eq!(scene.claim(&scene.contacts, 1).await.claimed.len(), 1);
}

#[tokio::test]
async fn the_day_is_the_claims() {
    let scene = Scene::with(1).await;
    scene.execute("UPDATE gate SET consent_until = (clock_timestamp() + interval '1 day')::date").await;
    scene.dispatched().await;
    scene.advance(TimeDelta::days(2)).await;
    let claim = scene.claim(&scene.contacts, 1).await;
    assert_eq!(claim.ended, [(scene.contacts[0], MessageState::Excluded, Reason::ConsentExpired.bit())]);
}

#[tokio::test]
async fn a_contact_that_is_gone_is_not_written_to() {
    let scene = Scene::with(2).await;
    scene.dispatched().await;
    scene.execute("DELETE FROM gate WHERE contact_id = (SELECT min(contact_id) FROM contact)").await;
    scene
        .execute("UPDATE contact SET email = NULL WHERE contact_id = (SELECT max(contact_id) FROM contact)")
        .await;
    let claim = scene.claim(&scene.contacts, 1).await;
    assert_eq!(
        claim.ended,
        [
            (scene.contacts[0], MessageState::Excluded, Reason::Anonymised.bit()),
            (scene.contacts[1], MessageState::Excluded, Reason::NoAddress.bit()),
        ]
    );
}

#[tokio::test]
async fn one_address_gets_one_message_however_addresses_change() {
    let take_over =
        "UPDATE gate SET address_hash = (SELECT address_hash FROM gate ORDER BY contact_id LIMIT 1)";
    // Both wait: the lower id keeps the address.
    let scene = Scene::with(2).await;
    scene.dispatched().await;
    scene.execute(take_over).await;
    let claim = scene.claim(&[scene.contacts[1]], 1).await;
    assert_eq!(claim.ended, [(scene.contacts[1], MessageState::Excluded, Reason::SameAddress.bit())]);
    assert_eq!(scene.claim(&[scene.contacts[0]], 2).await.claimed.len(), 1);
    // The other is being sent to, then was sent to: it keeps the address.
    let scene = Scene::with(3).await;
    scene.dispatched().await;
    let lease = scene.claim_one(scene.contacts[2], 1).await.lease;
    scene.execute(take_over).await;
    assert_eq!(scene.claim(&[scene.contacts[0]], 2).await.ended.len(), 1);
    scene.accepted(lease).await;
    assert_eq!(scene.claim(&[scene.contacts[1]], 3).await.ended.len(), 1);
}

#[tokio::test]
async fn a_paused_launch_hands_its_rows_back() {
    let scene = Scene::with(2).await;
    scene.dispatched().await;
    scene.database.app.pause(scene.launch).await.unwrap();
    let claim = scene.claim(&scene.contacts, 1).await;
    assert!(claim.paused && claim.claimed.is_empty() && claim.ended.is_empty());
    assert_eq!(scene.number("SELECT count(*) FROM outbox WHERE published_at IS NULL").await, 2);
    scene.database.app.resume(scene.launch).await.unwrap();
    assert_eq!(scene.dispatched().await.len(), 2);
    assert_eq!(scene.claim(&scene.contacts, 2).await.claimed.len(), 2);
}

#[tokio::test]
async fn claims_wait_for_whoever_may_hold_refusals() {
    let scene = Scene::with(1).await;
    scene.dispatched().await;
    let (app, tracker) = (&scene.database.app, Uuid::from_u128(1));
    let held = || async {
        let request = scene.request(&scene.contacts, 9);
        app.claim(scene.launch.institution, request).await.unwrap() == Claiming::Held
    };
    app.register_worker(tracker, "host", WorkerRole::Track).await.unwrap();
    assert!(held().await, "its spool is not known yet");
    assert!(app.beat(tracker, false).await.unwrap());
    assert!(held().await, "its spool is not empty");
    assert!(app.beat(tracker, true).await.unwrap());
    scene.execute("UPDATE worker SET beat_at = beat_at - interval '11 s'").await;
    assert!(held().await, "it has been silent");
    assert!(app.beat(tracker, true).await.unwrap());
    assert!(!held().await);
}

#[tokio::test]
async fn a_claim_of_unknown_outcome_is_found_by_its_token() {
    let scene = Scene::with(2).await;
    scene.dispatched().await;
    let request = scene.request(&scene.contacts, 5);
    let institution = scene.launch.institution;
    assert_eq!(scene.database.app.find_claim(institution, &request).await.unwrap(), []);
    let claim = scene.claim(&scene.contacts, 5).await;
    let mut found = scene.database.app.find_claim(institution, &request).await.unwrap();
    found.sort_unstable_by_key(|lease| lease.contact);
    assert_eq!(found, claim.claimed.iter().map(|claimed| claimed.lease).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_old_claim_is_decided_again() {
    let scene = Scene::with(6).await;
    let (app, institution) = (&scene.database.app, scene.launch.institution);
    scene.dispatched().await;
    let leases: Vec<_> =
        scene.claim(&scene.contacts, 1).await.claimed.into_iter().map(|claimed| claimed.lease).collect();
    let [fine, refused, elsewhere, moved, late, stolen] = leases[..] else { panic!() };
    let again = |lease| async move { app.reauthorise(institution, lease).await.unwrap() };

    let before = stamp(&scene, fine.contact).await;
    assert_eq!(again(fine).await, Again::Authorised);
    assert!(stamp(&scene, fine.contact).await > before);
    assert_eq!(
        scene.number("SELECT count(*) FROM attempt WHERE attempt_no > 1").await,
        0,
        "the same attempt"
    );

    scene.refuse(refused.contact, Scope::Organisation, 1).await;
    assert_eq!(again(refused).await, Again::Ended(MessageState::Excluded));
    assert_eq!(app.settle_refusals(institution).await.unwrap(), 0);
    assert_eq!(again(refused).await, Again::Lost);

    let mut refusal = scene.refusal(elsewhere.contact, Scope::Organisation, 2);
    refusal.organisation.0 += 1;
    app.refuse(institution, refusal).await.unwrap();
    assert_eq!(again(elsewhere).await, Again::Authorised, "another organisation was refused");

    change_address(&scene, moved.contact, AddressHash([9; 32])).await;
    assert_eq!(again(moved).await, Again::HandedBack);
    assert_eq!(again(Lease { token: Uuid::from_u128(77), ..stolen }).await, Again::Lost);

    app.pause(scene.launch).await.unwrap();
    assert_eq!(again(late).await, Again::HandedBack);
    assert_eq!(scene.claims_after_refusals().await, 0);
}

async fn stamp(scene: &Scene, contact: ContactId) -> DateTime<Utc> {
    let (attempt, lease): (DateTime<Utc>, DateTime<Utc>) = sqlx::query_as(
        "SELECT a.claimed_at, o.claimed_at FROM attempt a JOIN outbox o USING (contact_id) WHERE contact_id = $1",
    )
    .bind(contact.0)
    .fetch_one(&scene.owner)
    .await
    .unwrap();
    assert_eq!(attempt, lease, "settlement and proof read the same stamp");
    attempt
}

async fn change_address(scene: &Scene, contact: ContactId, hash: AddressHash) {
    sqlx::query("UPDATE gate SET address_hash = $2 WHERE contact_id = $1 AND channel = $3")
        .bind(contact.0)
        .bind(hash.0.as_slice())
        .bind(Channel::Email.number())
        .execute(&scene.owner)
        .await
        .unwrap();
}
