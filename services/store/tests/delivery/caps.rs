//! Frequency caps at the claim: two launches at the same time do not both pass, in whichever order they come, and a renewal waits.

use chrono::{DateTime, TimeDelta, Utc};
use model::cap::Cap;
use model::ids::{ContactId, OccurrenceId};
use model::permission::{Blocks, Reason};
use model::vocabulary::MessageState;
use store::claim::{self, Again, Claim, Claiming, Lease, Request};
use store::dispatch::LaunchKey;
use store::result::Ending;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::{ORGANISATION, Scene};

const TIMES: i32 = 50;

/// A scene with a second launch to the same contacts, both on their way.
struct TwoLaunches {
    scene: Scene,
    second: LaunchKey,
}

impl TwoLaunches {
    async fn to(recipients: i32) -> Self {
        let scene = Scene::with(recipients).await;
        let institution = scene.launch.institution;
        let occurrence: i32 = sqlx::query_scalar(include_str!("support/launch.sql"))
            .bind(institution.0)
            .bind(ORGANISATION)
            .bind(2_i16)
            .fetch_one(&scene.owner)
            .await
            .unwrap();
        sqlx::query(include_str!("support/messages.sql"))
            .bind(institution.0)
            .bind(occurrence)
            .execute(&scene.owner)
            .await
            .unwrap();
        let second = LaunchKey { institution, occurrence: OccurrenceId(occurrence) };
        scene.dispatched().await;
        scene.database.dispatcher.take(second, 1_000_000).await.unwrap();
        Self { scene, second }
    }

    /// From now on at most one message in seven days.
    async fn capped(recipients: i32) -> Self {
        let two = Self::to(recipients).await;
        two.set(Cap::new(1, 7)).await;
        two
    }

    async fn set(&self, cap: Option<Cap>) {
        let setting = self.scene.database.app.scoped(self.second.institution, move |mut tx| async move {
            store::cap::set(&mut tx, model::vocabulary::Channel::Email, cap, "test").await?;
            tx.commit(()).await
        });
        setting.await.unwrap();
    }

    fn request(&self, launch: LaunchKey, contacts: &[ContactId], token: u128) -> Request {
        Request { occurrence: launch.occurrence, ..self.scene.request(contacts, token) }
    }

    async fn claim(&self, launch: LaunchKey, contact: ContactId, token: u128) -> Claim {
        let request = self.request(launch, &[contact], token);
        decided(self.scene.database.app.claim(launch.institution, request).await.unwrap())
    }

    async fn lease(&self, launch: LaunchKey, contact: ContactId, token: u128) -> Lease {
        self.claim(launch, contact, token).await.claimed[0].lease
    }

    /// A claim that stays open until it is told to commit (true) or to roll back.
    async fn open(&self, launch: LaunchKey, contact: ContactId, token: u128) -> Open {
        let request = self.request(launch, &[contact], token);
        let (end, ending) = oneshot::channel();
        let (taken, is_taken) = oneshot::channel();
        let app = self.scene.database.app.clone();
        let claiming = tokio::spawn(async move {
            let claiming = app.scoped(launch.institution, move |mut tx| async move {
                let claiming = claim::take(&mut tx, &request).await?;
                taken.send(()).unwrap();
                match ending.await.unwrap() {
                    true => tx.commit(claiming).await,
                    false => tx.roll_back(claiming).await,
                }
            });
            decided(claiming.await.unwrap())
        });
        is_taken.await.unwrap();
        Open { claiming, end }
    }

    /// A claim that is made at once, in a task of its own.
    fn begin(&self, launch: LaunchKey, contact: ContactId, token: u128) -> JoinHandle<Claim> {
        let (app, request) = (self.scene.database.app.clone(), self.request(launch, &[contact], token));
        tokio::spawn(async move { decided(app.claim(launch.institution, request).await.unwrap()) })
    }

    fn launches(&self, number: usize) -> (LaunchKey, LaunchKey) {
        if number.is_multiple_of(2) {
            (self.scene.launch, self.second)
        } else {
            (self.second, self.scene.launch)
        }
    }
}

struct Open {
    claiming: JoinHandle<Claim>,
    end: oneshot::Sender<bool>,
}

