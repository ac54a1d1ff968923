//! Finds RabbitMQ's own scripts and Erlang's port mapper.
//!
//! Debian's `/usr/sbin/rabbitmq-server` is a wrapper that changes the user and the folders; the scripts of the package
//! itself run as anybody.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::ServerError;

/// Where RabbitMQ's scripts and `epmd` are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RabbitBinaries {
    scripts: PathBuf,
    epmd: PathBuf,
}

impl RabbitBinaries {
    /// The newest scripts in Debian's folders, then `PATH`, then Homebrew; `RABBITMQ_SBIN`, when set, is the only place
    /// looked at. Erlang must be on `PATH`.
    ///
    /// # Errors
    /// When either is missing; the message says what to install.
    pub fn find() -> Result<Self, ServerError> {
        let named = env::var_os("RABBITMQ_SBIN").filter(|value| !value.is_empty()).map(PathBuf::from);
        let places = named.map_or_else(places, |folder| vec![folder]);
        let scripts = places.into_iter().find(|folder| is_complete(folder));
        match (scripts, on_path("erl"), on_path("epmd")) {
            (Some(scripts), Some(_), Some(epmd)) => Ok(Self { scripts, epmd }),
            (scripts, _, _) => Err(ServerError::NotInstalled {
                server: if scripts.is_some() { "Erlang (erl and epmd on PATH)" } else { "RabbitMQ" },
                advice: "install it (Debian, Ubuntu: apt-get install rabbitmq-server; Fedora: dnf install \
                         rabbitmq-server; macOS: brew install rabbitmq), or set RABBITMQ_SBIN to the sbin folder of \
                         its distribution"
                    .into(),
            }),
        }
    }

    /// The folder of the scripts.
    #[must_use]
    pub fn scripts(&self) -> &Path {
        &self.scripts
    }

    pub(super) fn server(&self) -> PathBuf {
        self.scripts.join("rabbitmq-server")
    }

    pub(super) fn epmd(&self) -> &Path {
        &self.epmd
    }
}

fn is_complete(folder: &Path) -> bool {
    ["rabbitmq-server", "rabbitmq-env"].iter().all(|script| folder.join(script).is_file())
}

fn places() -> Vec<PathBuf> {
    let mut places = distributions(Path::new("/usr/lib/rabbitmq/lib"));
    let path = env::var_os("PATH").unwrap_or_default();
    places.extend(env::split_paths(&path).filter_map(|folder| {
        let script = fs::canonicalize(folder.join("rabbitmq-server")).ok()?;
        script.parent().map(Path::to_path_buf)
    }));
    let homebrew = ["/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew"];
    places.extend(homebrew.iter().map(|root| Path::new(root).join("opt/rabbitmq/sbin")));
    places
}

/// `root/rabbitmq_server-<version>/sbin`, newest version first.
fn distributions(root: &Path) -> Vec<PathBuf> {
    let entries: Vec<_> = fs::read_dir(root).map(|entries| entries.flatten().collect()).unwrap_or_default();
    let mut found: Vec<(Vec<u32>, PathBuf)> = entries
        .iter()
        .filter_map(|entry| {
            let name = entry.file_name();
            let version = name.to_str()?.strip_prefix("rabbitmq_server-")?;
            let numbers = version.split('.').map_while(|part| part.parse().ok()).collect();
            Some((numbers, entry.path().join("sbin")))
        })
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, folder)| folder).collect()
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::TemporaryFolder;

    #[test]
    fn versions_are_compared_as_numbers() {
        let root = TemporaryFolder::make("rappel-test", None).unwrap();
        for name in ["rabbitmq_server-3.9.2", "rabbitmq_server-3.10.8", "rabbitmq_server-4.0.1", "other"] {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        let found = distributions(root.path());
        let names: Vec<_> = found.iter().map(|folder| folder.strip_prefix(root.path()).unwrap()).collect();
        let expected =
            ["4.0.1", "3.10.8", "3.9.2"].map(|v| PathBuf::from(format!("rabbitmq_server-{v}/sbin")));
        assert_eq!(names, expected);
    }

    #[test]
    fn a_wrapper_is_not_taken_for_the_scripts() {
        let folder = TemporaryFolder::make("rappel-test", None).unwrap();
        fs::write(folder.path().join("rabbitmq-server"), "#!/bin/sh\n").unwrap();
        assert!(!is_complete(folder.path()));
        fs::write(folder.path().join("rabbitmq-env"), "#!/bin/sh\n").unwrap();
        assert!(is_complete(folder.path()));
    }
}
