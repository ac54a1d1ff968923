//! The writing side: a locked folder, appended to, made durable, trimmed.

mod open;

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::group_sync::{GroupSync, SyncFailed};
use crate::segment::{self, Boot, HEADER, Header, Kind, SpoolId};
use crate::{Offset, Reader, SpoolError, frame};

/// A segment is left for a new one before it grows beyond this.
const SEGMENT_OCTETS: u64 = 4 * 1024 * 1024;
/// When everything is consumed, a segment of at least this size gives way to an empty one, so that consumed records
/// do not lie about. Smaller ones stay: a new file for every record would cost more than it frees.
const RENEW_OCTETS: u64 = 64 * 1024;

/// When a record counts as on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SyncPolicy {
    /// Survives a kill of the process, not of the machine. For the send-journal.
    Never,
    /// [`Spool::append`] returns when the record is on disk; callers that come together share one fsync.
    EachRecord,
    /// [`Spool::append`] returns at once; the owner calls [`Spool::sync`] now and then, and readers see nothing before
    /// it is on disk.
    Batched,
}

/// How to open a spool.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    kind: Kind,
    sync: SyncPolicy,
    segment_octets: u64,
}

impl Options {
    /// A spool of this kind with this policy.
    #[must_use]
    pub fn new(kind: Kind, sync: SyncPolicy) -> Self {
        Self { kind, sync, segment_octets: SEGMENT_OCTETS }
    }

    /// Another size of segments than the usual 4 MiB.
    #[must_use]
    pub fn segment_octets(self, segment_octets: u64) -> Self {
        Self { segment_octets, ..self }
    }
}

/// Where a record came to lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Where it begins: its name.
    pub offset: Offset,
    /// Where the next one will begin: what to wait for, and what a consumer commits.
    pub next: Offset,
}

/// What was cut off when the spool was opened: the record that was being written when the power or the process went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Torn {
    /// Where it began.
    pub offset: Offset,
    /// How much of it there was.
    pub octets: u64,
}

/// A spool, held by this process alone until it is dropped.
#[derive(Debug)]
pub struct Spool {
    dir: PathBuf,
    id: SpoolId,
    options: Options,
    boot: Boot,
    torn: Option<Torn>,
    restarted: bool,
    state: Mutex<State>,
    group: GroupSync,
    /// Released by the system however this process ends.
    _lock: File,
}

#[derive(Debug)]
struct State {
    /// First offset and file of each segment, the one that is written to last.
    segments: Vec<(Offset, PathBuf)>,
    file: Arc<File>,
    base: Offset,
    end: Offset,
    /// As far as the consumer said in this process.
    consumed: Offset,
    broken: bool,
}

impl Spool {
    /// The identity that makes offsets unique.
    #[must_use]
    pub fn id(&self) -> SpoolId {
        self.id
    }

    /// What was cut off at opening.
    #[must_use]
    pub fn torn(&self) -> Option<Torn> {
        self.torn
    }

    /// Whether records may have been lost with the machine: it restarted, or may have, since some of what was found
    /// at opening was written.
    #[must_use]
    pub fn machine_restarted(&self) -> bool {
        self.restarted
    }

    /// The first offset that is still there.
    #[must_use]
    pub fn first(&self) -> Offset {
        let state = self.lock();
        state.segments.first().map_or(state.base, |(base, _)| *base)
    }

    /// Where the next record will begin.
    #[must_use]
    pub fn end(&self) -> Offset {
        self.lock().end
    }

    /// The end of what may be read: what a loss of power could take back is not handed out, for its offset would be
    /// given to another record.
    #[must_use]
    pub fn readable_end(&self) -> Offset {
        match self.options.sync {
            SyncPolicy::Never => self.end(),
            SyncPolicy::EachRecord | SyncPolicy::Batched => self.group.durable(),
        }
    }

    /// Whether the consumer has let go of everything. Nothing remembers over a restart how far it had come within a
    /// segment, so after one it begins again at [`Self::first`].
    #[must_use]
    pub fn is_consumed(&self) -> bool {
        let state = self.lock();
        state.consumed == state.end
    }

    /// Adds a record of 1 to 65,536 octets with a single write. It has then survived this process; see [`SyncPolicy`]
    /// for the machine.
    ///
    /// # Errors
    /// A failed write leaves the spool as it was. When even that fails, or an fsync does, every later call says
    /// [`SpoolError::Broken`].
    pub fn append(&self, record: &[u8]) -> Result<Appended, SpoolError> {
        let framed = frame::encode(record)?;
        let appended = self.write(&mut self.lock(), &framed)?;
        match self.options.sync {
            SyncPolicy::EachRecord => self.wait_durable(appended.next)?,
            SyncPolicy::Never | SyncPolicy::Batched => {}
        }
        Ok(appended)
    }

