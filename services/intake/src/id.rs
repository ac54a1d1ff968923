//! Names that other systems give to their records, and the ids that follow from them.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Flaw, Kind};

/// The system that a file comes from, such as `ticketing`: the scope within which external ids are unique.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceName(String);

/// A text that is no [`SourceName`].
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "a source name has 1 to 64 of a-z, 0-9, '_', '-' and '.', and starts with a letter, as in 'ticketing'"
)]
pub struct NoSourceName;

impl SourceName {
    /// Reads a source name: 1 to 64 of `a-z 0-9 _ - .`, a letter first.
    ///
    /// # Errors
    /// [`NoSourceName`] when it has another form.
    pub fn parse(text: &str) -> Result<Self, NoSourceName> {
        let known = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.');
        let starts_well = text.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
        if starts_well && text.len() <= 64 && text.bytes().all(known) {
            return Ok(Self(text.to_owned()));
        }
        Err(NoSourceName)
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for SourceName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a record in its source, or a reference to one.
///
/// Compared exactly as given, after trimming: there are systems whose ids differ by case alone, and joining two of
/// their contacts would write to the wrong person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExternalId(String);

impl ExternalId {
    /// The largest id, in bytes: it is a part of index keys.
    pub const MAX_BYTES: usize = 255;

    /// Reads an id that was trimmed.
    ///
    /// # Errors
    /// When it is empty, longer than [`Self::MAX_BYTES`], or has a control character.
    pub fn parse(text: &str) -> Result<Self, Flaw> {
        if text.is_empty() {
            return Err(Flaw::new("an id cannot be empty", "write the record's id in the source system"));
        }
        if text.len() > Self::MAX_BYTES {
            let reason = format!("an id has at most {} bytes", Self::MAX_BYTES);
            return Err(Flaw::new(reason, "write the record's id in the source system"));
        }
        if text.chars().any(char::is_control) {
            return Err(Flaw::new("an id cannot contain a control character", "remove the character"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The id that a record always gets, however often and in whatever order it is imported: the first half of a SHA-256
/// over the four arguments, as a version 8 uuid.
///
/// `part` tells apart several rows that one record becomes, such as an order line with two holders; `""` when there
/// is one.
#[must_use]
pub fn record_id(kind: Kind, source: &SourceName, external_id: &str, part: &str) -> Uuid {
    let mut hash = Sha256::new_with_prefix(b"rappel.record_id.v1");
    for text in [kind.word(), source.as_str(), external_id, part] {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    let [half, _] = halves(hash.finalize().into());
    uuid::Builder::from_custom_bytes(half).into_uuid()
}

/// The two halves of a hash.
pub(crate) fn halves(hash: [u8; 32]) -> [[u8; 16]; 2] {
    let mut halves = [[0; 16]; 2];
    halves.as_flattened_mut().copy_from_slice(&hash);
    halves
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_keeps_its_id_and_shares_it_with_no_other() {
        let ticketing = SourceName::parse("ticketing").unwrap();
        let shop = SourceName::parse("shop").unwrap();
        let id = record_id(Kind::Activities, &ticketing, "A-1", "");

        assert_eq!(id.to_string(), "e99d9694-5522-8c7f-bf62-5e8aae1e28db");
        assert_eq!(id.get_version_num(), 8);
        let others = [
            record_id(Kind::OrderLines, &ticketing, "A-1", ""),
            record_id(Kind::Activities, &shop, "A-1", ""),
            record_id(Kind::Activities, &ticketing, "A-2", ""),
            record_id(Kind::Activities, &ticketing, "A-1", "purchaser"),
            record_id(Kind::Activities, &ticketing, "A-", "1"),
        ];
        assert!(others.iter().all(|other| *other != id));
    }

    #[test]
    fn source_names_are_plain_words() {
        for good in ["t", "ticketing", "crm-2.eu_west"] {
            assert_eq!(SourceName::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "2crm", "CRM", "my crm", "crm/é", &"a".repeat(65)] {
            assert_eq!(SourceName::parse(bad), Err(NoSourceName));
        }
    }

    #[test]
    fn ids_that_differ_by_case_stay_apart() {
        assert_ne!(ExternalId::parse("00Ax").unwrap(), ExternalId::parse("00AX").unwrap());
        assert!(ExternalId::parse("").is_err());
        assert!(ExternalId::parse("a\u{0}b").is_err());
        assert!(ExternalId::parse(&"é".repeat(128)).is_err());
        assert!(ExternalId::parse(&"é".repeat(127)).is_ok());
    }
}
