//! The refusal race (LA-25, delivery 2.6): a refusal before, during and after a claim, each order forced a hundred times, at
//! every level. Nothing is claimed after a refusal that covers it, and nothing is called settled that may still leave.

use store::claim::{self, Claiming};
use store::refusal;
use tokio::sync::oneshot;

use crate::support::{Scene, Scope};

const TIMES: usize = 100;
const SCOPES: [Scope; 3] = [Scope::Institution, Scope::Organisation, Scope::General];

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_before_the_claim_is_seen_by_it() {
    let scene = Scene::with(3 * TIMES as i32).await;
    scene.dispatched().await;
    for (number, contact) in scene.contacts.iter().enumerate() {
        scene.refuse(*contact, SCOPES[number % 3], number as u128).await;
        let claim = scene.claim(&[*contact], number as u128).await;
        assert_eq!((claim.claimed.len(), claim.ended.len()), (0, 1));
    }
    assert_eq!(scene.number("SELECT count(*) FROM attempt").await, 0);
    assert_eq!(scene.number("SELECT count(*) FROM outbox").await, 0);
    assert_eq!(scene.number("SELECT count(*) FROM message WHERE state = 1 AND blocks_claim <> 0").await, 300);
    assert_eq!(scene.database.app.settle_refusals(scene.launch.institution).await.unwrap(), 0);
}

/// The claim has locked the gates and is not committed: the refusal waits for it, comes after it and sees its lease.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_during_a_claim_waits_and_is_settled_when_the_claim_ends() {
    let scene = Scene::with(3 * TIMES as i32).await;
    scene.dispatched().await;
    let institution = scene.launch.institution;
    for (number, contact) in scene.contacts.iter().enumerate() {
        let request = scene.request(&[*contact], number as u128);
        let (commit, may_commit) = oneshot::channel::<()>();
        let (taken, is_taken) = oneshot::channel();
        let app = scene.database.app.clone();
        let claiming = tokio::spawn(async move {
            app.scoped(institution, move |mut tx| async move {
                let claiming = claim::take(&mut tx, &request).await?;
                taken.send(()).unwrap();
                may_commit.await.unwrap();
                tx.commit(claiming).await
            })
            .await
        });
        is_taken.await.unwrap();
        let app = scene.database.app.clone();
        let refusal = scene.refusal(*contact, SCOPES[number % 3], number as u128);
        let refusing = tokio::spawn(async move { app.refuse(institution, refusal).await });
        scene.waiting_for_locks(1).await;
        commit.send(()).unwrap();
        let Claiming::Decided(claim) = claiming.await.unwrap().unwrap() else {
            panic!("nobody holds claims")
        };
        refusing.await.unwrap().unwrap();
        // The message is on its way and the refusal knows.
        assert_eq!(scene.database.app.settle_refusals(institution).await.unwrap(), 1);
        scene.accepted(claim.claimed[0].lease).await;
        assert_eq!(scene.database.app.settle_refusals(institution).await.unwrap(), 0);
    }
    assert_eq!(scene.claims_after_refusals().await, 0);
    assert_eq!(scene.number("SELECT count(*) FROM attempt").await, 300);
}

