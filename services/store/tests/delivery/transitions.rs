//! Every state of a message against everything that can happen to it, as one table (I9).
//!
//! A final state never changes here; `unknown` is resolved by evidence only, which nothing in this crate writes yet.

use model::ids::ContactId;
use model::vocabulary::MessageState;
use model::vocabulary::MessageState::{Accepted, Cancelled, Excluded, Expired, Failed, Planned, Unknown};
use store::result::Ending;

use crate::support::{Scene, Scope};

#[derive(Clone, Copy, Debug)]
enum Event {
    /// A delivery, nothing against it: the claim ends nothing.
    Claim,
    /// A delivery after a refusal.
    ClaimRefused,
    /// A delivery after the launch expired.
    ClaimExpired,
    /// The result of the attempt that holds it.
    Result(Ending),
    /// The launch is cancelled.
    Cancel,
    /// The launch is reconciled.
    Reconcile,
}

const EVENTS: [(Event, MessageState); 10] = [
    (Event::Claim, Planned),
    (Event::ClaimRefused, Excluded),
    (Event::ClaimExpired, Expired),
    (Event::Result(Ending::Accepted), Accepted),
    (Event::Result(Ending::Failed), Failed),
    (Event::Result(Ending::Unknown), Unknown),
    (Event::Result(Ending::Deferred), Planned),
    (Event::Result(Ending::Released), Planned),
    (Event::Cancel, Cancelled),
    (Event::Reconcile, Planned),
];

#[tokio::test]
async fn planned_may_become_anything_and_final_states_stay() {
    for (event, outcome) in EVENTS {
        // One contact for each state, all of which meet the event.
        let scene = Scene::with(MessageState::ALL.len() as i32).await;
        let messages: Vec<_> =
            scene.contacts.iter().copied().zip(MessageState::ALL.iter().copied()).collect();
        happens(&scene, &messages, event).await;
        for (contact, from) in &messages {
            let expected = if *from == Planned { outcome } else { *from };
            assert_eq!(scene.state(*contact).await, expected, "{from} and {event:?}");
        }
        let waiting =
            scene.number("SELECT count(*) FROM outbox o JOIN message m USING (contact_id) WHERE m.state = 0");
        assert_eq!(waiting.await > 0, outcome == Planned, "what is not final is in the outbox: {event:?}");
    }
}

async fn happens(scene: &Scene, messages: &[(ContactId, MessageState)], event: Event) {
    scene.dispatched().await;
    let claimed = match event {
        Event::Result(_) => scene.claim(&scene.contacts, 1).await.claimed,
        Event::Claim | Event::ClaimRefused | Event::ClaimExpired | Event::Cancel | Event::Reconcile => {
            Vec::new()
        }
    };
    for (contact, from) in messages {
        sqlx::query("UPDATE message SET state = $1 WHERE contact_id = $2")
            .bind(from.number())
            .bind(contact.0)
            .execute(&scene.owner)
            .await
            .unwrap();
    }
    match event {
        Event::Claim => assert_eq!(scene.claim(&scene.contacts, 2).await.claimed.len(), 1),
        Event::ClaimRefused => {
            for (number, contact) in (1..).zip(&scene.contacts) {
                scene.refuse(*contact, Scope::Organisation, number).await;
            }
            assert_eq!(scene.claim(&scene.contacts, 2).await.ended.len(), 1);
        }
        Event::ClaimExpired => {
            scene.execute("UPDATE launch SET expires_at = launched_at").await;
            assert_eq!(scene.claim(&scene.contacts, 2).await.ended.len(), 1);
        }
        Event::Result(ending) => {
            for claimed in claimed {
                assert_eq!(scene.report(claimed.lease, ending).await, 1);
            }
        }
        // With the one that was cancelled before.
        Event::Cancel => assert_eq!(scene.database.app.cancel(scene.launch).await.unwrap().messages, 2),
        Event::Reconcile => {
            scene.execute("DELETE FROM outbox").await;
            scene.database.dispatcher.reconcile(scene.launch).await.unwrap();
        }
    }
}
