//! The worker: from a chunk of ids to the next hop and back into the ledger (delivery A.4, §2.4).
//!
//! Cast, in the order of a message's way: the *claimer* of a lane takes chunks from the queue, waits for an open session and
//! a rate token, and only then claims; the *press* renders, builds and signs on threads of its own; *sessions* speak SMTP;
//! the *recorder* writes results in batches. The *pulse* beats, so that nobody takes a living worker for a dead one.
//!
//! Guarantees
//! * Nothing is sent without a claim that is younger than five seconds at the dot, by this process's own clock, started
//!   before the claim was asked for. A claim that became old meanwhile is decided again (A.4, step 4).
//! * A claim that does not get to its dot is given back soon, so that a refusal is settled within fifteen seconds (G1).
//! * Who cannot record does not send (G4): nothing is claimed while a result waits for the database or the journal is broken.
//! * A lane shares no session, queue, thread or token with another: a notice never waits behind a newsletter.
//! * Told to stop, it claims nothing more, lets every message that it holds come to its end, and leaves neither lease nor
//!   journal. Killed, it leaves both, and [`crate::recover`] reads them.
//!
//! Deliberately not here: retries (the outbox has them), rates per receiving site, other channels than email.

mod lane;
mod claimer;
mod load;
mod pace;
mod occasions;
mod compose;
mod press;
mod ready;
mod session;
mod wire;
mod recorder;
mod held;
mod health;
mod pulse;

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use channels::email::{Signer, SmtpSettings};
use model::ambient::{Clock, Entropy};
use model::token::TokenKeys;
use model::vocabulary;
use spool::journal::SendJournal;
use spool::{SpoolError, SpoolId};
use store::worker::WorkerRole;
use store::{Store, StoreError};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::queue::Port;
use crate::recover::{RecoverError, recover};
use health::Health;
use held::Held;
use lane::Lane;
use occasions::Occasions;
use recorder::{Recorder, Recording};

/// With no result recorded for so long while stopping, the rest is left to the journal.
const PATIENCE_AT_THE_END: Duration = Duration::from_secs(30);

/// One lane of a worker.
#[derive(Clone, Copy, Debug)]
pub struct LaneSettings {
    /// Which queue it works on.
    pub lane: vocabulary::Lane,
    /// Most sessions at once. They are opened when there is work and closed when there is none.
    pub sessions: NonZeroUsize,
    /// Most messages a second; `None` leaves it to the next hop.
    pub per_second: Option<NonZeroU32>,
    /// Threads that render and sign.
    pub threads: NonZeroUsize,
}

/// How a worker sends.
#[derive(Clone, Debug)]
pub struct SendSettings {
    /// The next hop.
    pub smtp: SmtpSettings,
    /// The lanes that it works on, each with resources of its own.
    pub lanes: Vec<LaneSettings>,
    /// The folder of this host's send-journals: local, and the same after a restart.
    pub journals: PathBuf,
    /// The name of this host, by which a person may declare it lost.
    pub host: String,
}

/// What a worker stands on.
#[derive(Clone)]
pub struct SendParts {
    /// Under the application's role.
    pub store: Store,
    /// Where chunks come from.
    pub port: Arc<dyn Port>,
    /// Seals links, Message-ID and bounce addresses.
    pub tokens: TokenKeys,
    /// Signs messages; `None` when the next hop signs.
    pub signer: Option<Arc<dyn Signer>>,
    /// Names workers, claims and spools.
    pub entropy: Arc<dyn Entropy>,
    /// Stamps what cannot be read.
    pub clock: Arc<dyn Clock>,
}

