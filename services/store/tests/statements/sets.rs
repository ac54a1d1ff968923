//! The statement that decides an audience reads for a rule only when the campaign has it, and reads earlier launches by their key.

use serde_json::Value;
use sqlx::{AssertSqlSafe, ConnectOptions as _, PgConnection};
use store::Role;
use store::testing::Database;

const DECIDE: &str = include_str!("../../src/audience/decide.sql");
const LIST: &str = include_str!("../../src/audience/list.sql");
/// As the target compiler writes it, for everybody.
const EVERYBODY: &str =
    "SELECT contact_id, 1 AS targets, 0 AS held, 0 AS clear FROM contact WHERE institution_id = $1";
const TYPES: &str = "int, smallint, int, int, smallint, smallint, date, date, date, date, int, int, bigint, timestamptz, smallint[]";
/// Marketing by email; then the exclusions, the cap and the holdout.
const MARKETING: &str = "1, 1, 7, 0, 0, 2, '2000-01-15', '1997-01-15', NULL, NULL, 65535, 0";

#[tokio::test]
async fn a_rule_that_a_campaign_has_not_is_not_even_planned() {
    let database = Database::fresh().await;
    let mut connection = database.options(Role::App).connect().await.unwrap();
    sqlx::query("BEGIN").execute(&mut connection).await.unwrap();
    // What is made of sets, and by an index wherever one fits: the tables are empty.
    sqlx::query(
        "SELECT set_config('enable_nestloop', 'off', true), set_config('enable_seqscan', 'off', true)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let statement = format!("PREPARE asked ({TYPES}) AS {}{LIST}", DECIDE.replace("{target}", EVERYBODY));
    sqlx::query(trusted(statement)).execute(&mut connection).await.unwrap();

    let without = plan(&mut connection, "NULL, NULL, NULL").await;
    let read: Vec<&str> = scans(&without).iter().map(|scan| scan.table).collect();
    assert!(!read.contains(&"message") && !read.contains(&"launch"), "without a cap: {read:?}");
    assert_eq!(read.iter().filter(|table| **table == "contact").count(), 1, "without a holdout: {read:?}");

    let with = plan(&mut connection, "2, '2000-01-08', '{1,2,3}'").await;
    let read = scans(&with);
    assert_eq!(read.iter().filter(|scan| scan.table == "contact").count(), 2, "the target and the holdout");
    let launches = read.iter().find(|scan| scan.table == "launch").unwrap();
    assert!(launches.condition.contains("expires_at"), "{}", launches.condition);
    let messages = read.iter().find(|scan| scan.table == "message").unwrap();
    assert!(messages.condition.contains("occurrence_id = ANY"), "{}", messages.condition);
}

struct Scan<'a> {
    table: &'a str,
    condition: &'a str,
}

async fn plan(connection: &mut PgConnection, rules: &str) -> Value {
    let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE asked ({MARKETING}, {rules})");
    let plan: Value = sqlx::query_scalar(trusted(explain)).fetch_one(connection).await.unwrap();
    plan[0]["Plan"].clone()
}

#[expect(clippy::disallowed_methods, reason = "the text is a file of this repository")]
fn trusted(text: String) -> AssertSqlSafe<String> {
    AssertSqlSafe(text)
}

fn scans(node: &Value) -> Vec<Scan<'_>> {
    let own = node["Relation Name"].as_str().map(|table| {
        let condition = node["Index Cond"].as_str().or(node["Recheck Cond"].as_str());
        Scan { table, condition: condition.unwrap_or_default() }
    });
    let children = node["Plans"].as_array().into_iter().flatten().flat_map(scans);
    children.chain(own).collect()
}
