//! Opening: lock, look, cut off a torn end.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::{Options, Spool, State, Torn};
use crate::group_sync::GroupSync;
use crate::reader::{Reader, Tail};
use crate::segment::{self, Boot, HEADER, Header, Segment, SpoolId};
use crate::{Offset, SpoolError};

impl Spool {
    /// Opens the spool in the folder `dir`, or makes one under the id `fresh` when there is none. The folder is for
    /// this user only, and for one process at a time.
    ///
    /// A torn end is cut off, see [`Spool::torn`]; what remains is on disk when this returns.
    ///
    /// # Errors
    /// [`SpoolError::Locked`] when another process has it; a folder with foreign, newer or damaged segments is
    /// refused as it is.
    pub fn open(dir: &Path, options: Options, fresh: SpoolId) -> Result<Self, SpoolError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .map_err(SpoolError::io("create the folder", dir))?;
        let lock = take_lock(dir)?;
        segment::remove_unfinished(dir)?;
        let boot = Boot::current();
        let found = segment::list(dir, options.kind)?;
        let restarted = found.iter().any(|segment| !segment.header.boot.same_run(boot));
        let (id, state, torn) = match found.last() {
            None => {
                let header = Header { kind: options.kind, id: fresh, base: Offset::default(), boot };
                (fresh, begin(dir, header)?, None)
            }
            Some(last) => {
                let (state, torn) = resume(dir, &found, last, boot)?;
                (last.header.id, state, torn)
            }
        };
        Ok(Self {
            dir: dir.to_owned(),
            id,
            options,
            boot,
            torn,
            restarted,
            group: GroupSync::new(state.end),
            state: Mutex::new(state),
            _lock: lock,
        })
    }
}

pub(super) fn lock_path(dir: &Path) -> PathBuf {
    dir.join("lock")
}

fn take_lock(dir: &Path) -> Result<File, SpoolError> {
    let path = lock_path(dir);
    let file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(SpoolError::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(SpoolError::Locked { path: dir.to_owned() }),
        Err(TryLockError::Error(source)) => Err(SpoolError::io("lock", &path)(source)),
    }
}

fn begin(dir: &Path, header: Header) -> Result<State, SpoolError> {
    let (path, file) = segment::create(dir, header)?;
    let base = header.base;
    Ok(State {
        segments: vec![(base, path)],
        file: Arc::new(file),
        base,
        end: base,
        consumed: base,
        broken: false,
    })
}

/// Goes on behind the last whole record. After a restart of the machine in a new segment, so that the header of each
/// segment tells under which run of the machine all of it was written.
fn resume(
    dir: &Path,
    found: &[Segment],
    last: &Segment,
    boot: Boot,
) -> Result<(State, Option<Torn>), SpoolError> {
    let base = last.header.base;
    let mut reader = Reader::of_segments(found, base)?;
    let mut end = base;
    for entry in reader.by_ref() {
        end = entry?.next;
    }
    let file = segment::open_for_append(&last.path)?;
    let torn = match reader.tail() {
        Tail::Clean => None,
        Tail::Torn { offset } => {
            file.set_len(HEADER as u64 + (offset.0 - base.0))
                .map_err(SpoolError::io("cut off", &last.path))?;
            Some(Torn { offset, octets: last.end().0 - offset.0 })
        }
    };
    file.sync_all().map_err(SpoolError::io("sync", &last.path))?;
    let mut segments: Vec<_> =
        found.iter().map(|segment| (segment.header.base, segment.path.clone())).collect();
    let first = segments.first().map_or(base, |(first, _)| *first);
    if last.header.boot.same_run(boot) {
        let state = State { segments, file: Arc::new(file), base, end, consumed: first, broken: false };
        return Ok((state, torn));
    }
    if end == base {
        // It is empty, and the new one takes its name.
        segments.pop();
    }
    let next = begin(dir, Header { base: end, boot, ..last.header })?;
    segments.extend(next.segments);
    Ok((State { segments, consumed: first, ..next }, torn))
}

#[cfg(test)]
pub(crate) mod for_test {
    use std::fs;
    use std::path::Path;

    /// Puts another boot id into every segment, as if the machine had restarted since.
    pub fn pretend_restart(dir: &Path) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|suffix| suffix == "segment") {
                let mut bytes = fs::read(&path).unwrap();
                bytes[36..52].fill(7);
                let crc = crc32c::crc32c(&bytes[..52]);
                bytes[52..56].copy_from_slice(&crc.to_le_bytes());
                fs::write(&path, bytes).unwrap();
            }
        }
    }
}
