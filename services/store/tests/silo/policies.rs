//! What the catalogue must say of every table, whoever adds it.

use sqlx::{ConnectOptions as _, FromRow};
use store::testing::Database;

use crate::catalogue::{may, silo_tables, tables};

/// Tables of no institution, each with the reason why it may be.
const COMMON: &[(&str, &str)] = &[
    ("_sqlx_migrations", "the version of the schema"),
    ("dead_letter", "bodies that nobody could read; they hold ids only"),
    ("installation", "the mode and the clock"),
    ("institution", "a program finds its silo here; nothing personal"),
    ("spool_progress", "how far a tracker's file was taken over"),
    ("worker", "processes"),
];

/// The dispatcher looks for work across institutions here, and nowhere else (delivery A.2).
const DISPATCHED: &[&str] = &["launch", "outbox"];

/// What runs as the owner, and why it may: it takes no name, reads for itself alone and returns nothing.
const AS_OWNER: &[&str] = &["routine refresh_statistics"];

/// Evidence: the application adds to it and changes nothing.
const APPEND_ONLY: &[&str] = &["consent_record", "policy", "seal_epoch", "seal_leaf"];

const IN_SILO: &str = "(institution_id = ( SELECT current_silo() AS current_silo))";

#[derive(Debug, FromRow)]
struct Policy {
    tablename: String,
    permissive: String,
    roles: Vec<String>,
    cmd: String,
    qual: Option<String>,
    with_check: Option<String>,
}

#[tokio::test]
async fn every_table_is_sealed_or_known_to_belong_to_nobody() {
    let mut owner = Database::fresh().await.owner.connect().await.unwrap();
    let tables = tables(&mut owner).await;
    assert!(tables.len() > 25, "{}", tables.len());
    let open: Vec<&str> =
        tables.iter().filter(|table| !table.sealed).map(|table| table.name.as_str()).collect();
    let common: Vec<&str> = COMMON.iter().map(|(name, _)| *name).collect();
    assert_eq!(open, common, "a table with rows of an institution needs institution_id and seal_silo()");
    assert!(tables.iter().all(|table| table.of_silo == table.sealed), "{tables:?}");
}

#[tokio::test]
async fn every_policy_is_the_silos_or_the_dispatchers() {
    let mut owner = Database::fresh().await.owner.connect().await.unwrap();
    let policies: Vec<Policy> = sqlx::query_as(
        "SELECT tablename::text, permissive, roles::text[], cmd, qual, with_check FROM pg_policies ORDER BY tablename, policyname",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    // FOR ALL: under a policy for SELECT alone, FOR SHARE silently returns nothing.
    let unusual: Vec<&Policy> =
        policies.iter().filter(|policy| policy.cmd != "ALL" || policy.permissive != "PERMISSIVE").collect();
    assert!(unusual.is_empty(), "{unusual:?}");
    let (silo, other): (Vec<_>, Vec<_>) =
        policies.into_iter().partition(|policy| policy.qual.as_deref() == Some(IN_SILO));
    let loose: Vec<_> = silo.iter().filter(|policy| policy.with_check.as_deref() != Some(IN_SILO)).collect();
    assert!(loose.is_empty(), "{loose:?}");
    let mut for_app: Vec<String> = Vec::new();
    for policy in &silo {
        for_app.extend(policy.roles.contains(&"rappel_app".to_owned()).then(|| policy.tablename.clone()));
    }
    assert_eq!(for_app, silo_tables(&mut owner).await, "one policy for the application on each table");
    let dispatched: Vec<&str> = other.iter().map(|policy| policy.tablename.as_str()).collect();
    assert_eq!(dispatched, DISPATCHED);
    assert!(other.iter().all(|policy| policy.roles == ["rappel_dispatcher"]), "{other:?}");
}

#[tokio::test]
async fn nothing_lets_anybody_around_the_policies() {
    let mut owner = Database::fresh().await.owner.connect().await.unwrap();
    // A view reads as its owner, a SECURITY DEFINER function runs as its owner, and the owner sees everything.
    let around: Vec<String> = sqlx::query_scalar(
        "SELECT 'view ' || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
         UNION ALL
         SELECT 'routine ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
         UNION ALL
         SELECT 'granted to everybody: ' || relname
         FROM pg_class, aclexplode(relacl) AS a
         WHERE relnamespace = 'public'::regnamespace AND a.grantee = 0
         UNION ALL
         SELECT rolname || ' is too powerful' FROM pg_roles WHERE rolname IN ('rappel_app', 'rappel_dispatcher') AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert_eq!(around, AS_OWNER);
}

#[tokio::test]
async fn evidence_can_be_added_to_and_not_changed() {
    let mut owner = Database::fresh().await.owner.connect().await.unwrap();
    for table in APPEND_ONLY {
        for (privilege, granted) in
            [("INSERT", true), ("SELECT", true), ("UPDATE", false), ("DELETE", false), ("TRUNCATE", false)]
        {
            assert_eq!(
                may(&mut owner, "rappel_app", table, privilege).await,
                granted,
                "{privilege} on {table}"
            );
        }
    }
    // TRUNCATE asks no policy.
    for table in silo_tables(&mut owner).await {
        for role in ["rappel_app", "rappel_dispatcher"] {
            for privilege in ["TRUNCATE", "REFERENCES", "TRIGGER"] {
                assert!(!may(&mut owner, role, &table, privilege).await, "{role} has {privilege} on {table}");
            }
        }
    }
}