/// Why a worker did not start, or ended before it was told to.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The database said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal cannot be made.
    #[error("send-journal: {0}")]
    Journal(#[from] SpoolError),
    /// What an earlier worker left could not be recorded.
    #[error(transparent)]
    Recover(#[from] RecoverError),
    /// Threads cannot be started.
    #[error("cannot start a thread: {0}")]
    Thread(#[from] std::io::Error),
    /// Somebody ended this worker's registration, or declared its host lost.
    #[error("this worker was declared ended; what it held is not its own any more")]
    Fenced,
    /// The journal takes nothing more.
    #[error("the send-journal cannot be written any more; see to the disk and restart")]
    JournalBroken,
    /// Results could not be recorded to the end.
    #[error("stopped with results that the database did not take; the journal keeps them for the next start")]
    Unrecorded,
}

/// What all parts of one worker share.
struct Shared {
    parts: SendParts,
    smtp: SmtpSettings,
    worker: Uuid,
    journal: SendJournal,
    health: Health,
    held: Held,
    occasions: Occasions,
    recorder: Recording,
}

impl Shared {
    /// Any number, to spread what is tried again.
    fn chance(&self) -> u32 {
        let mut bytes = [0; 4];
        self.parts.entropy.fill(&mut bytes);
        u32::from_le_bytes(bytes)
    }
}

/// A worker that has registered and has recorded what its predecessors left.
pub struct Worker {
    shared: Arc<Shared>,
    recorder: Recorder,
    lanes: Vec<LaneSettings>,
}

impl Worker {
    /// Records what dead workers of this host left, opens a journal and registers. The worker stops when `stop` is cancelled.
    ///
    /// # Errors
    /// When the database is away, or a journal cannot be made.
    pub async fn start(
        parts: SendParts,
        settings: SendSettings,
        stop: &CancellationToken,
    ) -> Result<Self, SendError> {
        recover(&parts.store, &settings.journals, &*parts.entropy).await?;
        let worker = parts.entropy.uuid();
        let (journal, nothing) =
            SendJournal::open(&settings.journals.join(worker.to_string()), SpoolId(worker))?;
        journal.settled(nothing)?;
        parts.store.register_worker(worker, &settings.host, WorkerRole::Work).await?;
        let (recording, recorder) = recorder::pair();
        let shared = Shared {
            occasions: Occasions::new(parts.store.clone(), parts.tokens.clone()),
            smtp: settings.smtp,
            worker,
            journal,
            health: Health::new(stop.child_token()),
            held: Held::default(),
            recorder: recording,
            parts,
        };
        Ok(Self { shared: Arc::new(shared), recorder, lanes: settings.lanes })
    }

    /// Its name in the database.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.shared.worker
    }

    /// Sends until it is told to stop, then finishes what it holds.
    ///
    /// # Errors
    /// When it ended for another reason, or could not record everything: then its journal stays.
    pub async fn run(self) -> Result<(), SendError> {
        let Self { shared, recorder, lanes } = self;
        let behind = CancellationToken::new();
        let tasks = TaskTracker::new();
        tasks.spawn(pulse::run(Arc::clone(&shared), behind.clone()));
        tasks.spawn(recorder.run(Arc::clone(&shared), behind.clone()));
        let mut working = Vec::new();
        for settings in lanes {
            working.push(Lane::start(&shared, settings)?);
        }
        for lane in &mut working {
            lane.claimed_all().await;
        }
        let ended = async {
            for lane in &working {
                lane.idle().await;
            }
        };
        let recorded = tokio::select! {
            () = ended => true,
            () = shared.health.stuck_for(PATIENCE_AT_THE_END) => false,
        };
        for lane in working {
            lane.close().await;
        }
        behind.cancel();
        tasks.close();
        tasks.wait().await;
        leave(shared, recorded).await
    }
}

/// Ends the registration and the journal when nothing is left that they are needed for.
async fn leave(shared: Arc<Shared>, recorded: bool) -> Result<(), SendError> {
    if shared.health.is_fenced() {
        return Err(SendError::Fenced);
    }
    if !recorded || !shared.held.is_empty() {
        return Err(SendError::Unrecorded);
    }
    shared.parts.store.end_worker(shared.worker).await?;
    let broken = shared.health.is_journal_broken();
    // Everything that shared it has ended.
    if let Some(shared) = Arc::into_inner(shared) {
        shared.journal.destroy()?;
    }
    if broken { Err(SendError::JournalBroken) } else { Ok(()) }
}
