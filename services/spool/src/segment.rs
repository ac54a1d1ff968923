//! Segments: the files of a spool, named by the offset of their first record.
//!
//! A header of 56 octets: magic 8, version 1, kind 1, zeros 2, spool id 16, first offset 8 (little-endian), boot id 16,
//! CRC32C of all that 4. A segment appears under its name only with its header on disk.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::{Offset, SpoolError};

const MAGIC: &[u8; 8] = b"RAPSPOOL";
const VERSION: u8 = 1;
/// The octets before the first record.
pub const HEADER: usize = 56;
/// How the names of segments end, and of files that are not yet one.
const SUFFIX: &str = ".segment";
const UNFINISHED: &str = "unfinished";

/// What the records of a spool are; a spool of one kind never opens as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// The send-journal of a worker.
    Journal = 1,
    /// Requests on tracked links.
    Hits = 2,
    /// Refusals that the database was not there to take.
    Refusals = 3,
}

impl Kind {
    fn from_number(number: u8) -> Option<Self> {
        [Self::Journal, Self::Hits, Self::Refusals].into_iter().find(|kind| *kind as u8 == number)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Journal => "journal",
            Self::Hits => "hit",
            Self::Refusals => "refusal",
        })
    }
}

/// The identity of a spool from its creation to its end. With an offset it makes a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SpoolId(pub Uuid);

/// The identity of a run of the machine's kernel. Zero where the system does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Boot(Uuid);

impl Boot {
    /// The running kernel's.
    pub fn current() -> Self {
        let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        Self(Uuid::try_parse(text.trim()).unwrap_or_default())
    }

    /// Whether the machine surely did not restart between the two.
    pub fn same_run(self, other: Self) -> bool {
        self == other && !self.0.is_nil()
    }
}

/// What stands at the beginning of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub kind: Kind,
    pub id: SpoolId,
    pub base: Offset,
    pub boot: Boot,
}

impl Header {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&[VERSION, self.kind as u8, 0, 0]);
        bytes.extend_from_slice(self.id.0.as_bytes());
        bytes.extend_from_slice(&self.base.0.to_le_bytes());
        bytes.extend_from_slice(self.boot.0.as_bytes());
        let crc = crc32c::crc32c(&bytes);
        bytes.extend_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// The version is looked at before the checksum, for another version may have its own.
    fn decode(bytes: &[u8], path: &Path) -> Result<Self, SpoolError> {
        let damaged = || SpoolError::NotASegment { path: path.to_owned() };
        let (magic, rest) = bytes.split_first_chunk::<8>().ok_or_else(damaged)?;
        let (&version, rest) = rest.split_first().ok_or_else(damaged)?;
        if magic != MAGIC {
            return Err(damaged());
        }
        if version != VERSION {
            return Err(SpoolError::Version { path: path.to_owned(), found: version, known: VERSION });
        }
        let (covered, crc) = bytes.split_at_checked(HEADER - 4).ok_or_else(damaged)?;
        if crc32c::crc32c(covered).to_le_bytes() != crc {
            return Err(damaged());
        }
        let fields = || -> Option<Self> {
            let (&[kind, _, _], rest) = rest.split_first_chunk::<3>()?;
            let (id, rest) = rest.split_first_chunk::<16>()?;
            let (base, rest) = rest.split_first_chunk::<8>()?;
            let (boot, _) = rest.split_first_chunk::<16>()?;
            Some(Self {
                kind: Kind::from_number(kind)?,
                id: SpoolId(Uuid::from_bytes(*id)),
                base: Offset(u64::from_le_bytes(*base)),
                boot: Boot(Uuid::from_bytes(*boot)),
            })
        };
        fields().ok_or_else(damaged)
    }
}

/// A segment on disk.
#[derive(Clone, Debug)]
pub struct Segment {
    pub path: PathBuf,
    pub header: Header,
    /// The octets of records, whole or not, when it was looked at.
    pub octets: u64,
}

impl Segment {
    /// The offset behind its last octet.
    pub fn end(&self) -> Offset {
        Offset(self.header.base.0.saturating_add(self.octets))
    }
}

/// The segments of a folder in order: of one spool, of this kind, without a gap.
pub fn list(dir: &Path, kind: Kind) -> Result<Vec<Segment>, SpoolError> {
    let mut segments = Vec::new();
    for entry in fs::read_dir(dir).map_err(SpoolError::io("list", dir))? {
        let path = entry.map_err(SpoolError::io("list", dir))?.path();
        if path.to_string_lossy().ends_with(SUFFIX) {
            segments.push(look_at(path, kind)?);
        }
    }
    segments.sort_by_key(|segment| segment.header.base);
    for pair in segments.windows(2) {
        let [before, after] = pair else { continue };
        if before.header.id != after.header.id {
            return Err(SpoolError::OtherSpool { path: after.path.clone() });
        }
        if before.end() != after.header.base {
            let offset = before.end().min(after.header.base);
            return Err(SpoolError::Corrupt { path: before.path.clone(), offset });
        }
    }
    Ok(segments)
}

fn look_at(path: PathBuf, kind: Kind) -> Result<Segment, SpoolError> {
    let file = File::open(&path).map_err(SpoolError::io("open", &path))?;
    let length = file.metadata().map_err(SpoolError::io("look at", &path))?.len();
    let mut start = Vec::with_capacity(HEADER);
    file.take(HEADER as u64).read_to_end(&mut start).map_err(SpoolError::io("read", &path))?;
    let header = Header::decode(&start, &path)?;
    if header.kind != kind {
        return Err(SpoolError::OtherKind { path, found: header.kind, expected: kind });
    }
    Ok(Segment { path, header, octets: length.saturating_sub(HEADER as u64) })
}

/// Makes an empty segment and opens it for appending. It and its name are on disk when this returns.
pub fn create(dir: &Path, header: Header) -> Result<(PathBuf, File), SpoolError> {
    let draft = dir.join(UNFINISHED);
    let path = dir.join(format!("{:016x}{SUFFIX}", header.base.0));
    let mut file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(SpoolError::io("create", &draft))?;
    file.write_all(&header.encode()).map_err(SpoolError::io("write to", &draft))?;
    file.sync_all().map_err(SpoolError::io("sync", &draft))?;
    fs::rename(&draft, &path).map_err(SpoolError::io("name", &path))?;
    sync_folder(dir).map_err(SpoolError::io("sync", dir))?;
    let file = open_for_append(&path)?;
    Ok((path, file))
}

/// Opens an existing segment for appending.
pub fn open_for_append(path: &Path) -> Result<File, SpoolError> {
    OpenOptions::new().append(true).open(path).map_err(SpoolError::io("open", path))
}

/// Removes what an interrupted [`create`] left.
pub fn remove_unfinished(dir: &Path) -> Result<(), SpoolError> {
    let draft = dir.join(UNFINISHED);
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(SpoolError::io("remove", &draft)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn sync_folder(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
