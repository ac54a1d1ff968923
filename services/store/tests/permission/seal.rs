//! The sealer covers every finished transaction once, in order, and waits for those that run (delivery A.5).

use model::ids::InstitutionId;
use store::seal::Verified;
use store::{Store, StoreError};
use tokio::sync::{oneshot, watch};

use crate::log::{PATIENCE, append};
use crate::scene::Scene;

#[tokio::test]
async fn epochs_follow_one_another_and_the_tail_is_counted() {
    let scene = Scene::new().await;
    assert_eq!(scene.verify().await.unwrap(), Verified { epochs: 0, sealed: 0, unsealed: 0 });
    assert_eq!(
        scene.database.app.seal_evidence(scene.silo).await.unwrap(),
        0,
        "nothing to seal, no empty epoch"
    );
    let mut sealed = 0;
    for (epoch, records) in [(1, 1..=7), (2, 8..=8), (3, 9..=40)] {
        let more = records.clone().count();
        scene.log(records).await;
        assert_eq!(scene.verify().await.unwrap().unsealed, more as i64);
        assert_eq!(scene.seal(more).await, [more]);
        sealed += more;
        assert_eq!(scene.verify().await.unwrap(), Verified { epochs: epoch, sealed, unsealed: 0 });
    }
    scene.log(41..=45).await;
    assert_eq!(scene.verify().await.unwrap(), Verified { epochs: 3, sealed: 40, unsealed: 5 });
}

/// A transaction with evidence that is still running when this returns; send whether it is to commit.
async fn running(
    app: &Store,
    silo: InstitutionId,
    records: std::ops::RangeInclusive<u128>,
) -> (oneshot::Sender<bool>, tokio::task::JoinHandle<()>) {
    let (written, has_written) = oneshot::channel();
    let (end, ends) = oneshot::channel();
    let app = app.clone();
    let task = tokio::spawn(async move {
        let work = app.scoped(silo, move |mut tx| async move {
            append(&mut tx, records).await?;
            written.send(()).unwrap();
            match ends.await.unwrap() {
                true => tx.commit(()).await,
                false => tx.roll_back(()).await,
            }
        });
        work.await.unwrap();
    });
    has_written.await.unwrap();
    (end, task)
}

#[tokio::test]
async fn the_records_of_a_running_transaction_are_waited_for_and_never_skipped() {
    let scene = Scene::new().await;
    scene.log(1..=3).await;
    let (end, task) = running(&scene.database.app, scene.silo, 4..=6).await;
    // Committed later than the running one wrote, so it comes behind it, and waits.
    scene.log(7..=9).await;
    assert_eq!(scene.seal(3).await, [3]);
    for _ in 0..3 {
        assert_eq!(scene.database.app.seal_evidence(scene.silo).await.unwrap(), 0);
    }
    assert_eq!(scene.verify().await.unwrap(), Verified { epochs: 1, sealed: 3, unsealed: 3 });
    end.send(true).unwrap();
    task.await.unwrap();
    scene.seal(6).await;
    assert_eq!(scene.verify().await.unwrap().sealed, 9);
    let order: Vec<i64> = sqlx::query_scalar(
        "SELECT ('x' || right(record_id::text, 8))::bit(32)::bigint FROM seal_leaf WHERE institution_id = $1 ORDER BY epoch_no, position",
    )
    .bind(scene.silo.0)
    .fetch_all(&scene.owner)
    .await
    .unwrap();
    assert_eq!(order, (1..=9).collect::<Vec<_>>(), "in the order of their transactions");
}

