//! The dispatcher finds work across institutions on `outbox` and `launch`; messages it sees one silo at a time (delivery A.2).

use store::Role;

use crate::catalogue::{count, is_refused, may, silo_tables, tables};
use crate::rows::Neighbours;

const ALL: &str = "SELECT count(*) FROM {table} WHERE institution_id >= $1";

#[tokio::test]
async fn the_dispatcher_sees_launches_and_the_outbox_of_all_and_messages_of_one() {
    let mut neighbours = Neighbours::new().await;
    for (silo, of_one) in [(None, 0), (Some(neighbours.here), 1)] {
        let mut dispatcher = neighbours.enter(Role::Dispatcher, silo).await;
        for table in silo_tables(&mut neighbours.owner).await {
            let seen = count(&mut dispatcher, ALL, &table, 0).await;
            match table.as_str() {
                "launch" | "outbox" => assert_eq!(seen.unwrap(), 2, "{table}"),
                "message" | "attempt" => assert_eq!(seen.unwrap(), of_one, "{table}"),
                _ => assert!(is_refused(&seen), "{table}"),
            }
        }
    }
}

#[tokio::test]
async fn the_dispatcher_may_do_what_its_work_needs_and_no_more() {
    let mut owner = Neighbours::new().await.owner;
    let mut granted = Vec::new();
    for table in tables(&mut owner).await {
        for privilege in ["SELECT", "INSERT", "UPDATE", "DELETE"] {
            if may(&mut owner, "rappel_dispatcher", &table.name, privilege).await {
                granted.push(format!("{privilege} {}", table.name));
            }
        }
    }
    let expected = [
        "SELECT _sqlx_migrations",
        "SELECT attempt",
        "UPDATE attempt",
        "SELECT dead_letter",
        "INSERT dead_letter",
        "SELECT installation",
        "SELECT institution",
        "SELECT launch",
        "UPDATE launch",
        "SELECT message",
        "UPDATE message",
        "SELECT outbox",
        "INSERT outbox",
        "UPDATE outbox",
        "DELETE outbox",
        "SELECT worker",
        "INSERT worker",
        "UPDATE worker",
    ];
    assert_eq!(granted, expected);
}
