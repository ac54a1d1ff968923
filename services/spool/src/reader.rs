//! The reading side: records in order, from an offset to the end, to a torn end, or to damage.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::segment::{self, HEADER, Kind, Segment};
use crate::{Offset, SpoolError, frame};

/// A record and where it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it begins: its name.
    pub offset: Offset,
    /// Where the next one begins: what a consumer commits once it has dealt with this one.
    pub next: Offset,
    /// The record.
    pub record: Vec<u8>,
}

/// What stands behind the last good record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// Nothing.
    Clean,
    /// A record that was not written to its end.
    Torn {
        /// Where it begins.
        offset: Offset,
    },
}

/// Yields records in order and then ends; damage is one error, behind which nothing is yielded.
///
/// One segment is in memory at a time.
#[derive(Debug)]
pub struct Reader {
    /// First offset and file of each segment.
    segments: Vec<(Offset, PathBuf)>,
    /// The next segment to load.
    upcoming: usize,
    /// What is loaded and not yet yielded.
    loaded: Vec<u8>,
    cursor: usize,
    at: Offset,
    limit: Offset,
    /// Whether the end may be torn: nobody has vouched for the limit.
    may_be_torn: bool,
    tail: Tail,
}

impl Reader {
    /// Reads a spool that is not open in this process, without its lock: for inspection. A record that is being
    /// written at this moment looks torn.
    ///
    /// # Errors
    /// Foreign, newer or damaged segments; [`SpoolError::Outside`] when the offset is not there.
    pub fn open(dir: &Path, kind: Kind, from: Offset) -> Result<Self, SpoolError> {
        Self::of_segments(&segment::list(dir, kind)?, from)
    }

    /// Reads listed segments, whose end may be torn.
    pub(crate) fn of_segments(found: &[Segment], from: Offset) -> Result<Self, SpoolError> {
        let limit = found.last().map_or(from, Segment::end);
        let segments = found.iter().map(|segment| (segment.header.base, segment.path.clone())).collect();
        Ok(Self { may_be_torn: true, ..Self::within(segments, from, limit)? })
    }

    /// Reads segments up to a limit that ends a whole record.
    pub(crate) fn within(
        segments: Vec<(Offset, PathBuf)>,
        from: Offset,
        limit: Offset,
    ) -> Result<Self, SpoolError> {
        let first = segments.first().map_or(limit, |(base, _)| *base);
        if from < first || from > limit {
            return Err(SpoolError::Outside { asked: from, first, end: limit });
        }
        let behind = segments.iter().filter(|(base, _)| *base <= from).count();
        Ok(Self {
            segments,
            upcoming: behind.saturating_sub(1),
            loaded: Vec::new(),
            cursor: 0,
            at: from,
            limit,
            may_be_torn: false,
            tail: Tail::Clean,
        })
    }

    /// What stands behind the records; known once the last of them was yielded.
    #[must_use]
    pub fn tail(&self) -> Tail {
        self.tail
    }

    fn advance(&mut self) -> Result<Option<Entry>, SpoolError> {
        while self.cursor == self.loaded.len() {
            if self.at >= self.limit || self.upcoming == self.segments.len() {
                return Ok(None);
            }
            self.load()?;
        }
        let Some(record) = frame::decode(&self.loaded[self.cursor..]) else {
            return self.unreadable();
        };
        let record = record.to_vec();
        let octets = frame::FRAME + record.len();
        let entry = Entry { offset: self.at, next: self.at.plus(octets), record };
        self.cursor += octets;
        self.at = entry.next;
        Ok(Some(entry))
    }

    /// Loads the next segment from where the reader stands.
    fn load(&mut self) -> Result<(), SpoolError> {
        let (base, path) = &self.segments[self.upcoming];
        let end =
            self.segments.get(self.upcoming + 1).map_or(self.limit, |(next, _)| (*next).min(self.limit));
        let mut file = File::open(path).map_err(SpoolError::io("open", path))?;
        let start = HEADER as u64 + (self.at.0 - base.0);
        file.seek(SeekFrom::Start(start)).map_err(SpoolError::io("read", path))?;
        self.loaded.clear();
        self.cursor = 0;
        let octets = end.0 - self.at.0;
        file.take(octets).read_to_end(&mut self.loaded).map_err(SpoolError::io("read", path))?;
        if (self.loaded.len() as u64) < octets {
            return Err(SpoolError::Corrupt { path: path.clone(), offset: self.at.plus(self.loaded.len()) });
        }
        self.upcoming += 1;
        Ok(())
    }

    /// A torn end is in the last segment and has nothing good behind it; anything else is damage.
    fn unreadable(&mut self) -> Result<Option<Entry>, SpoolError> {
        let rest = &self.loaded[self.cursor..];
        let torn = self.may_be_torn && self.upcoming == self.segments.len() && !frame::any_behind(rest);
        let (_, path) = &self.segments[self.upcoming - 1];
        let damage = SpoolError::Corrupt { path: path.clone(), offset: self.at };
        self.stop();
        if torn {
            self.tail = Tail::Torn { offset: self.at };
            Ok(None)
        } else {
            Err(damage)
        }
    }

    fn stop(&mut self) {
        self.loaded.clear();
        self.cursor = 0;
        self.upcoming = self.segments.len();
    }
}

impl Iterator for Reader {
    type Item = Result<Entry, SpoolError>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.advance().transpose();
        if matches!(entry, Some(Err(_))) {
            self.stop();
        }
        entry
    }
}
