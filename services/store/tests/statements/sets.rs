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

/// A hundred launches, of which few expired lately, and what was sent.
const EARLIER: [&str; 2] = [
    "INSERT INTO launch
        (institution_id, public_id, launch_key, name, purpose, channel, lane, organisation_id, topic_id, query, zone, today,
         unset_means, content_id, sender, token_key, expires_at, state, snapshot, launched_at, launched_by)
     SELECT $1, gen_random_uuid(), n::text, 'Earlier', 0, 1, 1, 7, 0, '{}', 'Europe/Paris', '2000-01-01', 2, 1, '{}', 1,
            '2000-01-10'::timestamptz - n * interval '1 day', 4, '', '2000-01-01', 'test'
     FROM generate_series(1, 100) AS n",
    "INSERT INTO message (institution_id, occurrence_id, contact_id, channel, state, proof, blocks_launch, ended_at)
     SELECT $1, occurrence_id, c, 1, 2, 3, 0, launched_at FROM launch, generate_series(1, 500) AS c",
];

#[tokio::test]
async fn nothing_is_read_for_a_rule_that_a_campaign_has_not() {
    let database = Database::fresh().await;
    let silo = database.institution("sets").await;
    let mut owner = database.owner.connect().await.unwrap();
    for statement in EARLIER {
        sqlx::query(statement).bind(silo.0).execute(&mut owner).await.unwrap();
    }
    sqlx::query("ANALYZE message").execute(&mut owner).await.unwrap();
    let mut connection = database.options(Role::App).connect().await.unwrap();
    sqlx::query("BEGIN").execute(&mut connection).await.unwrap();
    let sets = "SELECT set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true)";
    sqlx::query(sets).execute(&mut connection).await.unwrap();
    let statement = format!("PREPARE asked ({TYPES}) AS {}{LIST}", DECIDE.replace("{target}", EVERYBODY));
    sqlx::query(trusted(statement)).execute(&mut connection).await.unwrap();

    let without = plan(&mut connection, "NULL, NULL, NULL").await;
    let read: Vec<&str> =
        scans(&without, false).iter().filter(|scan| !scan.never).map(|scan| scan.table).collect();
    assert!(!read.contains(&"message") && !read.contains(&"launch"), "without a cap: {read:?}");
    assert_eq!(read.iter().filter(|table| **table == "contact").count(), 1, "without a holdout: {read:?}");

    let with = plan(&mut connection, "2, '2000-01-08', '{1,2,3}'").await;
    let read = scans(&with, false);
    let contacts = read.iter().filter(|scan| scan.table == "contact" && !scan.never);
    assert_eq!(contacts.count(), 2, "the target and the holdout");
    let messages = read.iter().find(|scan| scan.table == "message").unwrap();
    assert!(!messages.never && messages.condition.contains("occurrence_id = ANY"), "{with:#}");
}

struct Scan<'a> {
    table: &'a str,
    condition: &'a str,
    /// Below a filter that is false whatever the rows are.
    never: bool,
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

fn scans(node: &Value, never: bool) -> Vec<Scan<'_>> {
    let never = never || node["One-Time Filter"].as_str().is_some_and(|filter| filter.contains("false"));
    let own = node["Relation Name"].as_str().map(|table| {
        let condition = node["Index Cond"].as_str().or(node["Recheck Cond"].as_str());
        Scan { table, condition: condition.unwrap_or_default(), never }
    });
    let children = node["Plans"].as_array().into_iter().flatten().flat_map(|child| scans(child, never));
    children.chain(own).collect()
}
