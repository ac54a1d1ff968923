//! One institution that takes files, and what it then knows.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use intake::{Format, Kind, Options, Rejection, SourceName};
use model::ids::{ContactId, InstitutionId};
use sqlx::{ConnectOptions as _, PgConnection};
use store::import::{ImportError, ImportJob, ImportReport, ImportTools, Observer};
use store::testing::{Database, SeededEntropy, address_keys};
use store::{gate, recency};
use uuid::Uuid;

/// The instant as of which files are true unless they say otherwise.
pub const AS_OF: &str = "2026-01-31T04:00:00Z";

static RUN: AtomicU64 = AtomicU64::new(1);

/// An institution and the means to import into it.
pub struct World {
    pub database: Database,
    pub institution: InstitutionId,
    tools: ImportTools,
    pub heard: Arc<Mutex<Heard>>,
    pub chunk_rows: Option<usize>,
    pub source: &'static str,
}

/// What an observer was told.
#[derive(Debug, Default)]
pub struct Heard {
    pub rejected: Vec<String>,
    pub late_rejected: Vec<String>,
    pub remarks: usize,
    pub progress: Vec<u64>,
}

struct Listening(Arc<Mutex<Heard>>);

impl Observer for Listening {
    fn progress(&mut self, report: &ImportReport) {
        assert!(report.adds_up());
        self.0.lock().unwrap().progress.push(report.read);
    }

    fn rejected(&mut self, rejection: &Rejection) {
        self.0.lock().unwrap().rejected.push(rejection.to_string());
    }

    fn late_rejected(&mut self, kind: Kind, rejection: &Rejection) {
        self.0.lock().unwrap().late_rejected.push(format!("{kind}: {rejection}"));
    }

    fn remark(&mut self, _: &Rejection) {
        self.0.lock().unwrap().remarks += 1;
    }
}

impl World {
    pub async fn new() -> Self {
        Self::inside(Database::fresh().await, "opera").await
    }

    pub async fn inside(database: Database, code: &str) -> Self {
        let institution = database.institution(code).await;
        let tools =
            ImportTools { keys: address_keys(institution), entropy: Arc::new(SeededEntropy::new(code)) };
        Self { database, institution, tools, heard: Arc::default(), chunk_rows: None, source: "ticketing" }
    }

    /// Imports CSV that is true as of [`AS_OF`].
    pub async fn import(&self, kind: Kind, csv: &str) -> ImportReport {
        self.import_as_of(kind, AS_OF, csv).await
    }

    pub async fn import_as_of(&self, kind: Kind, as_of: &str, csv: &str) -> ImportReport {
        let report = self.attempt(self.job(kind, as_of), csv).await.unwrap();
        assert!(report.adds_up());
        report
    }

    pub async fn dry_run(&self, kind: Kind, csv: &str) -> ImportReport {
        let job = ImportJob { dry_run: true, ..self.job(kind, AS_OF) };
        self.attempt(job, csv).await.unwrap()
    }

    pub async fn attempt(&self, job: ImportJob, csv: &str) -> Result<ImportReport, ImportError> {
        self.attempt_from(job, Box::new(std::io::Cursor::new(csv.to_owned()))).await
    }

    pub async fn attempt_from(
        &self,
        job: ImportJob,
        reader: Box<dyn std::io::Read + Send>,
    ) -> Result<ImportReport, ImportError> {
        let observer = Box::new(Listening(Arc::clone(&self.heard)));
        self.database.app.import(self.institution, job, self.tools.clone(), reader, observer).await
    }

    pub fn job(&self, kind: Kind, as_of: &str) -> ImportJob {
        ImportJob {
            run_id: Uuid::from_u128(u128::from(RUN.fetch_add(1, Ordering::Relaxed)) << 64),
            kind,
            format: Format::Csv,
            options: Options::new(SourceName::parse(self.source).unwrap(), instant(as_of)),
            file_name: format!("{kind}.csv"),
            dry_run: false,
            mapping: None,
            chunk_rows: self.chunk_rows,
        }
    }

    /// With the address keys after a rotation.
    pub fn with_keys(mut self, keys: model::address::AddressKeys) -> Self {
        self.tools.keys = keys;
        self
    }

    pub async fn owner(&self) -> PgConnection {
        self.database.owner.connect().await.unwrap()
    }

    /// One value of the first row; `$1` is the institution.
    pub async fn value<T>(&self, sql: &'static str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        sqlx::query_scalar(sql).bind(self.institution.0).fetch_one(&mut self.owner().await).await.unwrap()
    }

    /// The first column of every row, as text; `$1` is the institution.
    pub async fn lines(&self, sql: &'static str) -> Vec<String> {
        sqlx::query_scalar(sql).bind(self.institution.0).fetch_all(&mut self.owner().await).await.unwrap()
    }

    pub async fn contact(&self, external_id: &str) -> ContactId {
        let id = sqlx::query_scalar(
            "SELECT contact_id FROM contact WHERE institution_id = $1 AND external_id = $2",
        )
        .bind(self.institution.0)
        .bind(external_id)
        .fetch_one(&mut self.owner().await)
        .await
        .unwrap();
        ContactId(id)
    }

    /// Every contact's recency as `C-1 2026-01-31`, or `C-1 unknown`.
    pub async fn recency(&self) -> Vec<String> {
        self.lines(
            "SELECT c.external_id || ' ' || coalesce(r.counts_on::text, 'unknown')
             FROM contact c LEFT JOIN recency r USING (institution_id, contact_id)
             WHERE c.institution_id = $1 ORDER BY 1",
        )
        .await
    }

    /// Every answer in force as `C-1 org/topic/channel yes`.
    pub async fn answers(&self) -> Vec<String> {
        self.lines(
            "SELECT concat_ws(' ', c.external_id, concat_ws('/', coalesce(o.external_id, '*'), coalesce(t.code, '*'), a.channel),
                    CASE a.answer WHEN 1 THEN 'yes' ELSE 'no' END, a.expires_on)
             FROM authorisation a
             JOIN contact c USING (institution_id, contact_id)
             LEFT JOIN organisation o ON o.institution_id = a.institution_id AND o.organisation_id = a.organisation_id
             LEFT JOIN topic t ON t.institution_id = a.institution_id AND t.topic_id = a.topic_id
             WHERE a.institution_id = $1 ORDER BY 1",
        )
        .await
    }

    /// Projections are what their evidence says: asked after every test.
    pub async fn check_projections(&self) {
        let (gates, contacts) = self
            .database
            .app
            .scoped(self.institution, |mut tx| async move {
                let contacts = recency::verify(&mut tx).await?;
                let gates = gate::differences(&mut tx).await?;
                tx.roll_back((gates, contacts)).await
            })
            .await
            .unwrap();
        assert_eq!((gates, contacts), (0, Vec::new()), "gates and contacts that differ from their evidence");
    }
}

pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}
