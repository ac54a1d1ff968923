//! Whom the store lets in: roles for which the policies hold, at a schema that this program knows, in a database that answers.

use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection};
use store::testing::Database;
use store::{Connect, Role, Store, StoreError};

async fn connect(options: PgConnectOptions, role: Role) -> Result<Store, StoreError> {
    Store::connect(Connect { options, role, pool_size: 2 }).await
}

/// Why a login is refused.
async fn refusal(database: &Database, login: &str, role: Role) -> String {
    match connect(database.owner.clone().username(login), role).await {
        Err(error @ StoreError::UnsafeRole { .. }) => error.to_string(),
        other => panic!("{login} as {role:?}: {other:?}"),
    }
}

async fn run(owner: &mut PgConnection, statements: &[&'static str]) {
    for statement in statements {
        sqlx::query(*statement).execute(&mut *owner).await.unwrap();
    }
}

#[tokio::test]
async fn a_role_for_which_the_policies_would_not_hold_is_refused() {
    let database = Database::fresh().await;
    let mut owner = database.owner.connect().await.unwrap();
    // Roles belong to the whole server: no other test may use these names.
    run(
        &mut owner,
        &[
            "CREATE ROLE silo_owner LOGIN IN ROLE rappel_app",
            "CREATE ROLE silo_owners_friend LOGIN IN ROLE rappel_app, silo_owner",
            "CREATE ROLE silo_bypass LOGIN BYPASSRLS IN ROLE rappel_app",
            "CREATE ROLE silo_super LOGIN SUPERUSER",
            "CREATE ROLE silo_stranger LOGIN",
            "CREATE ROLE silo_both LOGIN IN ROLE rappel_app, rappel_dispatcher",
            "CREATE ROLE silo_app LOGIN IN ROLE rappel_app",
            "ALTER TABLE contact OWNER TO silo_owner",
        ],
    )
    .await;
    for (login, role, why) in [
        ("postgres", Role::App, "is a superuser or has BYPASSRLS"),
        ("postgres", Role::Dispatcher, "is a superuser or has BYPASSRLS"),
        ("silo_super", Role::App, "is a superuser or has BYPASSRLS"),
        ("silo_bypass", Role::App, "is a superuser or has BYPASSRLS"),
        ("silo_owner", Role::App, "owns the tables"),
        ("silo_owners_friend", Role::App, "owns the tables"),
        ("silo_stranger", Role::App, "is not a member"),
        ("rappel_app", Role::Dispatcher, "is not a member"),
        ("rappel_dispatcher", Role::App, "is not a member"),
        ("silo_both", Role::App, "is a member of both"),
        ("silo_both", Role::Dispatcher, "is a member of both"),
    ] {
        let words = refusal(&database, login, role).await;
        assert!(words.starts_with(&format!("role {login} {why}")), "{words}");
        assert!(
            words.contains("rappel_app") && !words.contains('\n'),
            "it says what would be right: {words}"
        );
    }
    connect(database.owner.clone().username("silo_app"), Role::App).await.unwrap();
}

#[tokio::test]
async fn a_schema_of_another_version_is_refused() {
    let unknown = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', true, '', 0)";
    let failed = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'failed', false, '', 0)";
    let newest = "DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)";
    let version = |database: &Database| {
        let options = database.options(Role::App);
        async move {
            match connect(options, Role::App).await {
                Err(StoreError::SchemaVersion { found, needed }) => Some((found, needed)),
                Ok(_) => None,
                Err(other) => panic!("{other}"),
            }
        }
    };
    let database = Database::fresh().await;
    let mut owner = database.owner.connect().await.unwrap();
    let needed: i64 =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut owner).await.unwrap();
    run(&mut owner, &[failed]).await;
    assert_eq!(version(&database).await, None, "a migration that failed is none");
    run(&mut owner, &["DELETE FROM _sqlx_migrations WHERE version = 9999", unknown]).await;
    assert_eq!(version(&database).await, Some((9999, needed)), "a newer release was here");
    run(&mut owner, &["DELETE FROM _sqlx_migrations WHERE version = 9999", newest]).await;
    let older: i64 =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut owner).await.unwrap();
    assert!(older < needed);
    assert_eq!(version(&database).await, Some((older, needed)), "an older one");
    run(&mut owner, &["DELETE FROM _sqlx_migrations"]).await;
    assert_eq!(version(&database).await, Some((0, needed)));
    run(&mut owner, &["DROP TABLE _sqlx_migrations"]).await;
    assert_eq!(version(&database).await, Some((0, needed)), "never migrated");
    let words = StoreError::SchemaVersion { found: 0, needed }.to_string();
    assert!(words.contains("rappel migrate") && !words.contains('\n'), "{words}");
}

/// One sentence about `place` within five seconds, and no password in it.
async fn is_unreachable(options: PgConnectOptions, place: &str) {
    let begun = Instant::now();
    let error = connect(options.password("s3cret-word"), Role::App).await.unwrap_err();
    let took = begun.elapsed();
    assert!(took < Duration::from_millis(5_500), "{place} took {took:?}");
    assert!(matches!(error, StoreError::Unreachable { .. }) && error.is_outage(), "{error:?}");
    let words = error.to_string();
    assert!(words.starts_with(&format!("cannot reach the database at {place}: ")), "{words}");
    assert!(!words.contains('\n') && !words.contains("s3cret-word"), "{words}");
    assert!(!format!("{error:?}").contains("s3cret-word"));
}

#[tokio::test]
async fn a_database_that_is_away_is_said_to_be_so_in_five_seconds() {
    let somewhere = || PgConnectOptions::new_without_pgpass().username("rappel_app").database("rappel");
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    is_unreachable(somewhere().host("127.0.0.1").port(port), &format!("127.0.0.1:{port}")).await;
    // It takes the connection and never says a word.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    is_unreachable(somewhere().host("127.0.0.1").port(port), &format!("127.0.0.1:{port}")).await;
    is_unreachable(somewhere().socket("/nowhere/at/all").port(5999), "/nowhere/at/all:5999").await;
    // The server is there, the database is not.
    let server = Database::fresh().await.options(Role::App);
    let place = format!("{}:{}", server.get_socket().unwrap().display(), server.get_port());
    is_unreachable(server.database("no_such_database"), &place).await;
}
