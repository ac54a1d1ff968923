//! Row-level security lets the planner use an index only for conditions that are leakproof (delivery A.2).

use std::collections::{BTreeMap, BTreeSet};

use audience::testing::{Generator, World};
use audience::{CheckedQuery, Scope, check, explain, matching_contacts, sql};
use chrono::NaiveDate;
use model::ids::InstitutionId;
use sea_query::{ArrayType, PostgresQueryBuilder, Value};
use sea_query_sqlx::SqlxValues;
use serde_json::Value as Json;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};
use store::Role;
use store::testing::Database;

use crate::coverage::Coverage;

/// Enough for every operator of every field to occur.
const QUERIES: usize = 4_000;

#[tokio::test]
async fn every_operator_that_can_be_emitted_is_leakproof() {
    let mut generator = Generator::new(7);
    let (population, today) = (generator.population(1), generator.world().today);
    let database = Database::fresh().await;
    let mut owner = database.owner.connect().await.unwrap();
    let mut tx = owner.begin().await.unwrap();
    let mut coverage = Coverage::default();
    let mut emitted = BTreeSet::new();
    for _ in 0..QUERIES {
        let drawn = generator.query();
        coverage.add(&drawn.query, &[explain(&drawn.checked, &population[0], today)]);
        let statement = matching_contacts(&drawn.checked, generator.world().scope(InstitutionId(1)));
        let tree = parse_tree(&mut tx, &statement.build(PostgresQueryBuilder)).await;
        emitted.extend(calls(&tree));
    }
    // Every part of the language occurred, so that what was not emitted cannot be.
    coverage.assert_every_operator();
    let calls = describe(&mut tx, &emitted).await;
    println!("{calls:#?}");
    let leaking: Vec<&str> =
        calls.iter().filter(|(_, leakproof)| !**leakproof).map(|(name, _)| name.as_str()).collect();
    assert_eq!(leaking, ["strpos(text,text)"], "only `contains` may be a scan (delivery A.7)");
    // What the compiler says about itself is what PostgreSQL understood.
    let operators: BTreeSet<String> = calls.keys().filter(|name| !name.contains('(')).cloned().collect();
    let listed: BTreeSet<String> =
        sql::OPERATORS.iter().map(|(operator, of)| format!("{of} {operator} {of}")).collect();
    // Beside columns it compares `count(*)` in HAVING and what `strpos` returns.
    let computed = ["int8 >= int8", "int8 <= int8", "int4 > int4"].map(str::to_owned);
    assert_eq!(operators, listed.into_iter().chain(computed).collect());
}

/// What PostgreSQL makes of a statement with these parameters: the body of a function that is dropped at once.
async fn parse_tree(connection: &mut PgConnection, (text, values): &(String, sea_query::Values)) -> String {
    let types: Vec<String> = values.iter().map(type_of).collect();
    let create = format!(
        "CREATE FUNCTION pg_temp.probe({}) RETURNS SETOF bigint LANGUAGE sql BEGIN ATOMIC {text}; END",
        types.join(", ")
    );
    #[expect(
        clippy::disallowed_methods,
        reason = "a function body takes no parameters; the text is the compiler's"
    )]
    let create = sqlx::query(AssertSqlSafe(create)).persistent(false);
    create.execute(&mut *connection).await.unwrap_or_else(|error| panic!("{error} in {text}"));
    let tree = sqlx::query_scalar("SELECT prosqlbody::text FROM pg_proc WHERE proname = 'probe'")
        .fetch_one(&mut *connection)
        .await
        .unwrap();
    sqlx::query("DROP FUNCTION pg_temp.probe").execute(connection).await.unwrap();
    tree
}

