//! The one kind of error of this crate.

use serde::{Deserialize, Serialize};

/// What is wrong with a query and what would be right, for the person who wrote it.
///
/// The message never repeats a text that the query compares with, since that may be a person's name or address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{}: {message}", if at.is_empty() { "query" } else { at.as_str() })]
pub struct QueryError {
    /// The node at fault, as a JSON pointer (RFC 6901) such as `/all/1/any/0`; empty for the whole query.
    pub at: String,
    /// A sentence without the pointer.
    pub message: String,
}

impl QueryError {
    pub(crate) fn new(at: &str, message: impl Into<String>) -> Self {
        Self { at: at.to_owned(), message: message.into() }
    }
}

/// "`a`, `b`, `c` and 4 more", or "none" when nothing is known: the part of a message that says what would be right.
pub(crate) fn known<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 12;
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.len() {
        0 => "none".to_owned(),
        count if count <= SHOWN => names.join(", "),
        count => format!("{} and {} more", names[..SHOWN].join(", "), count - SHOWN),
    }
}
