//! The report that lies beside a file: one JSON object without personal data.

use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use intake::Mapping;
use serde_json::{Map, Value, json};
use store::import::watched::{Attempt, Found, Outcome};
use store::import::{Counts, ImportReport};

/// What every report says about its file.
pub struct Record<'a> {
    pub found: &'a Found,
    pub mapping: &'a Mapping,
}

impl Record<'_> {
    /// The report of a file that was read to its end.
    pub fn imported(
        &self,
        outcome: Outcome,
        as_of: DateTime<Utc>,
        report: &ImportReport,
        earlier: &[Attempt],
        late_rejected: &[String],
    ) -> String {
        let mut about = self.about(outcome, as_of);
        about.insert("run".to_owned(), json!(report.run_id));
        about.insert("rows".to_owned(), counts(report.read, &report.rows));
        let reasons = report.reasons.iter();
        let reasons =
            reasons.map(|((field, reason), rows)| json!({"field": field, "reason": reason, "rows": rows}));
        about.insert("reasons".to_owned(), reasons.collect());
        about.insert("remarks".to_owned(), json!(report.remarks));
        about.insert("claims".to_owned(), json!(report.claims));
        let late = report.late.iter();
        let late = late.map(|(kind, rows)| (kind.word().to_owned(), counts(rows.sum(), rows)));
        about.insert("had_waited".to_owned(), Value::Object(late.collect()));
        about.insert("had_waited_and_rejected".to_owned(), json!(late_rejected));
        let interrupted = earlier
            .iter()
            .map(|attempt| json!({"run": attempt.run_id, "rows": counts(attempt.read, &attempt.rows)}));
        about.insert("interrupted_before".to_owned(), interrupted.collect());
        pretty(about)
    }

    /// The report of a file of which nothing was taken.
    pub fn refused(&self, as_of: DateTime<Utc>, error: &str) -> String {
        let mut about = self.about(Outcome::Refused, as_of);
        about.insert("error".to_owned(), json!(error));
        pretty(about)
    }

    /// The report of a file that said what the one before it had said.
    pub fn repeated(&self, before: &str, as_of: DateTime<Utc>) -> String {
        let mut about = self.about(Outcome::Repeated, as_of);
        about.insert("same_as".to_owned(), json!(before));
        pretty(about)
    }

    fn about(&self, outcome: Outcome, as_of: DateTime<Utc>) -> Map<String, Value> {
        let entries = [
            ("file", json!(self.found.file_name)),
            ("sha256", json!(HEXLOWER.encode(&self.found.content_hash))),
            ("mapping", json!(self.found.mapping.as_str())),
            ("kind", json!(self.mapping.kind().word())),
            ("source", json!(self.mapping.source().as_str())),
            ("as_of", json!(as_of)),
            ("outcome", json!(outcome.word())),
        ];
        entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

fn counts(read: u64, rows: &Counts) -> Value {
    json!({
        "read": read,
        "new": rows.new,
        "changed": rows.changed,
        "unchanged": rows.unchanged,
        "waiting": rows.waiting,
        "rejected": rows.rejected,
    })
}

fn pretty(report: Map<String, Value>) -> String {
    format!("{:#}", Value::Object(report))
}