/// The type under which the driver sends a value.
fn type_of(value: &Value) -> String {
    let types = [
        (matches!(value, Value::SmallInt(_)), "smallint"),
        (matches!(value, Value::Int(_)), "integer"),
        (matches!(value, Value::BigInt(_)), "bigint"),
        (matches!(value, Value::Double(_)), "double precision"),
        (matches!(value, Value::String(_)), "text"),
        (matches!(value, Value::ChronoDate(_)), "date"),
        (matches!(value, Value::ChronoDateTimeUtc(_)), "timestamptz"),
        (matches!(value, Value::Array(ArrayType::SmallInt, _)), "smallint[]"),
        (matches!(value, Value::Array(ArrayType::Int, _)), "integer[]"),
        (matches!(value, Value::Array(ArrayType::String, _)), "text[]"),
    ];
    let known = types.into_iter().find_map(|(is, name)| is.then_some(name));
    known
        .unwrap_or_else(|| {
            panic!("the compiler binds a value of a type that this test does not know: {value:?}")
        })
        .to_owned()
}

/// The operators and functions called in a parse tree, by their object ids. Aggregates and sort orders restrict no row.
fn calls(tree: &str) -> BTreeSet<(bool, i64)> {
    let mut words = tree.split_whitespace();
    let mut found = BTreeSet::new();
    while let Some(word) = words.next() {
        if let Some(is_operator) = [(":opno", true), (":funcid", false)]
            .into_iter()
            .find_map(|(key, is)| (key == word).then_some(is))
        {
            found.insert((is_operator, words.next().unwrap().parse().unwrap()));
        }
    }
    found
}

/// The name of each call with its types, and whether it is leakproof.
async fn describe(connection: &mut PgConnection, calls: &BTreeSet<(bool, i64)>) -> BTreeMap<String, bool> {
    let ids =
        |operators| calls.iter().filter(|(is, _)| *is == operators).map(|(_, id)| *id).collect::<Vec<_>>();
    let rows: Vec<(String, bool)> = sqlx::query_as(
        "SELECT format('%s %s %s', l.typname, o.oprname, r.typname), p.proleakproof
         FROM pg_operator o
         JOIN pg_proc p ON p.oid = o.oprcode
         JOIN pg_type l ON l.oid = o.oprleft
         JOIN pg_type r ON r.oid = o.oprright
         WHERE o.oid::bigint = ANY ($1)
         UNION ALL
         SELECT oid::regprocedure::text, proleakproof FROM pg_proc WHERE oid::bigint = ANY ($2)",
    )
    .bind(ids(true))
    .bind(ids(false))
    .fetch_all(connection)
    .await
    .unwrap();
    assert_eq!(rows.len(), calls.len(), "every call is known to the catalogue");
    rows.into_iter().collect()
}