/// The refusal has locked the gates and is not committed: the claim waits for it and excludes.
#[tokio::test(flavor = "multi_thread")]
async fn a_claim_during_a_refusal_waits_and_excludes() {
    let scene = Scene::with(3 * TIMES as i32).await;
    scene.dispatched().await;
    let institution = scene.launch.institution;
    for (number, contact) in scene.contacts.iter().enumerate() {
        let (commit, may_commit) = oneshot::channel::<()>();
        let (written, is_written) = oneshot::channel();
        let app = scene.database.app.clone();
        let refusal = scene.refusal(*contact, SCOPES[number % 3], number as u128);
        let refusing = tokio::spawn(async move {
            app.scoped(institution, move |mut tx| async move {
                refusal::record(&mut tx, &refusal).await?;
                written.send(()).unwrap();
                may_commit.await.unwrap();
                tx.commit(()).await
            })
            .await
        });
        is_written.await.unwrap();
        let app = scene.database.app.clone();
        let request = scene.request(&[*contact], number as u128);
        let claiming = tokio::spawn(async move { app.claim(institution, request).await });
        scene.waiting_for_locks(1).await;
        commit.send(()).unwrap();
        refusing.await.unwrap().unwrap();
        let Claiming::Decided(claim) = claiming.await.unwrap().unwrap() else {
            panic!("nobody holds claims")
        };
        assert_eq!((claim.claimed.len(), claim.ended.len()), (0, 1), "{:?}", SCOPES[number % 3]);
    }
    assert_eq!(scene.claims_after_refusals().await, 0);
    assert_eq!(scene.number("SELECT count(*) FROM attempt").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_after_the_claim_is_settled_when_the_claim_ends() {
    let scene = Scene::with(3 * TIMES as i32).await;
    scene.dispatched().await;
    let institution = scene.launch.institution;
    for (number, contact) in scene.contacts.iter().enumerate() {
        let claimed = scene.claim_one(*contact, number as u128).await;
        scene.refuse(*contact, SCOPES[number % 3], number as u128).await;
        assert_eq!(scene.database.app.settle_refusals(institution).await.unwrap(), 1);
        scene.accepted(claimed.lease).await;
        assert_eq!(scene.database.app.settle_refusals(institution).await.unwrap(), 0);
    }
    assert_eq!(scene.claims_after_refusals().await, 0);
}

/// Its worker never came back, and nobody ended its lease: what it had at the wire is gone all the same (G1).
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_settled_after_fifteen_seconds_whatever_became_of_the_claim() {
    let scene = Scene::with(2).await;
    scene.dispatched().await;
    let app = &scene.database.app;
    for (number, contact) in scene.contacts.iter().enumerate() {
        scene.claim_one(*contact, number as u128).await;
        scene.refuse(*contact, Scope::Institution, number as u128).await;
    }
    assert_eq!(app.settle_refusals(scene.launch.institution).await.unwrap(), 2);
    for statement in [
        "UPDATE outbox SET claimed_at = claimed_at - interval '15 seconds' WHERE contact_id = $1",
        "UPDATE refusal SET committed_at = committed_at - interval '15 seconds' WHERE contact_id = $1",
    ] {
        sqlx::query(statement).bind(scene.contacts[0].0).execute(&scene.owner).await.unwrap();
    }
    assert_eq!(app.settle_refusals(scene.launch.institution).await.unwrap(), 1);
    let late = "SELECT count(*) FROM refusal WHERE settled_at > committed_at + interval '15 seconds'";
    assert_eq!(scene.number(late).await, 0);
    assert_eq!(scene.number("SELECT count(*) FROM refusal WHERE settled_at IS NOT NULL").await, 1);
}

/// Claims of whole chunks against refusals at random moments, by two workers and two acceptors at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_storm_of_refusals_and_claims_keeps_the_order() {
    let scene = Scene::with(2_000).await;
    scene.dispatched().await;
    let institution = scene.launch.institution;
    let mut tasks = tokio::task::JoinSet::new();
    for worker in 0..2u128 {
        let requests: Vec<_> = scene
            .contacts
            .chunks(20)
            .enumerate()
            .map(|(number, chunk)| scene.request(chunk, worker << 64 | number as u128))
            .collect();
        let app = scene.database.app.clone();
        tasks.spawn(async move {
            for request in requests {
                app.claim(institution, request).await.unwrap();
            }
        });
        let refusals: Vec<_> = scene
            .contacts
            .iter()
            .enumerate()
            .skip(worker as usize)
            .step_by(9)
            .map(|(number, contact)| {
                scene.refusal(*contact, SCOPES[number % 3], worker << 64 | number as u128)
            })
            .collect();
        let app = scene.database.app.clone();
        tasks.spawn(async move {
            for refusal in refusals {
                app.refuse(institution, refusal).await.unwrap();
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    assert_eq!(scene.claims_after_refusals().await, 0);
    let (claimed, excluded) = (
        scene.number("SELECT count(*) FROM attempt").await,
        scene.number("SELECT count(*) FROM message WHERE state = 1").await,
    );
    assert_eq!(claimed + excluded, 2_000);
    assert_eq!(scene.number("SELECT count(*) FROM outbox WHERE claim_token IS NOT NULL").await, claimed);
}
