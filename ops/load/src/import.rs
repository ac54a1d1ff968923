//! Importing half a million activities, from the file to committed recency, beside COPY of the same rows, resolved already, into the
//! same columns, keys and indexes.
//!
//! The bare side is given what ours has to find out: ids for names, the day that counts. Its rows come in the order of the file,
//! as a system exports them, since that is what somebody who copies a file has. That ours brings them into a better order before
//! it writes is part of what is measured.

use std::fs::File;
use std::io::{BufWriter, Cursor, Read, Seek as _, Write as _};
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use futures::TryStreamExt as _;
use intake::{Format, Kind, Options, SourceName};
use model::ids::InstitutionId;
use sqlx::{ConnectOptions as _, PgConnection};
use store::import::{ImportJob, ImportTools, Unobserved};
use store::testing::{Database, SeededEntropy, address_keys};
use uuid::Uuid;

use crate::pairs::{Bound, Pairs};

const CONTACTS: u64 = 100_000;
const PRODUCTS: u64 = 200;
const ACTIVITIES: u64 = 500_000;
const ROUNDS: u64 = 5;
const BOUND: Bound = Bound::AtLeast(0.40);
/// Octets sent at once by the bare side.
const SEND_BYTES: usize = 1 << 20;

/// Runs the bench.
pub async fn run() -> anyhow::Result<()> {
    let stage = Stage::set().await?;
    let mut owner = stage.database.owner.connect().await?;
    let mut pairs = Pairs::default();
    // One round before the first that counts, to fill the caches of both sides alike; it leaves the rows for the bare side.
    stage.ours(0).await?;
    let rows = copied(&mut owner).await?;
    execute(&mut owner, "CREATE TABLE bare (LIKE activity INCLUDING ALL)").await?;
    for round in 1..=ROUNDS {
        for statement in EMPTY {
            execute(&mut owner, statement).await?;
        }
        let raw = bare(&mut owner, &rows).await?;
        pairs.push(stage.ours(round).await?, raw);
    }
    pairs.report("import", format!("rows a second, of {ACTIVITIES} activities"), BOUND).conclude()
}

/// The file as it was before any activity.
const EMPTY: [&str; 4] = [
    "TRUNCATE activity, recency, bare",
    "INSERT INTO recency (institution_id, contact_id, created_on) SELECT institution_id, contact_id, created_on FROM contact",
    "VACUUM ANALYZE activity, recency, bare",
    "CHECKPOINT",
];

/// An institution with contacts and products, and the file of their activities.
struct Stage {
    database: Database,
    silo: InstitutionId,
    tools: ImportTools,
    activities: File,
}

impl Stage {
    async fn set() -> anyhow::Result<Self> {
        let database = Database::fresh().await;
        let silo = database.institution("import").await;
        let tools = ImportTools { keys: address_keys(silo), entropy: Arc::new(SeededEntropy::new("import")) };
        let stage = Self { database, silo, tools, activities: activities()? };
        for (number, kind, text) in [
            (1, Kind::Organisations, "external_id,name\nO0,Opera\nO1,Club\n".to_owned()),
            (2, Kind::Products, products()),
            (3, Kind::Contacts, contacts()),
        ] {
            stage.import(number, kind, Box::new(Cursor::new(text))).await?;
        }
        Ok(stage)
    }

    /// The rate from the file to the last commit.
    async fn ours(&self, round: u64) -> anyhow::Result<f64> {
        let mut file = self.activities.try_clone()?;
        file.rewind()?;
        let start = Instant::now();
        let rows = self.import(100 + round, Kind::Activities, Box::new(file)).await?;
        let seconds = start.elapsed().as_secs_f64();
        anyhow::ensure!(rows == ACTIVITIES, "only {rows} activities were new");
        Ok(ACTIVITIES as f64 / seconds)
    }

    /// Imports as the command line does; how many rows were new.
    async fn import(&self, run: u64, kind: Kind, reader: Box<dyn Read + Send>) -> anyhow::Result<u64> {
        let source = SourceName::parse("ticketing").ok().context("a source's name")?;
        let job = ImportJob {
            run_id: Uuid::from_u128(u128::from(run)),
            kind,
            format: Format::Csv,
            options: Options::new(source, "2026-01-31T04:00:00Z".parse()?),
            file_name: format!("{kind}.csv"),
            dry_run: false,
            mapping: None,
            chunk_rows: None,
        };
        let report = self
            .database
            .app
            .import(self.silo, job, self.tools.clone(), reader, Box::new(Unobserved))
            .await?;
        Ok(report.rows.new)
    }
}

/// The rate of COPY.
async fn bare(owner: &mut PgConnection, rows: &[u8]) -> anyhow::Result<f64> {
    let start = Instant::now();
    let mut copy = owner.copy_in_raw("COPY bare FROM STDIN (FORMAT binary)").await?;
    for part in rows.chunks(SEND_BYTES) {
        copy.send(part).await?;
    }
    let written = copy.finish().await?;
    let seconds = start.elapsed().as_secs_f64();
    anyhow::ensure!(written == ACTIVITIES, "only {written} rows were copied");
    Ok(ACTIVITIES as f64 / seconds)
}

/// The imported rows in the order of the file, which their amounts tell.
async fn copied(owner: &mut PgConnection) -> anyhow::Result<Vec<u8>> {
    let mut parts =
        owner.copy_out_raw("COPY (SELECT * FROM activity ORDER BY amount) TO STDOUT (FORMAT binary)").await?;
    let mut rows = Vec::new();
    while let Some(part) = parts.try_next().await? {
        rows.extend_from_slice(&part);
    }
    Ok(rows)
}

/// Half of the products are dated, so that recency has to look at them.
fn products() -> String {
    let mut text = "external_id,organisation,name,valid_on,state\n".to_owned();
    for n in 0..PRODUCTS {
        let (organisation, month) = (n % 2, 1 + n % 9);
        let valid_on = if n % 2 == 0 { format!("2026-0{month}-11") } else { String::new() };
        text.push_str(&format!("P{n},O{organisation},Product {n},{valid_on},scheduled\n"));
    }
    text
}

fn contacts() -> String {
    let mut text = "external_id,kind,first_name,last_name,email,city,created_on\n".to_owned();
    for n in 0..CONTACTS {
        text.push_str(&format!("C{n},individual,First{n},Last{n},p{n}@planted.example,Lyon,2009-01-01\n"));
    }
    text
}

/// Five for each contact, in no order of theirs; half of them for a product. The amount in cents is the place in the file.
fn activities() -> anyhow::Result<File> {
    let mut file = BufWriter::new(tempfile::tempfile()?);
    writeln!(file, "external_id,contact,kind,organisation,product,happened_on,amount")?;
    for n in 0..ACTIVITIES {
        let contact = scattered(n) % CONTACTS;
        let product = if n % 2 == 0 { format!("P{}", contact % PRODUCTS) } else { String::new() };
        let (organisation, year, month, day) = (n % 2, 2010 + n * 15 / ACTIVITIES, 1 + n % 12, 1 + n % 28);
        let (whole, cents) = (n / 100, n % 100);
        writeln!(
            file,
            "A{n},C{contact},sale,O{organisation},{product},{year}-{month:02}-{day:02},{whole}.{cents:02}"
        )?;
    }
    Ok(file.into_inner()?)
}

/// Numbers one after the other, thrown about (Fibonacci hashing).
const fn scattered(n: u64) -> u64 {
    n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32
}

async fn execute(owner: &mut PgConnection, statement: &'static str) -> anyhow::Result<()> {
    sqlx::query(statement).execute(owner).await?;
    Ok(())
}