/// A leaf, and the index that serves it.
const SERVED: &[(&str, &str)] = &[
    (r#"{"leaf": "identity", "field": "postal_code", "equals": "00042"}"#, "contact_by_postal_code"),
    (r#"{"leaf": "identity", "field": "postal_code", "starts_with": "0004"}"#, "contact_by_postal_code"),
    (r#"{"leaf": "identity", "field": "last_name", "starts_with": "NAME00042"}"#, "contact_by_last_name"),
    (r#"{"leaf": "identity", "field": "city", "equals": "City 42"}"#, "contact_by_city"),
    (r#"{"leaf": "criterion", "code": "household", "more_than": 59990}"#, "criterion_value_by_number"),
    (r#"{"leaf": "criterion", "code": "member_since", "before": "19000105"}"#, "criterion_value_by_date"),
    (r#"{"leaf": "criterion", "code": "profession", "equals": "Trade 42"}"#, "criterion_value_by_text"),
    (
        r#"{"leaf": "criterion", "code": "profession", "starts_with": "trade 4242"}"#,
        "criterion_value_by_text",
    ),
    (r#"{"leaf": "recency", "before": "19000105"}"#, "recency_by_day"),
];

#[tokio::test]
async fn a_selective_leaf_is_served_by_its_index_in_spite_of_row_level_security() {
    let database = Database::fresh().await;
    let silo = database.institution("large").await;
    let neighbour = database.institution("as large").await;
    let mut owner = database.owner.connect().await.unwrap();
    for institution in [silo, neighbour] {
        fill(&mut owner, institution).await;
    }
    sqlx::query("ANALYZE").execute(&mut owner).await.unwrap();
    let mut app = database.options(Role::App).connect().await.unwrap();
    sqlx::query("SELECT set_config('rappel.institution', $1::text, false)")
        .bind(silo.0)
        .execute(&mut app)
        .await
        .unwrap();
    let generator = Generator::new(1);
    let catalogue = &generator.world().catalogue;
    for (leaf, index) in SERVED {
        let target = check(&serde_json::from_str(leaf).unwrap(), catalogue).unwrap();
        let plan = plan(&mut app, &target, silo, generator.world().today).await;
        assert!(index_conditions(&plan).contains(*index), "{leaf} is not served by {index}: {plan:#}");
    }
    // The test can fail: what must be read row by row is.
    let scan = r#"{"leaf": "identity", "field": "postal_code", "contains": "0004"}"#;
    let target = check(&serde_json::from_str(scan).unwrap(), catalogue).unwrap();
    let plan = plan(&mut app, &target, silo, generator.world().today).await;
    assert!(!index_conditions(&plan).contains("contact_by_postal_code"), "{plan:#}");
}

/// 60,000 contacts whose values are all different or nearly so.
async fn fill(owner: &mut PgConnection, institution: InstitutionId) {
    for statement in [
        "INSERT INTO contact
            (institution_id, contact_id, public_id, source, external_id, kind, roles, bucket, as_of, content_hash,
             last_name_key, postal_code, city_key)
         OVERRIDING SYSTEM VALUE
         SELECT $1, n, gen_random_uuid(), 'test', n::text, 0, 1, 0, '2000-01-01', 0,
                'name' || lpad(n::text, 7, '0'), lpad((n % 20000)::text, 5, '0'), 'city ' || n % 5000
         FROM generate_series(1, 60000) AS n",
        "INSERT INTO recency (institution_id, contact_id, active_on)
         SELECT $1, n, date '1900-01-01' + n FROM generate_series(1, 60000) AS n",
        "INSERT INTO criterion_value (institution_id, contact_id, criterion_id, item, v_text, v_num, v_date)
         SELECT $1, n, c, 0, CASE c WHEN 1 THEN 'trade ' || n END, CASE c WHEN 2 THEN n END, CASE c WHEN 3 THEN date '1900-01-01' + n END
         FROM generate_series(1, 60000) AS n, generate_series(1, 3) AS c",
    ] {
        sqlx::query(statement).bind(institution.0).execute(&mut *owner).await.unwrap();
    }
}

async fn plan(app: &mut PgConnection, target: &CheckedQuery, silo: InstitutionId, today: NaiveDate) -> Json {
    let scope = Scope { institution: silo, today, zone: World::default().zone };
    let (text, values) = matching_contacts(target, scope).build(PostgresQueryBuilder);
    #[expect(clippy::disallowed_methods, reason = "the text is the compiler's")]
    let explain = AssertSqlSafe(format!("EXPLAIN (FORMAT JSON) {text}"));
    let explain = sqlx::query_scalar_with::<_, Json, _>(explain, SqlxValues(values)).persistent(false);
    explain.fetch_one(app).await.unwrap()
}

/// The indexes that are entered by a condition on more than the institution.
fn index_conditions(plan: &Json) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    match plan {
        Json::Array(nodes) => nodes.iter().for_each(|node| found.extend(index_conditions(node))),
        Json::Object(node) => {
            node.values().for_each(|value| found.extend(index_conditions(value)));
            if let (Some(name), Some(condition)) = (node.get("Index Name"), node.get("Index Cond"))
                && condition.as_str().unwrap().contains(" AND ")
            {
                found.insert(name.as_str().unwrap().to_owned());
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
    found
}
