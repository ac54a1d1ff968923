//! The send-journal: what a worker knew about each final dot when it was killed (delivery 2.4).
//!
//! Before the final dot the worker writes *D*, after the reply *R*; both survive `kill -9`. Whoever opens the journal
//! of a dead worker learns for each of its claims: surely unsent, replied, or possibly sent. The last is the true gap
//! of SMTP (RFC 1047), and as small as that. When the machine restarted, what was written last may be missing, and then
//! nothing is surely unsent.
//!
//! It holds ids and codes, no address and no text of a reply.

mod layout;

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::ids::{ContactId, InstitutionId, OccurrenceId};
use model::reply::{EnhancedCode, Outcome};
use model::vocabulary::Channel;
use uuid::Uuid;

use crate::{Offset, Records, Spool, SpoolError, SpoolId};

/// One attempt to send one message, under one claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AttemptKey {
    /// The institution of the message.
    pub institution: InstitutionId,
    /// The occurrence of the message.
    pub occurrence: OccurrenceId,
    /// The recipient.
    pub contact: ContactId,
    /// The channel.
    pub channel: Channel,
    /// The attempt, from 1.
    pub attempt_no: i16,
    /// The token of the claim; a later claim of the same attempt is another key.
    pub claim: Uuid,
}

/// The reply after the final dot, as it was classified then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FinalReply {
    /// The basic code.
    pub code: u16,
    /// The enhanced code, when there was one.
    pub enhanced: Option<EnhancedCode>,
    /// What became of the message.
    pub outcome: Outcome,
}

/// A record of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JournalRecord {
    /// *D*: the final dot is about to be written.
    Dot(AttemptKey),
    /// *R*: the reply to it was read.
    Reply(AttemptKey, FinalReply),
}

/// What a journal knows about a claim of its worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The dot was not written: the message can be tried again.
    Unsent,
    /// The dot was written, or may have been, and no reply is known: `unknown`.
    MaybeSent,
    /// The reply was read: record it.
    Replied(FinalReply),
}

/// The journal of a running worker.
#[derive(Debug)]
pub struct SendJournal {
    records: Records<JournalRecord>,
    /// Where records begin that are still needed: each dot without a recorded result, and what was found at opening
    /// until it is settled.
    needed: Mutex<BTreeSet<Offset>>,
}

/// Names a *D* until the result of the attempt is committed.
#[derive(Debug)]
#[must_use = "the journal grows until the mark is given back to `recorded`"]
pub struct DotMark(Offset);

/// What was found in a journal.
#[derive(Debug)]
#[must_use = "what was found must be recorded, then settled"]
pub struct Replay {
    fates: HashMap<AttemptKey, Fate>,
    unlisted: Fate,
    found: Option<Offset>,
}

impl SendJournal {
    /// Opens a journal, the own one or that of a dead worker, and reads what it knows; holding it proves that the
    /// worker that wrote it is dead. What was found is kept until it is [`Self::settled`].
    ///
    /// # Errors
    /// [`SpoolError::Locked`] while its worker lives. Damage, or a record of another release: then every claim of its
    /// worker is as [`Fate::MaybeSent`]. Otherwise as [`Spool::open`].
    pub fn open(dir: &Path, fresh: SpoolId) -> Result<(Self, Replay), SpoolError> {
        let records: Records<JournalRecord> = Records::open(dir, fresh)?;
        let spool = records.spool();
        let first = spool.first();
        let found = (first < spool.end()).then_some(first);
        let unlisted = if spool.machine_restarted() { Fate::MaybeSent } else { Fate::Unsent };
        let replay = Replay { fates: read_fates(&records)?, unlisted, found };
        Ok((Self { records, needed: Mutex::new(found.into_iter().collect()) }, replay))
    }

    /// The spool below.
    #[must_use]
    pub fn spool(&self) -> &Spool {
        self.records.spool()
    }

    /// Writes *D*. The dot may follow only after this has returned.
    ///
    /// # Errors
    /// When it cannot be recorded; then the dot must not be written.
    pub fn dot(&self, attempt: &AttemptKey) -> Result<DotMark, SpoolError> {
        let mut needed = self.needed();
        let appended = self.records.append(&JournalRecord::Dot(*attempt))?;
        needed.insert(appended.offset);
        Ok(DotMark(appended.offset))
    }

    /// Writes *R*.
    ///
    /// # Errors
    /// When it cannot be recorded; the attempt then stays as after its dot.
    pub fn reply(&self, attempt: &AttemptKey, reply: &FinalReply) -> Result<(), SpoolError> {
        self.records.append(&JournalRecord::Reply(*attempt, *reply)).map(|_| ())
    }

    /// Forgets an attempt whose result is committed, or whose dot was withheld and the claim released.
    ///
    /// # Errors
    /// When the consumed part of the journal cannot be deleted.
    pub fn recorded(&self, DotMark(offset): DotMark) -> Result<(), SpoolError> {
        self.let_go(offset)
    }

    /// Forgets what was replayed, once all of it is committed.
    ///
    /// # Errors
    /// When the consumed part of the journal cannot be deleted.
    pub fn settled(&self, Replay { found, .. }: Replay) -> Result<(), SpoolError> {
        match found {
            Some(offset) => self.let_go(offset),
            None => Ok(()),
        }
    }

    /// Deletes the journal of a dead worker, once all of it is committed.
    ///
    /// # Errors
    /// As [`Spool::destroy`].
    pub fn destroy(self) -> Result<(), SpoolError> {
        self.records.destroy()
    }

    fn let_go(&self, offset: Offset) -> Result<(), SpoolError> {
        // Held to the end, so that no dot comes between the question and the cut.
        let mut needed = self.needed();
        needed.remove(&offset);
        let keep = needed.first().copied().unwrap_or_else(|| self.spool().end());
        self.spool().trim_to(keep)
    }

    fn needed(&self) -> MutexGuard<'_, BTreeSet<Offset>> {
        self.needed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read_fates(records: &Records<JournalRecord>) -> Result<HashMap<AttemptKey, Fate>, SpoolError> {
    let mut fates = HashMap::new();
    for entry in records.read(records.spool().first())? {
        match entry?.record {
            JournalRecord::Dot(attempt) => {
                fates.entry(attempt).or_insert(Fate::MaybeSent);
            }
            JournalRecord::Reply(attempt, reply) => {
                fates.insert(attempt, Fate::Replied(reply));
            }
        }
    }
    Ok(fates)
}

impl Replay {
    /// What became of a claim of this worker.
    #[must_use]
    pub fn fate(&self, attempt: &AttemptKey) -> Fate {
        self.fates.get(attempt).copied().unwrap_or(self.unlisted)
    }

    /// Every attempt that the journal names, in no order.
    pub fn listed(&self) -> impl Iterator<Item = (AttemptKey, Fate)> {
        self.fates.iter().map(|(attempt, fate)| (*attempt, *fate))
    }
}

#[cfg(test)]
mod tests;
