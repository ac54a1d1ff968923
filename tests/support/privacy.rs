//! Personal data stays out of logs, journals and spools.

use std::fs;
use std::path::{Path, PathBuf};

use super::files::PLANTED;

/// Searches everything that the processes wrote (but for what the test itself handed in) for planted names and addresses.
pub fn check(folder: &Path) {
    let mut found = Vec::new();
    for path in written(folder) {
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).to_lowercase();
        for planted in PLANTED.iter().filter(|planted| text.contains(**planted)) {
            let line = text.lines().find(|line| line.contains(*planted)).unwrap_or_default();
            let line: String = line.chars().take(300).collect();
            found.push(format!("{}: {planted} in: {line}", path.display()));
        }
    }
    assert!(found.is_empty(), "I13: personal data was written where none belongs:\n{}", found.join("\n"));
}

/// Logs beside the settings file, and everything in the state folder.
fn written(folder: &Path) -> Vec<PathBuf> {
    let logs = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> =
        logs.filter(|path| path.extension().is_some_and(|end| end == "log")).collect();
    collect(&folder.join("state"), &mut paths);
    paths
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        match path.is_dir() {
            true => collect(&path, paths),
            false => paths.push(path),
        }
    }
}
