//! Which records a file has already shown.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use sha2::{Digest, Sha256};

/// The keys of a file so far.
///
/// Keeps 64 bits of a hash of each key, 64 bits of the content's hash and the row: 20 bytes a row, 21 to 42 with the
/// table's free places, so 10 million rows take 400 MB at most. Two different keys of a file of 10 million share their 64
/// bits once in 370,000 files; the later row is then rejected, and its message names the earlier.
#[derive(Default)]
pub(crate) struct Seen(HashMap<[u32; 2], Sighting>);

#[derive(PartialEq)]
struct Sighting {
    content: [u32; 2],
    row: u32,
}

/// What the file showed before under the same key.
#[derive(Debug, PartialEq)]
pub(crate) enum Before {
    /// Nothing.
    New,
    /// The same content.
    Same,
    /// Other content, first in the given row.
    Different { first_row: u64 },
}

impl Seen {
    /// Looks a key up, and remembers its first appearance.
    pub(crate) fn note(&mut self, key: &str, content: &[u8; 32], row: u64) -> Before {
        let content = first_64_bits(content);
        match self.0.entry(first_64_bits(&Sha256::digest(key).into())) {
            Entry::Vacant(place) => {
                place.insert(Sighting { content, row: u32::try_from(row).unwrap_or(u32::MAX) });
                Before::New
            }
            Entry::Occupied(place) if place.get().content == content => Before::Same,
            Entry::Occupied(place) => Before::Different { first_row: u64::from(place.get().row) },
        }
    }
}

fn first_64_bits(hash: &[u8; 32]) -> [u32; 2] {
    let [a, b, c, d, e, f, g, h, ..] = *hash;
    [u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h])]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_of_a_key_is_remembered() {
        let mut seen = Seen::default();
        assert_eq!(seen.note("A", &[1; 32], 2), Before::New);
        assert_eq!(seen.note("B", &[1; 32], 3), Before::New);
        assert_eq!(seen.note("A", &[1; 32], 4), Before::Same);
        assert_eq!(seen.note("A", &[2; 32], 5), Before::Different { first_row: 2 });
        assert_eq!(seen.note("A", &[1; 32], 6), Before::Same);
    }

    #[test]
    fn a_sighting_takes_twenty_bytes() {
        assert_eq!(size_of::<([u32; 2], Sighting)>(), 20);
    }
}
