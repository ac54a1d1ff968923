//! The repository speaks of itself alone: no path of the machine that it was written on, no host that its tools fetch
//! from. A clone on another machine, with other mirrors, reads and works the same.

use super::tree::sources;

/// Written backwards, so that this file does not contain what it looks for. Those that begin with `/` at their end
/// are paths, and count only where a path begins.
const BACKWARDS: &[&str] = &[
    "/krow/",
    "/toor/",
    "vnep yp.",
    "oi.setarc",
    "sr.scod",
    "gro.ipyp",
    "gro.detsohnohtyp",
    "gro.sjmpn",
    "gro.naibed.bed",
    "gro.gnalog.yxorp",
];

/// Written by cargo, which names the registry in it.
const GENERATED: &[&str] = &["Cargo.lock"];

fn needles() -> Vec<String> {
    BACKWARDS.iter().map(|word| word.replace(' ', "").chars().rev().collect()).collect()
}

fn has(text: &str, needle: &str) -> bool {
    let inside_a_path = |c: char| c.is_alphanumeric() || "._-*}/".contains(c);
    text.match_indices(needle).any(|(at, _)| !needle.starts_with('/') || !text[..at].ends_with(inside_a_path))
}

#[test]
fn no_file_names_the_place_where_it_was_written() {
    let needles = needles();
    let mut found = Vec::new();
    for source in sources(&[""]).into_iter().filter(|source| !GENERATED.contains(&source.path.as_str())) {
        for (number, line) in (1..).zip(source.text.lines()) {
            let named = needles.iter().filter(|needle| has(line, needle));
            found.extend(named.map(|needle| format!("{}:{number}: {needle}", source.path)));
        }
    }
    assert!(found.is_empty(), "say it without the place:\n{}", found.join("\n"));
}

#[test]
fn paths_count_where_they_begin_and_hosts_anywhere() {
    let needles = needles();
    let caught = |text: &str| needles.iter().any(|needle| has(text, needle));
    let backwards = |text: &str| text.chars().rev().collect::<String>();
    assert!(caught(&backwards("niam/krow/ dc")) && caught(&backwards("sr.scod//:sptth")));
    assert!(!caught(&backwards("sr.liam/krow/selor")) && !caught("at work"));
}
