//! The repository as a set of files.

use std::fs;
use std::path::{Path, PathBuf};

/// What builds and tools leave; never source.
const NOT_SOURCE: &[&str] = &["target", ".git", "node_modules", "var"];

/// The root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A text file and its path from the root.
pub struct Source {
    pub path: String,
    pub text: String,
}

/// All text files below some folders of the root (`""` is the root itself), in a stable order.
pub fn sources(folders: &[&str]) -> Vec<Source> {
    let root = root();
    let mut found = Vec::new();
    for folder in folders {
        collect(&root, &root.join(folder), &mut found);
    }
    assert!(!found.is_empty(), "no files below {folders:?}: the tree moved, and this check with it");
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// The text files whose names end so.
pub fn sources_ending(folders: &[&str], ending: &str) -> Vec<Source> {
    sources(folders).into_iter().filter(|source| source.path.ends_with(ending)).collect()
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())).flatten()
    {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if NOT_SOURCE.contains(&name.as_str()) || path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, found);
        } else if let Ok(text) = fs::read_to_string(&path) {
            // What is not UTF-8 is a picture or a font.
            let path = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            found.push(Source { path, text });
        }
    }
}
