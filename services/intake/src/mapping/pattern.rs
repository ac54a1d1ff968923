//! Names of files with a `*` in them.

use super::check::MappingFlaw;

/// A pattern of file names, in which each `*` stands for any characters or none; everything else stands for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    pub(super) fn parse(text: &str) -> Result<Self, MappingFlaw> {
        let reason = if text.is_empty() || text.starts_with('.') || text.contains(['/', '\\']) {
            Some("a pattern is the name of a file in the folder, as contacts-*.csv")
        } else if text.bytes().all(|byte| byte == b'*') {
            Some("the pattern takes every file; name something that the files have in common")
        } else {
            None
        };
        match reason {
            Some(reason) => Err(MappingFlaw::new("files", reason)),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// Whether a file of this name is meant.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = name.strip_prefix(first) else { return false };
        let mut parts = parts.peekable();
        if parts.peek().is_none() {
            return rest.is_empty();
        }
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                return rest.ends_with(part);
            }
            // The earliest place leaves most for what follows.
            let Some((_, behind)) = rest.split_once(part) else { return false };
            rest = behind;
        }
        true
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name, matches) in [
            ("contacts-*.csv", "contacts-2026.csv", true),
            ("contacts-*.csv", "contacts-.csv", true),
            ("contacts-*.csv", "contacts-2026.csv.part", false),
            ("contacts-*.csv", "old-contacts-1.csv", false),
            ("contacts.csv", "contacts.csv", true),
            ("contacts.csv", "contacts.csv2", false),
            ("*.csv", ".csv", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "acb", false),
            ("a*bc*c", "abc", false),
            ("a*", "a", true),
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap().matches(name), matches, "{pattern} {name}");
        }
        for bad in ["", "*", "**", "in/contacts.csv", "..", ".hidden", "a\\b"] {
            assert!(Pattern::parse(bad).is_err(), "{bad}");
        }
    }
}
