//! What the demo prints in the end: one JSON object whose numbers add up.

use std::collections::BTreeMap;

use anyhow::ensure;
use model::permission::Reason;
use serde::Serialize;
use store::launch::Status;

/// The outcome of the tour. The same seed and the same purchases give the same object.
#[derive(Debug, Serialize)]
pub struct Outcome {
    matched: i64,
    planned: i64,
    excluded_at_launch: BTreeMap<Reason, i64>,
    excluded_at_claim: BTreeMap<Reason, i64>,
    accepted: i64,
    failed: i64,
    unknown: i64,
    cancelled: i64,
    expired: i64,
    pending: i64,
    clicked_human: i64,
    hits_machine: i64,
    recency_moved: u64,
    duplicates: u64,
    lost: u64,
}

/// What the tour saw beside the ledger.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// Hits judged to be a person's.
    pub clicked_human: i64,
    /// Hits judged to be a machine's.
    pub hits_machine: i64,
    /// Contacts whose recency a click moved.
    pub recency_moved: u64,
    /// Extra acceptances of one Message-ID.
    pub duplicates: u64,
    /// Messages that the ledger calls accepted and the mail server never saw, or that stand nowhere.
    pub lost: u64,
}

impl Outcome {
    /// Joins the ledger's status and what the tour saw.
    #[must_use]
    pub fn new(status: Status, seen: Seen) -> Self {
        Self {
            matched: status.matched,
            planned: status.planned,
            excluded_at_launch: status.excluded_at_launch,
            excluded_at_claim: status.excluded_at_claim,
            accepted: status.accepted,
            failed: status.failed,
            unknown: status.unknown,
            cancelled: status.cancelled,
            expired: status.expired,
            pending: status.pending,
            clicked_human: seen.clicked_human,
            hits_machine: seen.hits_machine,
            recency_moved: seen.recency_moved,
            duplicates: seen.duplicates,
            lost: seen.lost,
        }
    }

    /// The sentences that must hold whatever the seed.
    ///
    /// # Errors
    /// The first sentence that does not hold.
    pub fn check(&self) -> anyhow::Result<()> {
        let at_launch: i64 = self.excluded_at_launch.values().sum();
        let at_claim: i64 = self.excluded_at_claim.values().sum();
        let ended = self.accepted + self.failed + self.unknown + self.cancelled + self.expired;
        ensure!(self.matched == self.planned + at_launch, "matched is not planned and excluded at launch");
        ensure!(
            self.planned == ended + self.pending + at_claim,
            "planned is not what became of the messages"
        );
        ensure!(self.pending == 0, "{} messages have no end", self.pending);
        ensure!(self.excluded_at_launch.len() >= 5, "fewer than five reasons occurred at launch");
        ensure!(at_claim >= 1, "nobody was excluded at the claim");
        ensure!(self.clicked_human >= 1 && self.recency_moved >= 1, "the person's click did not count");
        ensure!(self.hits_machine >= 1, "the scanner was taken for a person");
        ensure!(self.duplicates == 0 && self.lost == 0, "{} duplicates, {} lost", self.duplicates, self.lost);
        Ok(())
    }
}
