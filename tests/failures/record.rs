//! What a trial came to, and the table of results in `docs/faults.md`.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use serde_json::Value;

use super::fire::is_full;
use crate::support::product::Product;

/// The rows of the table stand between these two lines.
const BEGIN: &str = "<!-- results: written by the long form, not by hand -->";
const END: &str = "<!-- end of results -->";

/// One row of the table.
#[derive(Debug)]
pub struct Outcome {
    planned: i64,
    accepted: i64,
    excluded_at_claim: i64,
    unknown: i64,
    unknown_at_most: usize,
    duplicates: usize,
    lost: i64,
    refused: usize,
    sent_to_refusers: i64,
}

impl Outcome {
    pub fn of(product: &Product, status: &Value, refused: usize, unknown_at_most: usize) -> Self {
        let number = |name: &str| status[name].as_i64().unwrap();
        let excluded = status["excluded_at_claim"]
            .as_object()
            .map_or(0, |reasons| reasons.values().filter_map(Value::as_i64).sum());
        let taken: HashMap<String, usize> = product.sink.acceptances_by_message_id();
        let ends: i64 =
            ["accepted", "failed", "unknown", "cancelled", "expired"].iter().map(|name| number(name)).sum();
        Self {
            planned: number("planned"),
            accepted: number("accepted"),
            excluded_at_claim: excluded,
            unknown: number("unknown"),
            unknown_at_most,
            duplicates: taken.values().map(|times| times - 1).sum(),
            lost: number("planned") - ends - excluded,
            refused,
            sent_to_refusers: product.owner.number(include_str!("sent_to_refusers.sql")),
        }
    }

    /// The promise, beside the invariants that every test ends with.
    pub fn check(&self) {
        assert_eq!(
            (self.lost, self.duplicates, self.sent_to_refusers),
            (0, 0, 0),
            "lost, duplicates, sent to refusers: {self:?}"
        );
        assert!(self.unknown <= i64::try_from(self.unknown_at_most).unwrap(), "{self:?}");
        assert!(
            self.excluded_at_claim > 0,
            "nobody refused in time to be left out, so this proved little: {self:?}"
        );
    }

    fn row(&self, name: &str) -> String {
        let Self {
            planned,
            accepted,
            excluded_at_claim,
            unknown,
            unknown_at_most,
            duplicates,
            lost,
            refused,
            sent_to_refusers,
        } = self;
        format!(
            "| {name} | {planned} | {accepted} | {excluded_at_claim} of {refused} | {unknown} (≤ {unknown_at_most}) | {lost} | {duplicates} | {sent_to_refusers} |"
        )
    }
}

/// Writes the row of a long run into the table, in place of the fault's earlier row.
pub fn keep(name: &str, outcome: &Outcome) {
    println!("{}", outcome.row(name));
    if !is_full() {
        return;
    }
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _held = ONE_AT_A_TIME.lock().unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/faults.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("docs/faults.md has a place for results");
    let (rows, after) = rest.split_once(END).expect("the place has an end");
    let own = format!("| {name} |");
    let mut rows: Vec<&str> =
        rows.lines().filter(|line| !line.is_empty() && !line.starts_with(&own)).collect();
    let row = outcome.row(name);
    rows.push(&row);
    // The head of the table stays where it is.
    let head = rows.iter().take_while(|line| line.starts_with("| fault") || line.starts_with("|--")).count();
    rows[head..].sort_unstable();
    fs::write(&path, format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", rows.join("\n"))).unwrap();
}
