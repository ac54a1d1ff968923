//! A Python with `dkimpy`, so that the DKIM signer is verified by an implementation that is not ours. It is made once, in a
//! virtual environment under `target/`.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use crate::steps::succeed;
use crate::wheel::{python, python_at};
use crate::{Outcome, debian, root};

/// The variable by which the test is told which Python it is to use; it then fails when that one has no dkimpy.
pub(crate) const VARIABLE: &str = "RAPPEL_PYTHON";

/// Exact versions and their hashes.
const REQUIREMENTS: &str = include_str!("../dkimpy.txt");

/// The Python named in the environment, else the one made here; `None`, and a sentence, where there is no Python to make it with.
///
/// # Errors
/// When there is a Python and dkimpy cannot be installed into it: the test would be left out without need.
pub(crate) fn find_or_make() -> Result<Option<PathBuf>, Box<dyn Error>> {
    if let Some(named) = env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        return Ok(Some(named.into()));
    }
    let folder = root().join("target/dkimpy");
    if is_made(&folder) {
        return Ok(Some(program(&folder)));
    }
    if let Err(error) = make_environment(&folder) {
        println!(
            "no independent check of DKIM signatures: no Python here makes virtual environments ({error})"
        );
        return Ok(None);
    }
    install(&folder)?;
    Ok(Some(program(&folder)))
}

fn program(folder: &Path) -> PathBuf {
    folder.join("bin/python")
}

/// Written last, so that an environment that was left half made is made anew.
fn mark(folder: &Path) -> PathBuf {
    folder.join("installed.txt")
}

/// Also that the system's Python, which the environment points to, is still there.
fn is_made(folder: &Path) -> bool {
    let installed = fs::read_to_string(mark(folder));
    installed.is_ok_and(|installed| installed == REQUIREMENTS) && program(folder).exists()
}

fn make_environment(folder: &Path) -> Outcome {
    let make = || succeed(python().args(["-m", "venv", "--clear"]).arg(folder));
    match make() {
        Err(_) if debian::can_install() => debian::install(&["python3-venv"]).and_then(|()| make()),
        outcome => outcome,
    }
}

fn install(folder: &Path) -> Outcome {
    println!("fetching dkimpy (Python package)");
    let requirements = folder.join("requirements.txt");
    fs::write(&requirements, REQUIREMENTS)?;
    let install = ["-m", "pip", "install", "--quiet", "--require-hashes", "--requirement"];
    succeed(python_at(program(folder)).args(install).arg(&requirements))?;
    fs::rename(requirements, mark(folder))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use servers::TemporaryFolder;

    use super::*;

    #[test]
    fn every_requirement_is_pinned_by_version_and_hash() {
        let lines: Vec<&str> = REQUIREMENTS.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.iter().any(|line| line.starts_with("dkimpy==")));
        assert!(
            lines.iter().all(|line| line.contains("==") && line.contains(" --hash=sha256:")),
            "{lines:?}"
        );
    }

    #[test]
    fn an_environment_counts_once_everything_is_in_it_and_until_the_requirements_change() {
        let folder = TemporaryFolder::open_to_all("rappel-test").unwrap();
        fs::write(mark(folder.path()), REQUIREMENTS).unwrap();
        assert!(!is_made(folder.path()));
        fs::create_dir(folder.path().join("bin")).unwrap();
        fs::write(program(folder.path()), "a Python").unwrap();
        assert!(is_made(folder.path()));
        fs::write(mark(folder.path()), "dkimpy==0.1").unwrap();
        assert!(!is_made(folder.path()));
    }
}
