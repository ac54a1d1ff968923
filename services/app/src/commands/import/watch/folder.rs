//! The watched folder: what lies in it, and where it goes.
//!
//! `done` and `failed` are folders inside it, so that a move is a rename within one file system and cannot stop half-way.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};
use store::import::watched::{Finished, Outcome};

use super::looks::Stamp;
use crate::failpoint::failpoint;

/// Where files go of which every row was taken.
const DONE: &str = "done";
/// Where files go that a person has to look at.
pub const FAILED: &str = "failed";
/// Octets read at once.
const READ_BYTES: usize = 1 << 16;

/// A folder into which other systems put files.
pub struct Folder(PathBuf);

impl Folder {
    /// A folder that is there and can be listed.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        fs::read_dir(path).with_context(|| format!("--watch: folder {}", path.display()))?;
        Ok(Self(path.to_path_buf()))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The place of a file.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Whether a file is there.
    pub fn has(&self, name: &str) -> bool {
        self.file(name).is_file()
    }

    /// The files that are wanted, by name. Names that begin with a dot are nobody's.
    pub fn files(&self, is_wanted: impl Fn(&str) -> bool) -> anyhow::Result<Vec<(String, Stamp)>> {
        let place = || format!("folder {}", self.0.display());
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.0).with_context(place)? {
            let entry = entry.with_context(place)?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name.starts_with('.') || !is_wanted(&name) {
                continue;
            }
            match fs::metadata(entry.path()) {
                Ok(about) if about.is_file() => found.push((
                    name,
                    Stamp { octets: about.len(), modified: about.modified().ok(), inode: about.ino() },
                )),
                Ok(_) => {}
                // Somebody else was faster.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error).with_context(place),
            }
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(found)
    }

    /// The hash of a file's content.
    pub async fn hash(&self, name: &str) -> anyhow::Result<[u8; 32]> {
        let path = self.file(name);
        let hash = move || -> io::Result<[u8; 32]> {
            let (mut reader, hash) = Hashing::open(&path)?;
            io::copy(&mut reader, &mut io::sink())?;
            Ok(hash.finish())
        };
        Ok(tokio::task::spawn_blocking(hash).await??)
    }

    /// Where the rejected rows of a file are written until it is known where they belong; those of an earlier attempt go.
    pub fn fresh_rejected(&self, name: &str) -> anyhow::Result<PathBuf> {
        let path = self.rejected_on_its_way(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error).context("rejected rows"),
            Ok(()) | Err(_) => Ok(path),
        }
    }

    fn rejected_on_its_way(&self, name: &str) -> PathBuf {
        self.0.join(format!(".{name}.rejected.csv"))
    }

    /// A name that no earlier file has where this one goes: its own, or with a number before the ending.
    pub fn free_name(&self, name: &str, outcome: Outcome) -> String {
        let folder = self.destination(outcome);
        let (stem, ending) =
            name.rsplit_once('.').map_or((name, String::new()), |(stem, e)| (stem, format!(".{e}")));
        let is_free = |name: &String| {
            [name.clone(), report_of(name), rejected_of(name)].iter().all(|name| !folder.join(name).exists())
        };
        let numbered = (2..).map(|number: u64| format!("{stem}-{number}{ending}"));
        std::iter::once(name.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
    }

    fn destination(&self, outcome: Outcome) -> PathBuf {
        self.0.join(if outcome.is_well() { DONE } else { FAILED })
    }

    /// Writes the report, and moves the file and its rejected rows beside it. Doing it again changes nothing.
    pub fn put_away(&self, name: &str, finished: &Finished) -> anyhow::Result<()> {
        let folder = self.destination(finished.outcome);
        let place = || format!("folder {}", folder.display());
        fs::create_dir_all(&folder).with_context(place)?;
        let moved_to = &finished.moved_to;
        // Under another name first: whoever waits for the report never reads half of it.
        let unfinished = folder.join(format!(".{}", report_of(moved_to)));
        fs::write(&unfinished, format!("{}\n", finished.report)).with_context(place)?;
        fs::rename(&unfinished, folder.join(report_of(moved_to))).with_context(place)?;
        failpoint!("watch.after_report");
        rename_if_there(&self.rejected_on_its_way(name), &folder.join(rejected_of(moved_to)))
            .with_context(place)?;
        failpoint!("watch.after_rejected");
        rename_if_there(&self.file(name), &folder.join(moved_to)).with_context(place)
    }
}

