//! What must hold after every test, whatever happened in it (delivery 4.2).
//!
//! Most of it is one question to the database each, under `invariants/`, asked as the owner on a connection that also holds
//! what the sink took. Such a question returns one line for each thing that is wrong.
//!
//! I6 and I11 belong to contract notices, I15 to a long run; they are not asked here.

use std::path::Path;

use chrono::{DateTime, Utc};
use model::ids::{ContactId, InstitutionId, OccurrenceId};
use model::keys::{KEY_BYTES, KeyId, KeyRing, SecretKey};
use model::token::{Token, TokenKeys, TokenPurpose};
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection as _, query, query_scalar};

use super::launches::Launch;
use super::product::Product;

/// Id, sentence, question.
type Invariant = (&'static str, &'static str, &'static str);

const INVARIANTS: &[Invariant] = &[
    (
        "I1",
        "nothing is claimed after a refusal that covers it",
        include_str!("invariants/claimed_after_refusal.sql"),
    ),
    (
        "I1",
        "no dot reaches the next hop after a refusal is settled",
        include_str!("invariants/dot_after_settlement.sql"),
    ),
    ("I2", "a refusal is settled within 16 s", include_str!("invariants/late_settlement.sql")),
    ("I3", "every message of an ended launch is final", include_str!("invariants/not_final.sql")),
    (
        "I4",
        "what is accepted was taken, what was taken is accepted or unknown",
        include_str!("invariants/acceptance.sql"),
    ),
    ("I5", "marketing arrives at most once", include_str!("invariants/duplicates.sql")),
    (
        "I8",
        "attempts are counted without a gap and at most one may have arrived",
        include_str!("invariants/attempts.sql"),
    ),
    ("I9", "every change of state was a lawful one", "SELECT what FROM unlawful"),
    ("I10", "nothing is stranded", include_str!("invariants/stranded.sql")),
    ("I13", "no row joins two institutions", "SELECT pg_temp.strangers()"),
    (
        "I14",
        "whoever is excluded has a reason, and nobody else has one",
        include_str!("invariants/reasons.sql"),
    ),
    ("I16", "no connection is left in a transaction", include_str!("invariants/open_transactions.sql")),
    ("I17", "nothing was unreadable", "SELECT queue || ': ' || reason FROM dead_letter"),
];

/// The sink's record, which message each refusal covers, and the search for rows of two institutions.
const PREPARATIONS: &[&str] = &[
    "CREATE TEMP TABLE sink (message_id text, institution_id int, occurrence_id int, contact_id bigint, dot_at timestamptz)",
    include_str!("invariants/covered.sql"),
    include_str!("invariants/strangers.sql"),
];

/// Writes every unlawful change of state into a table, in every database that is copied from this one.
const WATCH: &[&str] = &[
    "CREATE TABLE unlawful (what text)",
    include_str!("invariants/watch.sql"),
    "CREATE TRIGGER watched AFTER UPDATE OF state ON message FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION watch()",
    "CREATE TRIGGER watched AFTER UPDATE OF state ON launch FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION watch()",
    "CREATE TRIGGER watched AFTER UPDATE OF outcome ON attempt FOR EACH ROW WHEN (OLD.outcome IS NOT NULL AND OLD.outcome <> NEW.outcome)
     EXECUTE FUNCTION watch()",
];

/// Prepares a database for I9.
pub fn watch_transitions(options: &PgConnectOptions) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = PgConnection::connect_with(options).await.unwrap();
        for statement in WATCH {
            query(*statement)
                .execute(&mut connection)
                .await
                .unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
        connection.close().await.unwrap();
    });
}

/// Checks everything, and fails with every broken invariant at once.
pub fn check(product: &Product) {
    let taken = taken(product);
    let mut broken = product.owner.apart(async |connection| {
        load(connection, &taken).await;
        ask(connection).await
    });
    broken.extend(counted(product));
    broken.extend(totals(product));
    broken.extend(projections(product));
    assert!(broken.is_empty(), "broken invariants:\n{}", broken.join("\n"));
}

/// The keys that an installation seals its tokens with.
pub fn token_keys(state: &Path) -> TokenKeys {
    let key = std::fs::read(state.join("keys/token.1.key")).unwrap();
    let key = SecretKey::new(<[u8; KEY_BYTES]>::try_from(key).unwrap());
    TokenKeys::new(KeyRing::new((KeyId(1), key), Vec::new()).unwrap())
}

/// One acceptance of the sink: which message, and when its dot came.
struct Taken {
    message_id: String,
    token: Token,
    dot_at: DateTime<Utc>,
}

