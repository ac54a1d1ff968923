//! The data folder: taken over, initialised once, refused when another version made it.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::{Durability, PostgresBinaries, SUPERUSER};
use crate::ServerError;
use crate::account::Account;
use crate::folder::check_reachable;

/// Makes `folder` (for a caller that keeps its data) and returns the data folder in it, as an absolute path.
pub(super) fn adopt(folder: &Path, account: Option<&Account>) -> Result<PathBuf, ServerError> {
    if !folder.exists() {
        let parent = folder.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(ServerError::folder(parent))?;
        fs::DirBuilder::new().mode(0o700).create(folder).map_err(ServerError::folder(folder))?;
    }
    let folder = fs::canonicalize(folder).map_err(ServerError::folder(folder))?;
    if let Some(account) = account {
        // Never a folder that holds something: it may be anybody's.
        if fs::read_dir(&folder).map_err(ServerError::folder(&folder))?.next().is_none() {
            account.own(&folder).map_err(ServerError::folder(&folder))?;
        }
        check_reachable(&folder, account)?;
    }
    Ok(folder.join("data"))
}

/// Refuses a folder that another version made.
pub(super) fn check_version(data: &Path, binaries: &PostgresBinaries) -> Result<(), ServerError> {
    let made_by =
        fs::read_to_string(version_file(data)).map_err(ServerError::folder(data))?.trim().to_owned();
    if made_by == binaries.version().to_string() {
        return Ok(());
    }
    Err(ServerError::OtherVersion { data: data.to_path_buf(), made_by, found: binaries.version() })
}

/// Whether `initdb` has finished here.
pub(super) fn is_initialised(data: &Path) -> bool {
    version_file(data).exists()
}

fn version_file(data: &Path) -> PathBuf {
    data.join("PG_VERSION")
}

/// Where `initdb` works: beside the final name, so that an interrupted run leaves no folder that looks finished.
pub(super) fn unfinished(data: &Path) -> Result<PathBuf, ServerError> {
    let unfinished = data.with_extension("unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(ServerError::folder(&unfinished))?;
    }
    Ok(unfinished)
}

/// How a cluster is made: UTF-8, byte order, no passwords. Access is guarded by the folder of the socket.
pub(super) fn initdb_arguments(data: &Path, durability: Durability) -> Vec<String> {
    let mut arguments =
        vec!["-D".to_owned(), data.display().to_string(), "-U".to_owned(), SUPERUSER.to_owned()];
    arguments.extend(["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"].map(str::to_owned));
    if durability == Durability::ThrowAway {
        arguments.push("--no-sync".to_owned());
    }
    arguments
}
