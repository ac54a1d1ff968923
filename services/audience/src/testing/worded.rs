//! Targets as a marketer words them, in four languages, each with its tree and with SQL by hand: `tests/data/targets.md`.
#![expect(clippy::expect_used, reason = "a section without one of its parts is a failed test")]

use crate::tree::Query;

const TEXT: &str = include_str!("../../../../tests/data/targets.md");

/// The languages in which each sentence is written, in their order.
pub const LANGUAGES: [&str; 4] = ["en", "fr", "it", "de"];

/// One section of the file.
#[derive(Clone, Debug)]
pub struct WordedTarget {
    /// Its heading.
    pub title: &'static str,
    /// The sentence in each of [`LANGUAGES`].
    pub sentences: [&'static str; 4],
    /// The target.
    pub query: Query,
    /// SQL that was written from the sentence; `$1` is the institution and `$2` the day.
    pub sql: &'static str,
}

/// Every section, in the order of the file.
///
/// # Panics
/// A section lacks one of its parts, or its target cannot be read.
#[must_use]
pub fn worded_targets() -> Vec<WordedTarget> {
    TEXT.split("\n## ").skip(1).map(read).collect()
}

fn read(section: &'static str) -> WordedTarget {
    let (title, rest) = section.split_once('\n').expect("a heading");
    let sentence = |language: &str| {
        let begin = format!("- {language}: ");
        rest.lines().find_map(|line| line.strip_prefix(begin.as_str())).expect("a sentence in every language")
    };
    let block = |kind: &str| {
        let (_, block) = rest.split_once(&format!("```{kind}\n")).expect("a block of each kind");
        block.split("\n```").next().expect("an end of the block")
    };
    let query = Query::from_json(block("json")).expect("a target");
    WordedTarget { title, sentences: LANGUAGES.map(sentence), query, sql: block("sql") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::words::{Language, Names, words};

    const HEAD: &str = "# The targets of a theatre, in words\n\nWhat somebody wrote, and what the product says of the target. Made by \
                        `GOLDEN=write cargo test -p audience as_kept`; things are called by their codes here.\n";

    /// What the product says of each target stands beside what the marketer said: people who speak the language read both.
    #[test]
    fn the_words_of_each_target_are_as_kept() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/targets.words.md");
        let mut text = String::from(HEAD);
        for target in worded_targets() {
            text.push_str(&format!("\n## {}\n", target.title));
            for (language, sentence) in Language::ALL.into_iter().zip(target.sentences) {
                let said = words(&target.query, language, &Names::default());
                text.push_str(&format!("\n*{sentence}*\n\n```{}\n{said}\n```\n", language.tag()));
            }
        }
        if std::env::var_os("GOLDEN").is_some() {
            std::fs::write(&path, &text).expect("a file of this repository");
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(text, kept, "if that is meant, run with GOLDEN=write and review");
    }

    #[test]
    fn every_sentence_and_title_is_another() {
        let targets = worded_targets();
        assert!(targets.len() >= 30, "{} targets", targets.len());
        let all = targets
            .iter()
            .flat_map(|target| target.sentences)
            .chain(targets.iter().map(|target| target.title));
        let different: BTreeSet<&str> = all.collect();
        assert_eq!(different.len(), targets.len() * 5);
        assert!(different.iter().all(|text| text.trim() == *text && !text.is_empty()));
    }
}
