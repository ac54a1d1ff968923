//! Secret keys with an id each, one current and any number of previous ones.
//!
//! What a key made carries the key's id, so that a rotation never orphans it: new things are made under the
//! current key, old ones are still recognised (CO-23). Keys live in files outside the database (CO-22); this module
//! neither reads nor makes them, and no key ever appears in `Debug` output.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretBox};
use serde::{Deserialize, Serialize};

/// The octets of every key.
pub const KEY_BYTES: usize = 32;

/// Names a key inside its ring. Stored beside what the key made; a number is never given to a second key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(pub u8);

/// A secret of 256 bits, wiped from memory when its last holder goes.
#[derive(Clone, Debug)]
pub struct SecretKey(Arc<SecretBox<[u8; KEY_BYTES]>>);

impl SecretKey {
    /// Takes the octets of a key file.
    #[must_use]
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Arc::new(SecretBox::new(Box::new(bytes))))
    }

    /// The octets, for the cipher or the hash only.
    pub(crate) fn expose(&self) -> &[u8; KEY_BYTES] {
        self.0.expose_secret()
    }
}

/// Two keys with one id: what either of them made could not be told apart.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("key id {} stands for two keys; give each key its own id", .0.0)]
pub struct RepeatedKeyId(pub KeyId);

/// The keys of one kind: the current one makes, all of them recognise.
#[derive(Clone, Debug)]
pub struct KeyRing {
    current: (KeyId, SecretKey),
    previous: Vec<(KeyId, SecretKey)>,
}

impl KeyRing {
    /// A ring of `current` and the keys before it.
    ///
    /// # Errors
    /// [`RepeatedKeyId`] when an id occurs twice.
    pub fn new(
        current: (KeyId, SecretKey),
        previous: Vec<(KeyId, SecretKey)>,
    ) -> Result<Self, RepeatedKeyId> {
        let mut seen = vec![current.0];
        for (id, _) in &previous {
            if seen.contains(id) {
                return Err(RepeatedKeyId(*id));
            }
            seen.push(*id);
        }
        Ok(Self { current, previous })
    }

    /// The key that makes new things.
    #[must_use]
    pub fn current(&self) -> (KeyId, &SecretKey) {
        (self.current.0, &self.current.1)
    }

    /// The key with this id, current or previous.
    #[must_use]
    pub fn get(&self, id: KeyId) -> Option<&SecretKey> {
        self.iter().find(|(found, _)| *found == id).map(|(_, key)| key)
    }

    /// Every key, the current one first.
    pub fn iter(&self) -> impl Iterator<Item = (KeyId, &SecretKey)> {
        std::iter::once(&self.current).chain(&self.previous).map(|(id, key)| (*id, key))
    }

    /// The same keys with another one as the current one; `None` when the ring has no key of that id.
    #[must_use]
    pub fn pinned(&self, id: KeyId) -> Option<Self> {
        let current = (id, self.get(id)?.clone());
        let previous =
            self.iter().filter(|(other, _)| *other != id).map(|(other, key)| (other, key.clone())).collect();
        Some(Self { current, previous })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: u8) -> (KeyId, SecretKey) {
        (KeyId(id), SecretKey::new([id; KEY_BYTES]))
    }

    #[test]
    fn an_id_stands_for_one_key() {
        assert_eq!(KeyRing::new(key(1), vec![key(2), key(1)]).unwrap_err(), RepeatedKeyId(KeyId(1)));
        assert_eq!(KeyRing::new(key(1), vec![key(2), key(2)]).unwrap_err(), RepeatedKeyId(KeyId(2)));
    }

    #[test]
    fn pinning_changes_the_maker_and_keeps_every_key() {
        let ring = KeyRing::new(key(3), vec![key(2), key(1)]).unwrap();
        let pinned = ring.pinned(KeyId(2)).unwrap();
        assert_eq!(pinned.current().0, KeyId(2));
        assert_eq!(pinned.iter().map(|(id, _)| id.0).collect::<Vec<_>>(), [2, 3, 1]);
        assert!(ring.pinned(KeyId(9)).is_none());
    }

    #[test]
    fn debug_output_shows_no_key() {
        let shown = format!("{:?}", KeyRing::new(key(200), vec![key(201)]).unwrap());
        assert!(!shown.contains("200, 200") && !shown.contains("201, 201"), "{shown}");
    }
}
