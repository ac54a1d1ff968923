//! The file behind the links: lines that are only ever added, each with its checksum.
//!
//! `crc32c json`, one launch or one offset of the business clock a line; the latest line wins. A line that was torn by a loss of
//! power, or damaged, is left out when the file is read.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use model::ids::{InstitutionId, OccurrenceId};
use serde::{Deserialize, Serialize};

/// One thing that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Line {
    /// Where the links of a launch lead; an empty address leads nowhere.
    Links { institution: InstitutionId, occurrence: OccurrenceId, urls: Vec<String> },
    /// What the business clock is ahead of the machine's.
    Clock { offset_us: i64 },
}

/// The open file.
#[derive(Debug)]
pub(super) struct SnapshotFile {
    file: File,
    /// Whether the file may end inside a line.
    torn: bool,
}

impl SnapshotFile {
    /// Opens the file, or makes one, and reads its good lines.
    pub(super) fn open(path: &Path) -> io::Result<(Self, Vec<Line>)> {
        let mut file = OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(path)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let torn = text.last().is_some_and(|last| *last != b'\n');
        let lines: Vec<&[u8]> = text.split(|octet| *octet == b'\n').filter(|line| !line.is_empty()).collect();
        let good: Vec<Line> = lines.iter().filter_map(|line| decode(line)).collect();
        if good.len() < lines.len() {
            // The database has them all, and is asked again.
            tracing::warn!(records = lines.len() - good.len(), "tracker.links_damaged");
        }
        Ok((Self { file, torn }, good))
    }

    /// Adds lines; they are on disk when this returns.
    pub(super) fn append(&mut self, lines: &[Line]) -> io::Result<()> {
        let mut text = if self.torn { "\n".to_owned() } else { String::new() };
        for line in lines {
            text.push_str(&encode(line)?);
        }
        // Until this is written as a whole, the next lines must not join what was left of these.
        self.torn = true;
        self.file.write_all(text.as_bytes())?;
        self.torn = false;
        self.file.sync_data()
    }
}

fn encode(line: &Line) -> io::Result<String> {
    let json = serde_json::to_string(line)?;
    Ok(format!("{:08x} {json}\n", crc32c::crc32c(json.as_bytes())))
}

fn decode(line: &[u8]) -> Option<Line> {
    let (checksum, json) = line.split_at_checked(9)?;
    let checksum = std::str::from_utf8(checksum).ok()?.strip_suffix(' ')?;
    let checksum = u32::from_str_radix(checksum, 16).ok()?;
    (checksum == crc32c::crc32c(json)).then(|| serde_json::from_slice(json).ok()).flatten()
}
