//! Temporary folders for servers: short, private, reachable by the account that the server runs as, removed at the end.

use std::fs::Permissions;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, io};

use crate::ServerError;
use crate::account::Account;

/// A path in `sockaddr_un` holds 107 bytes and a zero; 24 are left for the socket's name (`/.s.PGSQL.12345`).
const LONGEST: usize = 107 - 24;

static MADE: AtomicU32 = AtomicU32::new(0);

/// A temporary folder, removed with its content on drop.
#[derive(Debug)]
pub struct TemporaryFolder {
    path: PathBuf,
}

impl TemporaryFolder {
    /// Makes a folder under `TMPDIR`, or under `/tmp`, for the account that runs this process alone.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn private(prefix: &str) -> Result<Self, ServerError> {
        Self::make(prefix, None)
    }

    /// Makes a folder under `TMPDIR` that everybody may read, or under `/tmp` when that is closed to others.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open_to_all(prefix: &str) -> Result<Self, ServerError> {
        let folder = Self::make(prefix, Account::to_drop_to("nobody")?.as_ref())?;
        let open = Permissions::from_mode(0o755);
        fs::set_permissions(&folder.path, open).map_err(ServerError::folder(&folder.path))?;
        Ok(folder)
    }

    /// Makes a folder for `owner` alone under `TMPDIR`, or under `/tmp` when that is too long for the path of a socket
    /// or closed to the owner.
    ///
    /// # Errors
    /// When no place suits, with the reason for each; when the folder cannot be made or handed over.
    pub(crate) fn make(prefix: &str, owner: Option<&Account>) -> Result<Self, ServerError> {
        let mut refusals = Vec::new();
        for parent in [env::temp_dir(), PathBuf::from("/tmp")] {
            match suits(&parent, prefix, owner) {
                Ok(()) => return Self::make_in(&parent, prefix, owner),
                Err(reason) => refusals.push(format!("{} {reason}", parent.display())),
            }
        }
        let advice = format!("{}; set TMPDIR to a short path that everybody may enter", refusals.join(", "));
        Err(ServerError::NoFolder { advice })
    }

    fn make_in(parent: &Path, prefix: &str, owner: Option<&Account>) -> Result<Self, ServerError> {
        loop {
            let path = parent.join(name(prefix));
            match fs::DirBuilder::new().mode(0o700).create(&path) {
                // Left by a process of the same number: take the next name.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(ServerError::Folder { path, source: error }),
                Ok(()) => {
                    let folder = Self { path };
                    if let Some(account) = owner {
                        account.own(&folder.path).map_err(ServerError::folder(&folder.path))?;
                    }
                    return Ok(folder);
                }
            }
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // Nothing to report to: the folder is under TMPDIR, and the watcher may have removed it already.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Checks that `account` may enter `folder` and everything above it.
///
/// # Errors
/// Names the first folder that is closed to it.
pub(crate) fn check_reachable(folder: &Path, account: &Account) -> Result<(), ServerError> {
    let absolute = fs::canonicalize(folder).map_err(ServerError::folder(folder))?;
    for ancestor in absolute.ancestors() {
        let facts = fs::metadata(ancestor).map_err(ServerError::folder(ancestor))?;
        if !account.may_enter(&facts) {
            let advice = format!(
                "as root the server runs as an unprivileged account, which may not enter {}",
                ancestor.display()
            );
            return Err(ServerError::NoFolder { advice });
        }
    }
    Ok(())
}

fn suits(parent: &Path, prefix: &str, owner: Option<&Account>) -> Result<(), String> {
    let length = parent.as_os_str().len() + 1 + name(prefix).len();
    if length > LONGEST {
        return Err(format!("is too long for a socket path ({length} bytes with the folder, {LONGEST} fit)"));
    }
    match owner {
        Some(account) => check_reachable(parent, account).map_err(|error| format!("is closed ({error})")),
        None => Ok(()),
    }
}

fn name(prefix: &str) -> String {
    format!("{prefix}-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_private_and_goes_with_its_value() {
        let folder = TemporaryFolder::make("rappel-test", None).unwrap();
        fs::write(folder.path().join("file"), "x").unwrap();
        let path = folder.path().to_path_buf();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn an_open_folder_can_be_read_by_everybody() {
        let folder = TemporaryFolder::open_to_all("rappel-test").unwrap();
        assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o755);
    }

    #[test]
    fn a_long_parent_is_refused_with_the_figures() {
        let long = PathBuf::from(format!("/{}", "x".repeat(90)));
        let reason = suits(&long, "rappel-pg", None).unwrap_err();
        assert!(reason.contains("83 fit"), "{reason}");
    }

    #[test]
    fn two_folders_never_share_a_name() {
        let one = TemporaryFolder::make("rappel-test", None).unwrap();
        let two = TemporaryFolder::make("rappel-test", None).unwrap();
        assert_ne!(one.path(), two.path());
    }
}
