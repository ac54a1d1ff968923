//! What a marketer writes for one email, and what can be wrong with it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The source of one email, as written, stored and frozen at launch.
///
/// It is data until [`crate::CompiledContent::compile`] has accepted it; a stored version is compiled again when it is
/// loaded, so that no rule can be missed by an older row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailContent {
    /// Template of the subject, one line.
    pub subject: String,
    /// Template of the line that mail programs show beside the subject; goes hidden to the top of the HTML part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preheader: Option<String>,
    /// Template of the plain text part.
    pub text: String,
    /// Template of the HTML part.
    pub html: String,
    /// The name beside the sender's address. Not a template.
    pub from_name: String,
    /// The address that answers go to: a mailbox that somebody reads (EM-51). Not a template.
    pub reply_to: String,
}

impl EmailContent {
    /// SHA-256 over every field, each with its length, so that no two contents share a hash by shifting a border.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"rappel email content 1\n");
        let preheader = self.preheader.as_deref();
        for field in [
            Some(&*self.subject),
            preheader,
            Some(&*self.text),
            Some(&*self.html),
            Some(&*self.from_name),
            Some(&*self.reply_to),
        ] {
            hash.update([u8::from(field.is_some())]);
            let field = field.unwrap_or_default();
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field);
        }
        hash.finalize().into()
    }
}

/// A part of an email's content, as an author knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The subject.
    Subject,
    /// The line shown beside the subject.
    Preheader,
    /// The plain text part.
    Text,
    /// The HTML part.
    Html,
    /// The sender's name.
    FromName,
    /// The address for answers.
    ReplyTo,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Subject => "subject",
            Self::Preheader => "preheader",
            Self::Text => "text",
            Self::Html => "html",
            Self::FromName => "from_name",
            Self::ReplyTo => "reply_to",
        })
    }
}

/// One thing an author has to correct, with its place and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{part}, line {line}, column {column}: {message}")]
pub struct ContentFinding {
    /// Where it is.
    pub part: Part,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// A finding whose place is still a byte offset into one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }

    pub(crate) fn in_part(self, part: Part, source: &str) -> ContentFinding {
        let before = source.get(..self.at).unwrap_or(source);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        ContentFinding {
            part,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: self.message,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_sees_every_field_and_every_border() {
        let base = EmailContent {
            subject: "ab".into(),
            preheader: None,
            text: "c".into(),
            html: "d".into(),
            from_name: "e".into(),
            reply_to: "f".into(),
        };
        let changed = [
            EmailContent { subject: "a".into(), text: "bc".into(), ..base.clone() },
            EmailContent { preheader: Some(String::new()), ..base.clone() },
            EmailContent { html: "D".into(), ..base.clone() },
            EmailContent { from_name: "E".into(), ..base.clone() },
            EmailContent { reply_to: "F".into(), ..base.clone() },
        ];
        for other in &changed {
            assert_ne!(base.hash(), other.hash(), "{other:?}");
        }
        assert_eq!(base.hash(), base.clone().hash());
    }

    #[test]
    fn a_place_counts_characters_not_bytes() {
        let source = "é\nàb{{";
        let finding = Fault::new(source.len() - 2, "x").in_part(Part::Text, source);
        assert_eq!((finding.line, finding.column), (2, 3));
    }

    #[test]
    fn an_unknown_field_in_a_stored_source_is_refused() {
        let json = r#"{"subject":"s","text":"t","html":"h","from_name":"n","reply_to":"r","script":"x"}"#;
        assert!(serde_json::from_str::<EmailContent>(json).is_err());
    }
}
