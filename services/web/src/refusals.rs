//! Taking a refusal: into the database, or onto the local disk until the database is back (delivery 2.6).

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use model::ambient::Entropy;
use model::token::{Token, TokenKeys, TokenPurpose};
use queues::messages::SealedToken;
use spool::refusals::{RefusalRecord, RefusalSpool};
use spool::{Offset, SpoolError, TypedEntry};
use store::link::{LinkRefusal, SenderNames};
use store::{Store, StoreError};
use tokio::sync::{Mutex, Notify};

use crate::database::{Database, NoAnswer};

/// How a refusal was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Whether of the whole institution, or of the organisation that sent.
    pub(crate) whole_institution: bool,
    /// By which way, as the evidence calls it.
    pub(crate) origin: &'static str,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is recorded; the names are known when the database said them.
    Recorded(Option<SenderNames>),
    /// The contact is gone.
    Gone,
    /// It could be recorded nowhere.
    NotRecorded,
}

/// The refusal spool of this process, and what is left of it.
pub(crate) struct Refusals {
    spool: Arc<RefusalSpool>,
    database: Arc<Database>,
    entropy: Arc<dyn Entropy>,
    keys: TokenKeys,
    /// Everything before it is in the database. Locked while refusals are replayed.
    replayed_to: Mutex<Offset>,
    /// Somebody wrote something that must be replayed.
    pub(crate) spooled: Notify,
    /// The record that cannot be replayed, so that it is reported once.
    stuck_at: RwLock<Option<Offset>>,
}

impl Refusals {
    pub(crate) fn new(
        spool: RefusalSpool,
        database: Arc<Database>,
        entropy: Arc<dyn Entropy>,
        keys: TokenKeys,
    ) -> Self {
        let replayed_to = Mutex::new(spool.spool().first());
        let (spool, spooled) = (Arc::new(spool), Notify::new());
        Self { spool, database, entropy, keys, replayed_to, spooled, stuck_at: RwLock::new(None) }
    }

    /// Whether no refusal lies here that the database does not have.
    pub(crate) fn are_replayed(&self) -> bool {
        self.spool.spool().is_consumed()
    }

    /// Records a refusal that came at `at`. Whatever the database says against it, the refusal stays: only a contact who is
    /// gone has nothing to refuse.
    pub(crate) async fn record(
        &self,
        sealed: SealedToken,
        token: &Token,
        asked: Asked,
        at: DateTime<Utc>,
    ) -> Outcome {
        let refusal = self.refusal(token, asked, at);
        let institution = token.institution;
        match self.database.ask(|store| async move { store.refuse_by_link(institution, refusal).await }).await
        {
            Ok(Some(names)) => return Outcome::Recorded(Some(names)),
            Ok(None) => return Outcome::Gone,
            Err(NoAnswer::Away) => {}
            Err(NoAnswer::Refused(error)) => {
                tracing::error!(%error, "tracker.refusal_not_taken");
            }
        }
        self.write_down(RefusalRecord {
            token: sealed,
            received_at: at,
            whole_institution: asked.whole_institution,
        })
        .await
    }

    async fn write_down(&self, record: RefusalRecord) -> Outcome {
        let spool = Arc::clone(&self.spool);
        // On disk when it returns: the person is told that it is recorded.
        let appended = tokio::task::spawn_blocking(move || spool.append(&record)).await;
        match appended {
            Ok(Ok(_)) => {
                self.spooled.notify_one();
                Outcome::Recorded(None)
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "tracker.refusal_not_recorded");
                Outcome::NotRecorded
            }
            Err(_) => Outcome::NotRecorded,
        }
    }

    /// Brings what lies in the spool into the database, in order, and lets go of it. A record that cannot be brought there stays,
    /// and claims stay held with it: somebody who said no must not be written to because a key is missing.
    ///
    /// # Errors
    /// When the database is away again, or the spool cannot be read.
    pub(crate) async fn replay(&self, store: &Store) -> Result<(), ReplayError> {
        let mut replayed_to = self.replayed_to.lock().await;
        let (spool, from) = (Arc::clone(&self.spool), *replayed_to);
        let read = tokio::task::spawn_blocking(move || spool.read(from)?.collect::<Result<Vec<_>, _>>());
        let entries = read.await.map_err(|_| ReplayError::Lost)??;
        let mut stuck = None;
        for entry in entries {
            match self.replay_one(store, &entry).await {
                Ok(()) => {}
                Err(Stuck::Away(error)) => return Err(error.into()),
                Err(Stuck::For(reason)) => {
                    stuck.get_or_insert((entry.offset, reason));
                }
            }
            if stuck.is_none() {
                *replayed_to = entry.next;
            }
        }
        self.spool.spool().trim_to(*replayed_to)?;
        self.report(stuck);
        Ok(())
    }

    async fn replay_one(&self, store: &Store, entry: &TypedEntry<RefusalRecord>) -> Result<(), Stuck> {
        let record = &entry.record;
        let token =
            Token::open(record.token.as_str(), TokenPurpose::Unsubscribe, &self.keys).map_err(|_| {
                Stuck::For("its token does not open any more: the key that sealed it is missing".to_owned())
            })?;
        let asked = Asked { whole_institution: record.whole_institution, origin: "spool" };
        let refusal = self.refusal(&token, asked, record.received_at);
        match store.refuse_by_link(token.institution, refusal).await {
            // Gone, there is nobody left to be written to.
            Ok(Some(_) | None) => Ok(()),
            Err(error) if error.is_outage() => Err(Stuck::Away(error)),
            Err(error) => Err(Stuck::For(error.to_string())),
        }
    }

    /// Once for each record that blocks the spool.
    fn report(&self, stuck: Option<(Offset, String)>) {
        let mut known = self.stuck_at.write().unwrap_or_else(PoisonError::into_inner);
        let offset = stuck.as_ref().map(|(offset, _)| *offset);
        if let Some((offset, error)) = stuck.filter(|(offset, _)| *known != Some(*offset)) {
            tracing::error!(
                %offset,
                error,
                "tracker.refusal_stuck: no marketing leaves until somebody sees to it"
            );
        }
        *known = offset;
    }

    fn refusal(&self, token: &Token, asked: Asked, at: DateTime<Utc>) -> LinkRefusal {
        let mut salt = [0; 16];
        self.entropy.fill(&mut salt);
        LinkRefusal {
            occurrence: token.occurrence,
            contact: token.contact,
            channel: token.channel,
            whole_institution: asked.whole_institution,
            received_at: at,
            origin: asked.origin,
            salt,
        }
    }

    /// Who sent the message of a token, for the page that asks.
    pub(crate) async fn sender(&self, token: &Token) -> Result<Option<SenderNames>, NoAnswer> {
        let Token { institution, occurrence, contact, channel, .. } = *token;
        self.database
            .ask(|store| async move { store.sender_of(institution, occurrence, contact, channel).await })
            .await
    }
}

/// Why one record was not brought into the database.
enum Stuck {
    Away(StoreError),
    For(String),
}

/// Why a replay ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReplayError {
    #[error(transparent)]
    Database(#[from] StoreError),
    #[error(transparent)]
    Spool(#[from] SpoolError),
    #[error("reading the refusal spool failed inside")]
    Lost,
}
