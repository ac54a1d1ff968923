//! What dead workers of this host left behind, read from their send-journals and recorded before anything new is claimed.
//!
//! Whoever holds the lock of a journal knows that its worker is dead. Per claim the journal says one of three things
//! (delivery 2.4): the reply was read, record it; the dot was or may have been written, `unknown`; surely unsent, released.
//! What the database says the dead worker still holds beyond that is judged the same way. Then the worker is ended and its
//! journal deleted. Everything may be done twice: the second time nothing is left to decide.
//!
//! A damaged journal says nothing: every claim of its worker becomes `unknown`, and the folder stays under another name.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use model::ambient::Entropy;
use model::ids::InstitutionId;
use model::reply::{Outcome, Phase, classify};
use spool::journal::{AttemptKey, Fate, FinalReply, Replay, SendJournal};
use spool::{SpoolError, SpoolId};
use store::claim::Lease;
use store::result::{Ending, Report};
use store::{Store, StoreError};
use uuid::Uuid;

/// Reports in one transaction.
const BATCH: usize = 500;

/// Why what was left could not be recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The database said no; nothing is lost.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A journal was recorded and cannot be deleted.
    #[error("send-journal: {0}")]
    Journal(#[from] SpoolError),
    /// The folder of the journals cannot be used.
    #[error("folder of send-journals {}: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What was recovered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Workers whose journals were read.
    pub workers: usize,
    /// Claims that were ended.
    pub claims: u64,
}

/// Records what every dead worker left in `journals`. A journal whose worker lives is left alone.
///
/// # Errors
/// When the database is away or the folder cannot be used; what was recorded before stays so.
pub async fn recover(
    store: &Store,
    journals: &Path,
    entropy: &dyn Entropy,
) -> Result<Recovered, RecoverError> {
    let mut recovered = Recovered::default();
    for (worker, folder) in folders(journals)? {
        let left = match SendJournal::open(&folder, SpoolId(worker)) {
            Ok(journal) => Left::Journal(Box::new(journal)),
            Err(SpoolError::Locked { .. }) => continue,
            Err(
                error @ (SpoolError::Corrupt { .. }
                | SpoolError::NotASegment { .. }
                | SpoolError::OtherKind { .. }
                | SpoolError::OtherSpool { .. }),
            ) => {
                tracing::error!(%error, worker.id = %worker, "recover.journal_damaged");
                Left::Damaged
            }
            // The disk, or another release's record: never guessed.
            Err(error) => return Err(error.into()),
        };
        let claims = record(store, worker, &left, entropy).await?;
        store.end_worker(worker).await?;
        tracing::info!(worker.id = %worker, claims, "recover.worker");
        recovered.workers += 1;
        recovered.claims += claims;
        match left {
            Left::Journal(journal) => journal.0.destroy()?,
            Left::Damaged => {
                fs::rename(&folder, folder.with_extension("damaged")).map_err(at(&folder))?;
            }
        }
    }
    Ok(recovered)
}

/// What a dead worker left.
enum Left {
    /// Its journal, read.
    Journal(Box<(SendJournal, Replay)>),
    /// Something that cannot be read.
    Damaged,
}

impl Left {
    fn fate(&self, attempt: &AttemptKey) -> Fate {
        match self {
            Self::Journal(journal) => journal.1.fate(attempt),
            Self::Damaged => Fate::MaybeSent,
        }
    }

    /// What the journal names, also where the database knows nothing of it any more.
    fn listed(&self) -> Vec<(AttemptKey, Fate)> {
        match self {
            Self::Journal(journal) => journal.1.listed().collect(),
            Self::Damaged => Vec::new(),
        }
    }
}

async fn record(
    store: &Store,
    worker: Uuid,
    left: &Left,
    entropy: &dyn Entropy,
) -> Result<u64, RecoverError> {
    let mut fates: BTreeMap<InstitutionId, Vec<(Lease, Fate)>> = BTreeMap::new();
    for (attempt, fate) in left.listed() {
        fates.entry(attempt.institution).or_default().push((lease(&attempt), fate));
    }
    for institution in store.institutions().await? {
        for lease in store.leases_of(institution, worker, Duration::ZERO).await? {
            let known = fates.entry(institution).or_default();
            if !known.iter().any(|(other, _)| *other == lease) {
                known.push((lease, left.fate(&attempt(institution, &lease))));
            }
        }
    }
    let mut claims = 0;
    for (institution, fates) in fates {
        let reports: Vec<Report> =
            fates.into_iter().map(|(lease, fate)| report(lease, fate, entropy)).collect();
        for batch in reports.chunks(BATCH) {
            let recorded = store.record(institution, batch.to_vec()).await?;
            claims += recorded.attempts;
            for (channel, hash) in recorded.invalid {
                store.invalidate_address(institution, channel, hash).await?;
            }
        }
    }
    Ok(claims)
}

fn report(lease: Lease, fate: Fate, entropy: &dyn Entropy) -> Report {
    let mut bytes = [0; 4];
    entropy.fill(&mut bytes);
    let chance = u32::from_le_bytes(bytes);
    match fate {
        Fate::Unsent => Report::without_reply(lease, Ending::Released, chance),
        Fate::MaybeSent => Report::without_reply(lease, Ending::Unknown, chance),
        // The dot was withheld after all.
        Fate::Replied(FinalReply { code: 0, outcome, .. }) => {
            Report::without_reply(lease, outcome.into(), chance)
        }
        Fate::Replied(FinalReply { code, enhanced, outcome }) => {
            let class = classify(Phase::FinalDot, code, enhanced);
            Report {
                code: Some(code),
                enhanced: enhanced.map(|code| code.to_string()),
                fault: class.and_then(|class| class.fault),
                address_invalid: outcome == Outcome::Failed
                    && class.is_some_and(|class| class.invalidates_address()),
                ..Report::without_reply(lease, outcome.into(), chance)
            }
        }
    }
}

fn lease(attempt: &AttemptKey) -> Lease {
    Lease {
        occurrence: attempt.occurrence,
        contact: attempt.contact,
        channel: attempt.channel,
        attempt_no: attempt.attempt_no,
        token: attempt.claim,
    }
}

fn attempt(institution: InstitutionId, lease: &Lease) -> AttemptKey {
    AttemptKey {
        institution,
        occurrence: lease.occurrence,
        contact: lease.contact,
        channel: lease.channel,
        attempt_no: lease.attempt_no,
        claim: lease.token,
    }
}

/// The journals: folders that are named by a worker. Makes the folder when there is none.
fn folders(journals: &Path) -> Result<Vec<(Uuid, PathBuf)>, RecoverError> {
    fs::create_dir_all(journals).map_err(at(journals))?;
    let mut found = Vec::new();
    for entry in fs::read_dir(journals).map_err(at(journals))? {
        let path = entry.map_err(at(journals))?.path();
        let worker = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
        found.extend(worker.map(|worker| (worker, path)));
    }
    Ok(found)
}

fn at(path: &Path) -> impl Fn(io::Error) -> RecoverError {
    let path = path.to_owned();
    move |source| RecoverError::Folder { path: path.clone(), source }
}