fn decided(claiming: Claiming) -> Claim {
    match claiming {
        Claiming::Decided(claim) => claim,
        Claiming::Held => panic!("nobody registered as accepting refusals"),
    }
}

fn capped_out(contact: ContactId) -> Vec<(ContactId, MessageState, Blocks)> {
    vec![(contact, MessageState::Excluded, Reason::FrequencyCap.bit())]
}

/// Both were planned before either was sent. Each launch is the first one in turn.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_launches_at_the_same_time_the_first_claim_wins() {
    let two = TwoLaunches::capped(TIMES).await;
    for (number, contact) in two.scene.contacts.iter().enumerate() {
        let (first, second) = two.launches(number);
        let open = two.open(first, *contact, number as u128).await;
        let other = two.begin(second, *contact, 1_000 + number as u128);
        two.scene.waiting_for_locks(1).await;
        open.end.send(true).unwrap();
        assert_eq!(open.claiming.await.unwrap().claimed.len(), 1);
        assert_eq!(other.await.unwrap().ended, capped_out(*contact), "what is on the wire counts");
    }
    assert_eq!(two.scene.number("SELECT count(*) FROM attempt").await, i64::from(TIMES));
    assert_eq!(
        two.scene
            .number(
                "SELECT max(messages) FROM (SELECT count(*) AS messages FROM attempt GROUP BY contact_id) a"
            )
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_never_happened_takes_nobodys_place() {
    let two = TwoLaunches::capped(TIMES).await;
    for (number, contact) in two.scene.contacts.iter().enumerate() {
        let (first, second) = two.launches(number);
        let open = two.open(first, *contact, number as u128).await;
        let other = two.begin(second, *contact, 1_000 + number as u128);
        two.scene.waiting_for_locks(1).await;
        open.end.send(false).unwrap();
        open.claiming.await.unwrap();
        assert_eq!(other.await.unwrap().claimed.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_cap_nobody_waits_for_another_launch() {
    let two = TwoLaunches::to(1).await;
    let contact = two.scene.contacts[0];
    let open = two.open(two.scene.launch, contact, 1).await;
    assert_eq!(two.claim(two.second, contact, 2).await.claimed.len(), 1, "while the other is open");
    open.end.send(true).unwrap();
    assert_eq!(open.claiming.await.unwrap().claimed.len(), 1);
}

#[tokio::test]
async fn what_was_taken_counts_until_it_leaves_the_span() {
    let two = TwoLaunches::capped(4).await;
    let [taken, perhaps, deferred, failed] = two.scene.contacts[..] else { panic!() };
    for (contact, ending) in [
        (taken, Ending::Accepted),
        (perhaps, Ending::Unknown),
        (deferred, Ending::Deferred),
        (failed, Ending::Failed),
    ] {
        let lease = two.lease(two.scene.launch, contact, contact.0 as u128).await;
        assert_eq!(two.scene.report(lease, ending).await, 1);
    }
    assert_eq!(two.claim(two.second, taken, 11).await.ended, capped_out(taken));
    assert_eq!(two.claim(two.second, perhaps, 12).await.ended, capped_out(perhaps));
    let lease = two.lease(two.second, deferred, 13).await;
    two.scene.accepted(lease).await;
    assert_eq!(two.claim(two.second, failed, 14).await.claimed.len(), 1);
    // The other way round: what was deferred in the first launch is too many now.
    two.scene.advance(TimeDelta::minutes(6)).await;
    two.scene.dispatched().await;
    assert_eq!(two.claim(two.scene.launch, deferred, 15).await.ended, capped_out(deferred));
}

#[tokio::test]
async fn its_own_attempt_is_no_message_more() {
    let two = TwoLaunches::capped(2).await;
    let [again, retried] = two.scene.contacts[..] else { panic!() };
    let lease = two.lease(two.scene.launch, again, 1).await;
    let app = &two.scene.database.app;
    assert_eq!(app.reauthorise(two.second.institution, lease).await.unwrap(), Again::Authorised);
    let lease = two.lease(two.scene.launch, retried, 2).await;
    two.scene.report(lease, Ending::Deferred).await;
    two.scene.advance(TimeDelta::minutes(6)).await;
    two.scene.dispatched().await;
    assert_eq!(two.lease(two.scene.launch, retried, 3).await.attempt_no, 2);
}

#[tokio::test]
async fn the_cap_of_the_launch_and_the_one_in_force_both_hold() {
    // Set after the launch, then lifted again.
    let two = TwoLaunches::capped(2).await;
    let [first, second] = two.scene.contacts[..] else { panic!() };
    for (contact, token) in [(first, 1), (second, 2)] {
        let lease = two.lease(two.scene.launch, contact, token).await;
        two.scene.accepted(lease).await;
    }
    assert_eq!(two.claim(two.second, first, 3).await.ended, capped_out(first));
    two.set(None).await;
    assert_eq!(two.claim(two.second, second, 4).await.claimed.len(), 1);

    // Frozen with the launch, and lifted since: loosening is for new launches.
    let two = TwoLaunches::to(1).await;
    let contact = two.scene.contacts[0];
    two.scene.execute("UPDATE launch SET cap_messages = 1, cap_days = 7").await;
    two.set(None).await;
    let lease = two.lease(two.scene.launch, contact, 1).await;
    two.scene.accepted(lease).await;
    assert_eq!(two.claim(two.second, contact, 2).await.ended, capped_out(contact));
}

#[tokio::test]
async fn a_renewal_waits_until_the_cap_allows_it() {
    let two = TwoLaunches::capped(1).await;
    let contact = two.scene.contacts[0];
    two.scene
        .execute(
            "UPDATE launch SET purpose = 1, renewal_from = '1990-01-01', renewal_until = '2990-01-01',
                    expires_at = expires_at + interval '30 days'
             WHERE occurrence_id = (SELECT max(occurrence_id) FROM launch)",
        )
        .await;
    let lease = two.lease(two.scene.launch, contact, 1).await;
    two.scene.accepted(lease).await;
    let claim = two.claim(two.second, contact, 2).await;
    assert!(claim.claimed.is_empty() && claim.ended.is_empty() && !claim.paused, "{claim:?}");
    let (due, sent): (DateTime<Utc>, DateTime<Utc>) = sqlx::query_as(
        "SELECT o.due_at, m.ended_at FROM outbox o JOIN message m ON m.contact_id = o.contact_id AND m.state = 2",
    )
    .fetch_one(&two.scene.owner)
    .await
    .unwrap();
    assert_eq!(due - sent, TimeDelta::days(7), "until the message before it leaves the span");
    let untried = "SELECT count(*) FROM outbox WHERE attempts = 0 AND deferrals = 0 AND published_at IS NULL";
    assert_eq!(two.scene.number(untried).await, 1, "it waits, and nothing was tried");

    assert_eq!(two.scene.database.dispatcher.take(two.second, 10).await.unwrap(), []);
    two.scene.advance(TimeDelta::days(7) + TimeDelta::minutes(1)).await;
    assert_eq!(two.scene.database.dispatcher.take(two.second, 10).await.unwrap(), [contact]);
    assert_eq!(two.claim(two.second, contact, 3).await.claimed.len(), 1, "and is never excluded");
}

#[tokio::test]
async fn a_renewal_that_would_wait_beyond_its_end_expires_at_its_end() {
    let two = TwoLaunches::capped(1).await;
    let contact = two.scene.contacts[0];
    two.scene
        .execute(
            "UPDATE launch SET purpose = 1, renewal_from = '1990-01-01', renewal_until = '2990-01-01'
             WHERE occurrence_id = (SELECT max(occurrence_id) FROM launch)",
        )
        .await;
    let lease = two.lease(two.scene.launch, contact, 1).await;
    two.scene.accepted(lease).await;
    two.claim(two.second, contact, 2).await;
    let at_its_end =
        "SELECT count(*) FROM outbox o JOIN launch l USING (occurrence_id) WHERE o.due_at = l.expires_at";
    assert_eq!(two.scene.number(at_its_end).await, 1);
    two.scene.advance(TimeDelta::days(4)).await;
    two.scene.database.dispatcher.take(two.second, 10).await.unwrap();
    let claim = two.claim(two.second, contact, 3).await;
    assert_eq!(claim.ended, [(contact, MessageState::Expired, Blocks::NONE)]);
}
