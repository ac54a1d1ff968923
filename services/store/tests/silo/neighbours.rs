//! No statement of one institution sees or changes a row of the other, in any table (I13).

use store::Role;

use crate::catalogue::{count, is_refused, may, run, silo_tables};
use crate::rows::{Neighbours, insertion, set_silo};

#[tokio::test]
async fn one_institution_sees_nothing_of_the_other() {
    let mut neighbours = Neighbours::new().await;
    let (here, there) = (neighbours.here.0, neighbours.there.0);
    let mut app = neighbours.enter(Role::App, Some(neighbours.here)).await;
    for table in silo_tables(&mut neighbours.owner).await {
        let mine = count(&mut app, "SELECT count(*) FROM {table} WHERE institution_id = $1", &table, here)
            .await
            .unwrap();
        let theirs = count(&mut app, "SELECT count(*) FROM {table} WHERE institution_id <> $1", &table, here)
            .await
            .unwrap();
        assert_eq!((mine, theirs), (1, 0), "{table}");
        let named = count(&mut app, "SELECT count(*) FROM {table} WHERE institution_id = $1", &table, there)
            .await
            .unwrap();
        assert_eq!(named, 0, "{table}, asked for by its name");
        if may(&mut neighbours.owner, "rappel_app", &table, "UPDATE").await {
            let locked =
                "SELECT count(*) FROM (SELECT FROM {table} WHERE institution_id >= $1 FOR SHARE) AS locked";
            assert_eq!(
                count(&mut app, locked, &table, 0).await.unwrap(),
                1,
                "{table}: FOR SHARE finds its own row"
            );
        }
    }
}

#[tokio::test]
async fn one_institution_changes_nothing_of_the_other() {
    let mut neighbours = Neighbours::new().await;
    let there = neighbours.there.0;
    let mut app = neighbours.enter(Role::App, Some(neighbours.here)).await;
    for table in silo_tables(&mut neighbours.owner).await {
        let before = neighbours.theirs(&table).await;
        let insert = insertion(&mut neighbours.owner, &table).await;
        assert!(is_refused(&run(&mut app, &insert, &table, there).await), "{table}: a row for the neighbour");
        for (privilege, on_theirs, on_all) in [
            (
                "UPDATE",
                "UPDATE {table} SET institution_id = institution_id WHERE institution_id = $1",
                "UPDATE {table} SET institution_id = institution_id WHERE institution_id >= $1",
            ),
            (
                "DELETE",
                "DELETE FROM {table} WHERE institution_id = $1",
                "DELETE FROM {table} WHERE institution_id >= $1",
            ),
        ] {
            if may(&mut neighbours.owner, "rappel_app", &table, privilege).await {
                if privilege == "UPDATE" {
                    let given_away =
                        run(&mut app, "UPDATE {table} SET institution_id = $1", &table, there).await;
                    assert!(is_refused(&given_away), "{table}: an own row for the neighbour");
                }
                assert_eq!(
                    run(&mut app, on_theirs, &table, there).await.unwrap(),
                    0,
                    "{privilege} on {table}"
                );
                assert_eq!(
                    run(&mut app, on_all, &table, 0).await.unwrap(),
                    1,
                    "{privilege} on all of {table}"
                );
            } else {
                assert!(is_refused(&run(&mut app, on_theirs, &table, there).await), "{privilege} on {table}");
            }
        }
        assert_eq!(neighbours.theirs(&table).await, before, "{table}");
        assert!(!before.is_empty(), "{table}");
    }
}

#[tokio::test]
async fn outside_every_silo_there_is_nothing() {
    let mut neighbours = Neighbours::new().await;
    let here = neighbours.here.0;
    // Never set; and empty again, as a pooled connection is after a scoped transaction.
    for was_set in [false, true] {
        let mut app = neighbours.enter(Role::App, None).await;
        if was_set {
            set_silo(&mut app, "").await;
        }
        for table in silo_tables(&mut neighbours.owner).await {
            let seen = count(&mut app, "SELECT count(*) FROM {table} WHERE institution_id >= $1", &table, 0)
                .await
                .unwrap();
            assert_eq!(seen, 0, "{table}");
            let insert = insertion(&mut neighbours.owner, &table).await;
            assert!(is_refused(&run(&mut app, &insert, &table, here).await), "{table}");
        }
    }
}

#[tokio::test]
async fn a_scoped_transaction_leaves_no_silo_behind() {
    let neighbours = Neighbours::new().await;
    let left = neighbours.database.app.scoped(neighbours.here, |tx| async move { tx.commit(()).await });
    left.await.unwrap();
    let seen: i64 = neighbours
        .database
        .app
        .unscoped(|mut tx| async move {
            Ok(sqlx::query_scalar("SELECT count(*) FROM contact").fetch_one(&mut *tx).await?)
        })
        .await
        .unwrap();
    assert_eq!(seen, 0);
}
