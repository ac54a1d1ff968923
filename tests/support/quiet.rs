//! A person is called for every line of level ERROR, so that on an ordinary day there is none.

use std::fs;
use std::path::Path;

/// Searches what the roles wrote, starting and stopping included.
pub fn check(folder: &Path) {
    let mut errors = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|end| end == "log") {
            let text = fs::read_to_string(&path).unwrap();
            let lines = text.lines().filter(|line| line.contains(r#""level":"ERROR""#));
            errors.extend(lines.map(|line| format!("{}: {line}", path.display())));
        }
    }
    assert!(errors.is_empty(), "nothing was broken, and errors were logged:\n{}", errors.join("\n"));
}