fn taken(product: &Product) -> Vec<Taken> {
    let keys = token_keys(&product.settings.state());
    let taken = product.sink.accepted().into_iter().map(|captured| {
        let message_id = captured.message_id.expect("every message has a Message-ID");
        let sealed = message_id.trim_start_matches('<').split('@').next().unwrap_or_default();
        let token = Token::open(sealed, TokenPurpose::Message, &keys)
            .unwrap_or_else(|error| panic!("{message_id}: {error}"));
        Taken { token, dot_at: captured.dot_at.into(), message_id }
    });
    taken.collect()
}

async fn load(connection: &mut PgConnection, taken: &[Taken]) {
    for statement in PREPARATIONS {
        query(*statement)
            .execute(&mut *connection)
            .await
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    let column = |of: fn(&Token) -> i64| taken.iter().map(|one| of(&one.token)).collect::<Vec<_>>();
    query("INSERT INTO sink SELECT * FROM unnest($1::text[], $2::int[], $3::int[], $4::bigint[], $5::timestamptz[])")
        .bind(taken.iter().map(|one| one.message_id.clone()).collect::<Vec<_>>())
        .bind(column(|token| { let InstitutionId(id) = token.institution; id.into() }))
        .bind(column(|token| { let OccurrenceId(id) = token.occurrence; id.into() }))
        .bind(column(|token| { let ContactId(id) = token.contact; id }))
        .bind(taken.iter().map(|one| one.dot_at).collect::<Vec<_>>())
        .execute(connection)
        .await
        .unwrap();
}

async fn ask(connection: &mut PgConnection) -> Vec<String> {
    let mut broken = Vec::new();
    for (id, sentence, question) in INVARIANTS {
        let wrong: Vec<String> = query_scalar(*question)
            .fetch_all(&mut *connection)
            .await
            .unwrap_or_else(|error| panic!("{id}: {error}"));
        if !wrong.is_empty() {
            let samples: Vec<&str> = wrong.iter().take(5).map(String::as_str).collect();
            broken.push(format!(
                "{id} {sentence}: {} times not, as in\n    {}",
                wrong.len(),
                samples.join("\n    ")
            ));
        }
    }
    broken
}

/// I7 and I12: what the test caused is what is there.
fn counted(product: &Product) -> Vec<String> {
    let mut broken = Vec::new();
    let unknown = product.owner.number("SELECT count(*) FROM message WHERE state = 4");
    if unknown > product.caused.unknown {
        broken.push(format!(
            "I7 messages are unknown only where a reply was lost: {unknown}, at most {}",
            product.caused.unknown
        ));
    }
    let (stored, caused) = (product.owner.number("SELECT count(*) FROM hit"), product.caused.hits.get());
    if stored != caused {
        broken.push(format!("I12 every hit is stored once: {stored} rows for {caused} redirects"));
    }
    broken
}

/// I3: the status that people see adds up.
fn totals(product: &Product) -> Vec<String> {
    let launches = "SELECT code, occurrence_id::text FROM launch JOIN institution USING (institution_id)";
    let mut broken = Vec::new();
    for (institution, occurrence) in product.owner.rows::<(String, String)>(launches) {
        let status = product.status(&Launch { institution, occurrence: occurrence.clone() });
        let sum = |name: &str| {
            status[name].as_object().map_or(0, |reasons| reasons.values().filter_map(Value::as_i64).sum())
        };
        let one = |name: &str| status[name].as_i64().unwrap_or(i64::MIN / 8);
        let ends = ["accepted", "failed", "unknown", "cancelled", "expired", "pending"];
        let ended: i64 = ends.iter().map(|name| one(name)).sum::<i64>() + sum("excluded_at_claim");
        if one("matched") != one("planned") + sum("excluded_at_launch") || one("planned") != ended {
            broken.push(format!("I3 the status of launch {occurrence} adds up: {status}"));
        }
    }
    broken
}

/// I14 and the projections: what is stored is what its evidence says, by the product's own commands.
fn projections(product: &Product) -> Vec<String> {
    let mut broken = Vec::new();
    for (institution,) in product.owner.rows::<(String,)>("SELECT code FROM institution") {
        for projection in ["recency", "gate", "evidence"] {
            let ran = product.rappel(&["verify", "--institution", &institution, projection]);
            if !ran.succeeded {
                broken.push(format!("verify {projection} of {institution}: {}{}", ran.said, ran.complained));
            }
        }
    }
    broken
}
