//! Installs Debian packages when we are root on a Debian, without starting the services that they bring.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::steps::succeed;

/// Packages ask this script whether a service may start; 101 means no.
const POLICY: &str = "/usr/sbin/policy-rc.d";
const REFUSE: &str = "#!/bin/sh\nexit 101\n";

/// Whether [`install`] can work here.
pub(crate) fn can_install() -> bool {
    let debian = Path::new("/usr/bin/apt-get").exists();
    debian && servers::running_as_root().unwrap_or(false)
}

/// Installs packages. Their services stay off: the private servers need the programs only.
pub(crate) fn install(packages: &[&str]) -> Outcome {
    println!("installing {} (Debian packages)", packages.join(" and "));
    let _policy = NoServices::declare(Path::new(POLICY))?;
    succeed(apt_get().arg("update"))?;
    succeed(apt_get().args(["install", "--yes", "--no-install-recommends"]).args(packages))
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.arg("--quiet=2").env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// Keeps new services off while it lives. A policy that the machine has already is left alone.
struct NoServices(Option<PathBuf>);

impl NoServices {
    fn declare(policy: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        if policy.exists() {
            return Ok(Self(None));
        }
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o755).open(policy)?;
        file.write_all(REFUSE.as_bytes())?;
        Ok(Self(Some(policy.to_path_buf())))
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        if let Some(policy) = &self.0
            && let Err(error) = fs::remove_file(policy)
        {
            eprintln!("{} was made to keep services off and could not be removed: {error}", policy.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use servers::TemporaryFolder;

    #[test]
    fn services_are_refused_only_meanwhile() {
        let folder = TemporaryFolder::open_to_all("rappel-test").unwrap();
        let policy = folder.path().join("policy-rc.d");
        let declared = NoServices::declare(&policy).unwrap();
        assert_eq!(Command::new(&policy).status().unwrap().code(), Some(101));
        drop(declared);
        assert!(!policy.exists());
    }

    #[test]
    fn a_policy_of_the_machine_stays() {
        let folder = TemporaryFolder::open_to_all("rappel-test").unwrap();
        let policy = folder.path().join("policy-rc.d");
        fs::write(&policy, "own").unwrap();
        drop(NoServices::declare(&policy).unwrap());
        assert_eq!(fs::read_to_string(&policy).unwrap(), "own");
    }
}