fn report_of(name: &str) -> String {
    format!("{name}.report.json")
}

fn rejected_of(name: &str) -> String {
    format!("{name}.rejected.csv")
}

fn rename_if_there(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        renamed => renamed,
    }
}

/// A file that is hashed while it is read.
pub struct Hashing {
    file: File,
    hash: Arc<Mutex<Sha256>>,
}

/// The hash of what was read.
pub struct Hash(Arc<Mutex<Sha256>>);

impl Hashing {
    pub fn open(path: &Path) -> io::Result<(io::BufReader<Self>, Hash)> {
        let hash = Arc::new(Mutex::new(Sha256::new()));
        let reader = Self { file: File::open(path)?, hash: Arc::clone(&hash) };
        Ok((io::BufReader::with_capacity(READ_BYTES, reader), Hash(hash)))
    }
}

impl Read for Hashing {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        self.hash.lock().unwrap_or_else(PoisonError::into_inner).update(&into[..read]);
        Ok(read)
    }
}

impl Hash {
    pub fn finish(&self) -> [u8; 32] {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone().finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use servers::TemporaryFolder;

    use super::*;

    fn finished(folder: &Folder, name: &str, outcome: Outcome) -> Finished {
        let moved_to = folder.free_name(name, outcome);
        Finished { file: 1, outcome, moved_to, report: "{}".to_owned() }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    #[test]
    fn files_are_listed_by_name_without_what_is_hidden_or_not_wanted() {
        let place = TemporaryFolder::private("rappel-folder").unwrap();
        let folder = Folder::open(place.path()).unwrap();
        for name in ["b.csv", "a.csv", ".c.csv", "d.txt"] {
            fs::write(folder.file(name), name).unwrap();
        }
        fs::create_dir(folder.file("e.csv")).unwrap();
        let found = folder.files(|name| name.ends_with(".csv")).unwrap();
        let found: Vec<(&str, u64)> =
            found.iter().map(|(name, stamp)| (name.as_str(), stamp.octets)).collect();
        assert_eq!(found, [("a.csv", 5), ("b.csv", 5)]);
        assert!(Folder::open(&folder.file("missing")).is_err());
    }

    #[test]
    fn what_is_put_away_keeps_what_is_there_and_can_be_put_away_again() {
        let place = TemporaryFolder::private("rappel-folder").unwrap();
        let folder = Folder::open(place.path()).unwrap();
        for round in ["first", "second"] {
            fs::write(folder.file("a.csv"), round).unwrap();
            fs::write(folder.fresh_rejected("a.csv").unwrap(), round).unwrap();
            let finished = finished(&folder, "a.csv", Outcome::Partly);
            for _ in 0..2 {
                folder.put_away("a.csv", &finished).unwrap();
            }
        }
        assert_eq!(names(place.path()), ["failed"]);
        let failed = place.path().join("failed");
        let of = |name: &str| [name.to_owned(), rejected_of(name), report_of(name)];
        assert_eq!(names(&failed), [of("a-2.csv"), of("a.csv")].concat());
        assert_eq!(fs::read_to_string(failed.join("a.csv")).unwrap(), "first");
        assert_eq!(fs::read_to_string(failed.join(rejected_of("a-2.csv"))).unwrap(), "second");
    }

    #[test]
    fn what_was_read_is_what_is_hashed() {
        let place = TemporaryFolder::private("rappel-folder").unwrap();
        let path = place.path().join("a.csv");
        fs::write(&path, "before").unwrap();
        let (mut reader, hash) = Hashing::open(&path).unwrap();
        fs::write(&path, "after!").unwrap();
        let mut read = String::new();
        reader.read_to_string(&mut read).unwrap();
        assert_eq!((read.as_str(), hash.finish()), ("after!", Sha256::digest("after!").into()));
    }
}