#[tokio::test]
async fn a_transaction_that_is_undone_leaves_no_gap_and_no_record() {
    let scene = Scene::new().await;
    let (end, task) = running(&scene.database.app, scene.silo, 1..=3).await;
    scene.log(4..=6).await;
    end.send(false).unwrap();
    task.await.unwrap();
    scene.seal(3).await;
    assert_eq!(scene.verify().await.unwrap(), Verified { epochs: 1, sealed: 3, unsealed: 0 });
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_writers_and_sealers_lose_nothing() {
    const WRITERS: u128 = 6;
    const TRANSACTIONS: u128 = 40;
    let scene = Scene::new().await;
    // In the middle the writers wait until something is sealed, so that there is more than one epoch.
    let (begun, has_begun) = watch::channel(false);
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (app, silo, mut has_begun) = (scene.database.app.clone(), scene.silo, has_begun.clone());
            tokio::spawn(async move {
                for turn in 0..TRANSACTIONS {
                    if turn == TRANSACTIONS / 2 {
                        has_begun.wait_for(|begun| *begun).await.unwrap();
                    }
                    let first = 1 + (writer * TRANSACTIONS + turn) * 3;
                    let work = app.scoped(silo, move |mut tx| async move {
                        append(&mut tx, first..first + 3).await?;
                        match turn % 4 {
                            3 => tx.roll_back(()).await,
                            _ => tx.commit(()).await,
                        }
                    });
                    work.await.unwrap();
                }
            })
        })
        .collect();
    let kept = (WRITERS * TRANSACTIONS * 3 / 4 * 3) as usize;
    let sealing = seal_in_pairs(&scene, kept, &begun);
    let lost_races = tokio::time::timeout(PATIENCE, sealing).await.expect("all of it is sealed");
    for writer in writers {
        writer.await.unwrap();
    }
    let verified = scene.verify().await.unwrap();
    assert_eq!((verified.sealed, verified.unsealed), (kept, 0));
    assert!(verified.epochs > 1, "{verified:?}");
    println!("{} epochs, {lost_races} lost races", verified.epochs);
}

/// Two sealers at once until `kept` records are sealed: of each pair at most one appends an epoch, the other has changed nothing.
async fn seal_in_pairs(scene: &Scene, kept: usize, begun: &watch::Sender<bool>) -> usize {
    let (mut sealed, mut lost_races) = (0, 0);
    while sealed < kept {
        let app = &scene.database.app;
        let (one, other) = tokio::join!(app.seal_evidence(scene.silo), app.seal_evidence(scene.silo));
        for result in [one, other] {
            match result {
                Ok(more) => sealed += more,
                Err(StoreError::Database(_)) => lost_races += 1,
                Err(error) => panic!("{error}"),
            }
        }
        begun.send_replace(sealed > 0);
        scene.verify().await.unwrap();
    }
    lost_races
}

#[tokio::test]
async fn an_epoch_ends_with_the_transaction_that_fills_it() {
    let scene = Scene::new().await;
    for import in 0..5 {
        sqlx::query(
            "INSERT INTO consent_record
                (institution_id, contact_id, record_id, organisation_id, topic_id, channel, answer, proof, channels, happened_at,
                 learned_at, origin, pointer, committed_at, salt)
             SELECT $1, n, gen_random_uuid(), 0, 0, 1, 1, 2, 0, '2000-01-01', '2000-01-01', 'import', 'run ' || $2, '2000-01-01',
                    uuid_send(gen_random_uuid())
             FROM generate_series(1, 6000) AS n",
        )
        .bind(scene.silo.0)
        .bind(import)
        .execute(&scene.owner)
        .await
        .unwrap();
    }
    tokio::time::timeout(PATIENCE, everything_finished(&scene)).await.unwrap();
    // 10,000 fill one; a transaction is never divided. What is left over waits for nothing.
    assert_eq!(scene.seal(30_000).await, [12_000, 12_000, 6_000]);
    assert_eq!(scene.verify().await.unwrap(), Verified { epochs: 3, sealed: 30_000, unsealed: 0 });
}

/// Waits until no transaction of another test is older than the newest record.
async fn everything_finished(scene: &Scene) {
    let finished = "SELECT max(xid) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM consent_record WHERE institution_id = $1";
    while !sqlx::query_scalar::<_, bool>(finished).bind(scene.silo.0).fetch_one(&scene.owner).await.unwrap() {
    }
}
