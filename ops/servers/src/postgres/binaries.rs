//! Finds PostgreSQL's programs: `PG_BIN`, Debian's versioned folders, `PATH`, Homebrew.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use super::OLDEST;
use crate::ServerError;

/// The folder with `initdb` and `postgres`, and their major version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresBinaries {
    folder: PathBuf,
    version: u32,
}

impl PostgresBinaries {
    /// The first folder that has both programs, version 15 or later. `PG_BIN`, when set, is the only place looked at.
    ///
    /// # Errors
    /// When there is none; the message says what was found and what to install.
    pub fn find() -> Result<Self, ServerError> {
        let named = env::var_os("PG_BIN").filter(|value| !value.is_empty()).map(PathBuf::from);
        let places = match &named {
            Some(folder) => vec![folder.clone()],
            None => places(),
        };
        let mut too_old = None;
        for folder in places {
            match version_in(&folder) {
                Some(version) if version >= OLDEST => return Ok(Self { folder, version }),
                Some(version) => too_old = Some((folder, version)),
                None => {}
            }
        }
        let advice = match (too_old, named) {
            (Some((folder, version)), _) => {
                format!("{} has version {version}, and {OLDEST} or later is needed", folder.display())
            }
            (None, Some(folder)) => format!("PG_BIN names {}, which has no initdb and postgres", folder.display()),
            (None, None) => "install it (Debian, Ubuntu: apt-get install postgresql; Fedora: dnf install \
                             postgresql-server; macOS: brew install postgresql@17), or set PG_BIN to the folder of \
                             initdb and postgres"
                .to_owned(),
        };
        Err(ServerError::NotInstalled { server: "PostgreSQL", advice })
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The major version, for example 15.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

fn places() -> Vec<PathBuf> {
    let mut places = versioned(Path::new("/usr/lib/postgresql"), "", "bin");
    let path = env::var_os("PATH").unwrap_or_default();
    // A link on the path leads to the folder with the other programs and the libraries.
    places.extend(env::split_paths(&path).filter_map(|folder| {
        let program = fs::canonicalize(folder.join("initdb")).ok()?;
        program.parent().map(Path::to_path_buf)
    }));
    for homebrew in ["/opt/homebrew/opt", "/usr/local/opt", "/home/linuxbrew/.linuxbrew/opt"] {
        places.extend(versioned(Path::new(homebrew), "postgresql@", "bin"));
    }
    places
}

/// `root/<prefix><version>/<bin>`, newest version first.
fn versioned(root: &Path, prefix: &str, bin: &str) -> Vec<PathBuf> {
    let entries: Vec<_> = fs::read_dir(root).map(|entries| entries.flatten().collect()).unwrap_or_default();
    let mut found: Vec<(u32, PathBuf)> = entries
        .iter()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((version, entry.path().join(bin)))
        })
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, folder)| folder).collect()
}

/// The major version in a folder that has both programs.
fn version_in(folder: &Path) -> Option<u32> {
    if !folder.join("initdb").exists() {
        return None;
    }
    let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    major(&String::from_utf8_lossy(&output.stdout))
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn major(words: &str) -> Option<u32> {
    let number = words.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::TemporaryFolder;

    #[test]
    fn the_major_version_is_read_from_every_form() {
        assert_eq!(major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 19beta2"), Some(19));
        assert_eq!(major("not found"), None);
    }

    #[test]
    fn the_newest_versioned_folder_comes_first() {
        let root = TemporaryFolder::make("rappel-test", None).unwrap();
        for name in ["9", "15", "17", "common"] {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        let names: Vec<_> = versioned(root.path(), "", "bin")
            .iter()
            .map(|p| p.strip_prefix(root.path()).unwrap().to_path_buf())
            .collect();
        assert_eq!(names, [PathBuf::from("17/bin"), PathBuf::from("15/bin"), PathBuf::from("9/bin")]);
    }
}
