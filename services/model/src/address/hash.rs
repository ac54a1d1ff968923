//! What remains of an address where the address itself may not be kept.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::AddressKey;
use crate::ids::InstitutionId;
use crate::keys::{KeyId, KeyRing};
use crate::vocabulary::Channel;

/// The block of SHA-256, to which HMAC fills a shorter key with zeros (RFC 2104).
const BLOCK: usize = 64;

/// Keyed hash of channel and address (CO-22). Ordered, because locks on addresses are taken in hash order.
///
/// It identifies a person to whoever has the key, so it is personal data all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AddressHash(pub [u8; 32]);

/// The address keys of one institution. Equal addresses of two institutions have nothing in common (CO-22).
#[derive(Clone)]
pub struct AddressKeys {
    current: (KeyId, Hmac<Sha256>),
    previous: Vec<(KeyId, Hmac<Sha256>)>,
}

impl AddressKeys {
    /// Derives the keys of `institution` from the ring of the installation, under the same ids.
    #[must_use]
    pub fn for_institution(ring: &KeyRing, institution: InstitutionId) -> Self {
        let derive = |secret: &[u8; 32]| {
            let mut master = keyed(secret);
            master.update(b"rappel address hash");
            master.update(&institution.0.to_be_bytes());
            keyed(&master.finalize().into_bytes().into())
        };
        let (current, key) = ring.current();
        let previous = ring.iter().filter(|(id, _)| *id != current);
        Self {
            current: (current, derive(key.expose())),
            previous: previous.map(|(id, key)| (id, derive(key.expose()))).collect(),
        }
    }

    /// The id that is stored beside a new hash.
    #[must_use]
    pub fn current_id(&self) -> KeyId {
        self.current.0
    }

    /// The hash under the current key: what is stored and locked.
    #[must_use]
    pub fn hash(&self, channel: Channel, key: &AddressKey) -> AddressHash {
        hash_with(&self.current.1, channel, key)
    }

    /// The hashes under every live key, the current one first: what an import and a claim look up (CO-23).
    pub fn hashes(&self, channel: Channel, key: &AddressKey) -> impl Iterator<Item = (KeyId, AddressHash)> {
        std::iter::once(&self.current)
            .chain(&self.previous)
            .map(move |(id, hmac)| (*id, hash_with(hmac, channel, key)))
    }
}

impl fmt::Debug for AddressKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AddressKeys(current {}, {} previous)", self.current.0.0, self.previous.len())
    }
}

/// The filled block is given, since that form of the constructor cannot fail.
fn keyed(secret: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = [0; BLOCK];
    block[..secret.len()].copy_from_slice(secret);
    Hmac::new(&block.into())
}

/// The channel's number has a fixed width, so no two pairs of channel and key run into one another.
fn hash_with(hmac: &Hmac<Sha256>, channel: Channel, key: &AddressKey) -> AddressHash {
    let mut hmac = hmac.clone();
    hmac.update(&channel.number().to_be_bytes());
    hmac.update(key.as_str().as_bytes());
    AddressHash(hmac.finalize().into_bytes().into())
}
