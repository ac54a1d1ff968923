//! Results into the ledger: in batches, again and again while the database is away.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use model::ids::InstitutionId;
use spool::journal::DotMark;
use store::StoreError;
use store::result::{Recorded, Report};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use super::Shared;
use super::compose::Ticket;

/// Results in one transaction, at most: what a lost machine may leave unknown beside its sessions.
const BATCH: usize = 50;
/// A result waits so long for others.
const LINGER: Duration = Duration::from_millis(20);
/// Between two attempts while the database is away.
const PAUSE: Duration = Duration::from_millis(500);

/// The end of a claim.
pub(super) struct Ended {
    pub(super) ticket: Ticket,
    /// `None` when the attempt was ended elsewhere: only this worker's own books are left to close.
    pub(super) report: Option<Report>,
    pub(super) mark: Option<DotMark>,
}

/// Where ends are handed in. Bounded by the claims that a lane may hold.
pub(super) struct Recording(UnboundedSender<Ended>);

/// Writes them.
pub(super) struct Recorder(UnboundedReceiver<Ended>);

pub(super) fn pair() -> (Recording, Recorder) {
    let (sender, receiver) = unbounded_channel();
    (Recording(sender), Recorder(receiver))
}

impl Recording {
    pub(super) fn submit(&self, ended: Ended) {
        // The recorder outlives everybody who hands something in; what comes later is the journal's.
        let _ = self.0.send(ended);
    }
}

impl Recorder {
    /// Records until `stop`; what was handed in before is written when the database takes it.
    pub(super) async fn run(mut self, shared: Arc<Shared>, stop: CancellationToken) {
        while let Some(first) = self.first(&stop).await {
            let mut batch: BTreeMap<InstitutionId, Vec<Ended>> = BTreeMap::new();
            let (mut size, limit) = (1, Instant::now() + LINGER);
            batch.entry(first.ticket.institution).or_default().push(first);
            while size < BATCH
                && let Ok(Some(next)) = timeout_at(limit, self.0.recv()).await
            {
                batch.entry(next.ticket.institution).or_default().push(next);
                size += 1;
            }
            for (institution, ended) in batch {
                record(&shared, institution, ended, &stop).await;
            }
        }
    }

    async fn first(&mut self, stop: &CancellationToken) -> Option<Ended> {
        match stop.run_until_cancelled(self.0.recv()).await {
            Some(first) => first,
            None => self.0.try_recv().ok(),
        }
    }
}

async fn record(shared: &Shared, institution: InstitutionId, ended: Vec<Ended>, stop: &CancellationToken) {
    let reports: Vec<Report> = ended.iter().filter_map(|ended| ended.report.clone()).collect();
    match write(shared, institution, &reports, stop).await {
        Ok(recorded) => {
            close_books(shared, ended);
            invalidate(shared, institution, recorded).await;
        }
        Err(Unwritten::Stopped) => {}
        Err(Unwritten::Refused(error)) => {
            tracing::error!(%error, reports = reports.len(), "send.batch_refused");
            // One of them may be to blame: the others are recorded without it.
            for ended in ended {
                let report: Vec<Report> = ended.report.iter().cloned().collect();
                match write(shared, institution, &report, stop).await {
                    Ok(recorded) => {
                        close_books(shared, vec![ended]);
                        invalidate(shared, institution, recorded).await;
                    }
                    Err(Unwritten::Stopped) => return,
                    Err(Unwritten::Refused(error)) => give_up(&ended, &error),
                }
            }
        }
    }
}

enum Unwritten {
    /// Told to stop while the database was away.
    Stopped,
    /// The database is there and does not take it.
    Refused(StoreError),
}

async fn write(
    shared: &Shared,
    institution: InstitutionId,
    reports: &[Report],
    stop: &CancellationToken,
) -> Result<Recorded, Unwritten> {
    if reports.is_empty() {
        return Ok(Recorded::default());
    }
    loop {
        match shared.parts.store.record(institution, reports.to_vec()).await {
            Ok(recorded) => {
                shared.health.unstuck();
                return Ok(recorded);
            }
            Err(error) if error.is_outage() => {
                tracing::warn!(%error, results = reports.len(), "send.results_wait");
                shared.health.stuck();
                if stop.run_until_cancelled(sleep(PAUSE)).await.is_none() {
                    return Err(Unwritten::Stopped);
                }
            }
            Err(error) => return Err(Unwritten::Refused(error)),
        }
    }
}

/// What is committed is forgotten here.
fn close_books(shared: &Shared, ended: Vec<Ended>) {
    for Ended { ticket, mark, .. } in ended {
        if let Some(mark) = mark
            && let Err(error) = shared.journal.recorded(mark)
        {
            tracing::error!(%error, "send.journal_broken");
            shared.health.break_journal();
        }
        shared.held.ended(&ticket.lease);
        ticket.load.ended(ticket.asked.elapsed());
    }
}

/// The lease stays in the database and in this worker's books, and the journal keeps what it knows: a person has to look,
/// and the next start records it.
fn give_up(ended: &Ended, error: &StoreError) {
    let lease = &ended.ticket.lease;
    tracing::error!(%error, launch.id = %lease.occurrence, contact.id = %lease.contact, "send.result_refused");
    ended.ticket.load.ended(ended.ticket.asked.elapsed());
}

async fn invalidate(shared: &Shared, institution: InstitutionId, recorded: Recorded) {
    for (channel, hash) in recorded.invalid {
        if let Err(error) = shared.parts.store.invalidate_address(institution, channel, hash).await {
            // The next message to this address bounces and brings it back.
            tracing::warn!(%error, institution.id = %institution, "send.address_not_marked");
        }
    }
}
