//! Reading the file: a thread parses and encodes ahead of the database, at most two chunks.

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use intake::{
    FileRefused, Intake, Kind, Record, Rejection, Row, RowError, SourceName, Tally, record_id, records,
};
use model::ambient::Entropy;
use tokio::sync::mpsc;

use super::ImportJob;
use super::copy::{CopyField, CopyRows};
use super::steps::chunk_rows;

/// Octets asked of the reader at once.
const READ_BYTES: usize = 1 << 18;

/// A kind of file whose rows can be staged.
pub(super) trait Staged: Record + Send + 'static {
    /// Appends the row in the order of the columns of the kind's `incoming.sql`.
    fn stage(row: &Row<Self>, with: &Staging, out: &mut CopyRows);
}

/// What staging a row needs besides the row.
pub(super) struct Staging {
    pub(super) source: SourceName,
    pub(super) entropy: Arc<dyn Entropy>,
}

impl Staging {
    /// Appends the columns that all kinds share, then the kind's own. `key` is the record's name in its source.
    pub(super) fn push<T: Record>(
        &self,
        row: &Row<T>,
        key: &str,
        own: &[&dyn CopyField],
        out: &mut CopyRows,
    ) {
        let number = i64::try_from(row.number).unwrap_or(i64::MAX);
        let row_id = record_id(T::KIND, &self.source, key, "");
        let shared: [&dyn CopyField; 4] = [&number, &row_id, &row.as_of, &row.content_key()];
        out.push([&shared, own]);
    }
}

/// Some rows of the file.
pub(super) struct Batch {
    /// Those that were understood, for the kind's `incoming` table.
    pub(super) rows: CopyRows,
    /// How many of each there are in this batch.
    pub(super) tally: Tally,
    pub(super) rejections: Vec<Rejection>,
    pub(super) remarks: Vec<Rejection>,
}

/// What the thread has to say. It ends with one of the last three; silence instead means that it panicked.
pub(super) enum Fed {
    Batch(Batch),
    End,
    Refused(FileRefused),
    Broken(std::io::Error),
}

pub(super) type Feed = mpsc::Receiver<Fed>;

/// Starts reading. The thread ends with the file, or when nobody takes its batches any more.
pub(super) fn open(job: &ImportJob, reader: Box<dyn Read + Send>, entropy: Arc<dyn Entropy>) -> Feed {
    let (sender, feed) = mpsc::channel(1);
    let job = job.clone();
    tokio::task::spawn_blocking(move || {
        let read = match job.kind {
            Kind::Organisations => read::<records::Organisation>,
            Kind::Wordings => read::<records::Wording>,
            Kind::CollectionPoints => read::<records::CollectionPoint>,
            Kind::Criteria => read::<records::Criterion>,
            Kind::Indicators => read::<records::Indicator>,
            Kind::Places => read::<records::Place>,
            Kind::Contacts => read::<records::Contact>,
            Kind::Products => read::<records::Product>,
            Kind::OrderLines => read::<records::OrderLine>,
            Kind::Activities => read::<records::Activity>,
            Kind::Balances => read::<records::Balance>,
            Kind::IndicatorValues => read::<records::IndicatorValue>,
            Kind::Authorisations => read::<records::Authorisation>,
        };
        let end = read(&job, reader, entropy, &sender);
        // Nobody listens any more when the import failed first.
        let _ = sender.blocking_send(end);
    });
    feed
}

/// Sends batches until the end of the file, and returns what ended it.
fn read<T: Staged>(
    job: &ImportJob,
    reader: Box<dyn Read + Send>,
    entropy: Arc<dyn Entropy>,
    sender: &mpsc::Sender<Fed>,
) -> Fed {
    let staging = Staging { source: job.options.source.clone(), entropy };
    let reader = BufReader::with_capacity(READ_BYTES, reader);
    let options = job.options.clone();
    match &job.mapping {
        Some(mapping) => match Intake::<T, _>::open_mapped(mapping, reader, options) {
            Ok(file) => send(job, file, &staging, sender),
            Err(refused) => Fed::Refused(refused),
        },
        None => match Intake::<T, _>::open(job.format, reader, options) {
            Ok(file) => send(job, file, &staging, sender),
            Err(refused) => Fed::Refused(refused),
        },
    }
}

fn send<T: Staged, R: BufRead>(
    job: &ImportJob,
    mut file: Intake<T, R>,
    staging: &Staging,
    sender: &mpsc::Sender<Fed>,
) -> Fed {
    let size = chunk_rows(job.kind, job.chunk_rows) as u64;
    loop {
        let before = file.tally();
        let (mut batch, end) = next_batch(&mut file, size, staging);
        batch.tally = since(file.tally(), before);
        if batch.tally.read > 0 && sender.blocking_send(Fed::Batch(batch)).is_err() {
            return Fed::End;
        }
        match end {
            End::OfBatch => {}
            End::OfFile => return Fed::End,
            End::Broken(error) => return Fed::Broken(error),
        }
    }
}

/// Why a batch is no longer.
enum End {
    OfBatch,
    OfFile,
    Broken(std::io::Error),
}

fn next_batch<T: Staged, R: BufRead>(file: &mut Intake<T, R>, size: u64, staging: &Staging) -> (Batch, End) {
    let mut batch =
        Batch { rows: CopyRows::new(), tally: Tally::default(), rejections: Vec::new(), remarks: Vec::new() };
    let end = file.tally().read + size;
    while file.tally().read < end {
        match file.next() {
            None => return (batch, End::OfFile),
            Some(Err(RowError::Unreadable(error))) => return (batch, End::Broken(error)),
            Some(Err(RowError::Rejected(rejections))) => batch.rejections.extend(rejections),
            Some(Ok(mut row)) => {
                batch.remarks.append(&mut row.remarks);
                T::stage(&row, staging, &mut batch.rows);
            }
        }
    }
    (batch, End::OfBatch)
}

fn since(now: Tally, before: Tally) -> Tally {
    Tally {
        read: now.read - before.read,
        parsed: now.parsed - before.parsed,
        rejected: now.rejected - before.rejected,
        duplicates: now.duplicates - before.duplicates,
    }
}
