//! The account that a server runs as: ours, or an unprivileged one when we are root.

use std::fs::Metadata;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::{fs, io};

use crate::ServerError;

/// An account to drop to. Exists only when this process runs as root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    uid: u32,
    gid: u32,
}

impl Account {
    /// The account for a server when we are root (the server's own, else `nobody`), or `None` when we are not.
    ///
    /// # Errors
    /// When we are root and `/etc/passwd` names neither.
    pub(crate) fn to_drop_to(own: &str) -> Result<Option<Self>, ServerError> {
        if !running_as_root()? {
            return Ok(None);
        }
        let passwd = Path::new("/etc/passwd");
        let text = fs::read_to_string(passwd).map_err(ServerError::folder(passwd))?;
        match find(&text, own).or_else(|| find(&text, "nobody")) {
            Some(account) => Ok(Some(account)),
            None => Err(ServerError::NotInstalled {
                server: "an unprivileged account",
                advice: format!(
                    "/etc/passwd has neither `{own}` nor `nobody`; do not run as root, or add one"
                ),
            }),
        }
    }

    /// Makes the command run as this account, with no supplementary group.
    pub(crate) fn apply(&self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    /// Whether this account may enter a folder with these facts.
    pub(crate) fn may_enter(&self, folder: &Metadata) -> bool {
        let enter = if folder.uid() == self.uid {
            0o100
        } else if folder.gid() == self.gid {
            0o010
        } else {
            0o001
        };
        folder.mode() & enter != 0
    }

    /// Hands a file or folder over to this account.
    pub(crate) fn own(&self, path: &Path) -> io::Result<()> {
        chown(path, Some(self.uid), Some(self.gid))
    }
}

/// Whether this process runs as root. (The standard library does not tell; POSIX demands the program `id`.)
///
/// # Errors
/// When `id` cannot be run.
pub fn running_as_root() -> Result<bool, ServerError> {
    let output = Command::new("id")
        .arg("-u")
        .output()
        .map_err(|source| ServerError::NotRun { program: "id".into(), source })?;
    Ok(output.stdout.trim_ascii() == b"0")
}

/// Finds `name` in the text of `/etc/passwd` (`name:password:uid:gid:…`).
fn find(passwd: &str, name: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next() != Some(name) {
            return None;
        }
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Account { uid, gid })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\n\
        postgres-exporter:x:9:9::/:/bin/false\n\
        postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash\n\
        broken:x:abc:1::/:\n";

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        assert_eq!(find(PASSWD, "postgres"), Some(Account { uid: 101, gid: 104 }));
        assert_eq!(find(PASSWD, "post"), None);
        assert_eq!(find(PASSWD, "broken"), None);
    }
}
