//! What is on its way is found by its contacts, whatever the statistics say.
//!
//! The tables are empty here, so every plan looks equally cheap: that is how they look to a plan that is made before a launch
//! and used all through it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sqlx::{AssertSqlSafe, ConnectOptions as _, PgConnection};
use store::Role;
use store::testing::Database;

const SETTINGS: &str = include_str!("../../src/tx/plan_by_key.sql");
/// Read and written by every batch of a launch, and never analysed in time.
const ON_THE_WAY: [&str; 2] = ["outbox", "attempt"];

#[tokio::test]
async fn the_statements_of_an_attempt_are_looked_up_by_contact() {
    let database = Database::fresh().await;
    let mut looked_up = 0;
    for path in statements_of_an_attempt() {
        let mut connection = database.options(Role::App).connect().await.unwrap();
        let plan = plan(&mut connection, &fs::read_to_string(&path).unwrap()).await;
        assert!(plan.get("JIT").is_none(), "{} is compiled: {plan:#}", path.display());
        for scan in scans(&plan["Plan"]) {
            let condition = scan["Index Cond"].as_str().unwrap_or_default();
            assert!(condition.contains("contact_id"), "{}: {scan:#}", path.display());
            looked_up += 1;
        }
    }
    assert!(looked_up > 12, "found only {looked_up} look-ups");
}

fn statements_of_an_attempt() -> Vec<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = ["claim", "result"].map(|folder| fs::read_dir(source.join(folder)).unwrap());
    let paths = files.into_iter().flatten().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|ending| ending == "sql")).collect()
}

/// The plan for whatever parameters.
async fn plan(connection: &mut PgConnection, text: &str) -> Value {
    let parameters = (1..).take_while(|number| text.contains(&format!("${number}"))).count();
    let none = vec!["NULL"; parameters].join(", ");
    let prepare = format!("PREPARE asked AS {text}");
    for said in ["BEGIN", SETTINGS, "SET LOCAL plan_cache_mode = force_generic_plan", &prepare] {
        sqlx::query(trusted(said.to_owned())).execute(&mut *connection).await.unwrap();
    }
    let explain = trusted(format!("EXPLAIN (FORMAT JSON) EXECUTE asked ({none})"));
    let plan: Value = sqlx::query_scalar(explain).fetch_one(connection).await.unwrap();
    plan[0].clone()
}

#[expect(clippy::disallowed_methods, reason = "the text is a file of this repository")]
fn trusted(text: String) -> AssertSqlSafe<String> {
    AssertSqlSafe(text)
}

fn scans(node: &Value) -> Vec<&Value> {
    let own = node["Relation Name"].as_str().is_some_and(|table| ON_THE_WAY.contains(&table));
    // A node that writes names its table too; its child is the scan.
    let scan = own && node["Node Type"] != "ModifyTable";
    let children = node["Plans"].as_array().into_iter().flatten().flat_map(scans);
    children.chain(scan.then_some(node)).collect()
}