    /// Returns when everything before `upto` is on disk. Blocks; callers that come together share one fsync.
    ///
    /// # Errors
    /// When the fsync fails, and for ever after.
    pub fn wait_durable(&self, upto: Offset) -> Result<(), SpoolError> {
        self.group
            .wait(upto, || {
                let (file, end) = {
                    let state = self.lock();
                    (!state.broken).then(|| (Arc::clone(&state.file), state.end))
                }?;
                // Earlier segments were synced when they were left.
                file.sync_data().ok().map(|()| end)
            })
            .map_err(|SyncFailed| {
                self.lock().broken = true;
                self.broken()
            })
    }

    /// Makes everything that was appended so far durable.
    ///
    /// # Errors
    /// As [`Self::wait_durable`].
    pub fn sync(&self) -> Result<(), SpoolError> {
        self.wait_durable(self.end())
    }

    /// Reads from an offset to [`Self::readable_end`] as it is now.
    ///
    /// # Errors
    /// [`SpoolError::Outside`] when the offset is trimmed or not yet readable.
    pub fn read(&self, from: Offset) -> Result<Reader, SpoolError> {
        let limit = self.readable_end();
        let segments = self.lock().segments.clone();
        Reader::within(segments, from, limit)
    }

    /// Lets go of every record before `upto`, which the consumer has committed. Whole segments are deleted; a record
    /// in a segment with a later one stays until that one is consumed too.
    ///
    /// # Errors
    /// [`SpoolError::Outside`] beyond [`Self::readable_end`]; the system's refusal to delete.
    pub fn trim_to(&self, upto: Offset) -> Result<(), SpoolError> {
        let readable = self.readable_end();
        if upto > readable {
            return Err(SpoolError::Outside { asked: upto, first: self.first(), end: readable });
        }
        let mut state = self.lock();
        state.consumed = state.consumed.max(upto);
        if upto == state.end && state.end.0 - state.base.0 >= RENEW_OCTETS.min(self.options.segment_octets) {
            self.rotate(&mut state)?;
        }
        let consumed = state.segments.windows(2).take_while(|pair| pair[1].0 <= upto).count();
        for (_, path) in state.segments.drain(..consumed) {
            fs::remove_file(&path).map_err(SpoolError::io("remove", &path))?;
        }
        Ok(())
    }

    /// Deletes the folder and all that is in the spool. For a journal that has been replayed.
    ///
    /// # Errors
    /// The system's refusal to delete, for instance because of a foreign file in the folder.
    pub fn destroy(self) -> Result<(), SpoolError> {
        for (_, path) in &self.lock().segments {
            fs::remove_file(path).map_err(SpoolError::io("remove", path))?;
        }
        let lock = open::lock_path(&self.dir);
        fs::remove_file(&lock).map_err(SpoolError::io("remove", &lock))?;
        fs::remove_dir(&self.dir).map_err(SpoolError::io("remove", &self.dir))
    }

    fn write(&self, state: &mut State, framed: &[u8]) -> Result<Appended, SpoolError> {
        if state.broken {
            return Err(self.broken());
        }
        let octets = state.end.0 - state.base.0;
        if octets > 0 && octets + framed.len() as u64 > self.options.segment_octets {
            self.rotate(state)?;
        }
        if let Err(source) = (&*state.file).write_all(framed) {
            // A part may have been written (disk full); the next record must not stand behind it.
            let whole = HEADER as u64 + (state.end.0 - state.base.0);
            state.broken = state.file.set_len(whole).is_err();
            return Err(SpoolError::Io { doing: "write to", path: self.dir.clone(), source });
        }
        let appended = Appended { offset: state.end, next: state.end.plus(framed.len()) };
        state.end = appended.next;
        Ok(appended)
    }

    /// Leaves the segment for a new one. The old one goes to disk first, whatever the policy, so that a torn end can
    /// only be at the end of the last one.
    fn rotate(&self, state: &mut State) -> Result<(), SpoolError> {
        if state.file.sync_all().is_err() {
            state.broken = true;
            return Err(self.broken());
        }
        let header = Header { kind: self.options.kind, id: self.id, base: state.end, boot: self.boot };
        let (path, file) = segment::create(&self.dir, header)?;
        state.segments.push((state.end, path));
        state.file = Arc::new(file);
        state.base = state.end;
        Ok(())
    }

    fn broken(&self) -> SpoolError {
        SpoolError::Broken { path: self.dir.clone() }
    }

    /// Every change of the state is complete before anything can panic, so a poisoned lock is a usable one.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
pub(crate) use open::for_test::pretend_restart;

#[cfg(test)]
mod tests;
