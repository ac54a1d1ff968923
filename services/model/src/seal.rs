//! Tamper evidence over the evidence log, in a form that survives erasure (CO-10, CO-11).
//!
//! A record enters the chain as a *leaf*, a keyed commitment to its canonical form. An *epoch* covers the records of finished
//! transactions in order: their Merkle root, chained to the epoch before. When a record and its salt are erased, the
//! leaf stays: the chain still verifies and says nothing about the person.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// The commitment to a record: HMAC-SHA-256 of its canonical form under its salt.
#[must_use]
pub fn leaf(salt: &[u8], canonical: &[u8]) -> Hash {
    let mut keyed = [0; 64];
    let taken = salt.len().min(keyed.len());
    keyed[..taken].copy_from_slice(&salt[..taken]);
    let mut mac = Hmac::<Sha256>::new(&keyed.into());
    mac.update(canonical);
    mac.finalize().into_bytes().into()
}

/// The Merkle root of leaves in order; leaves and inner nodes are told apart as in RFC 6962, section 2.1.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [only] => Sha256::new().chain_update([0]).chain_update(only).finalize().into(),
        _ => {
            let split = leaves.len().next_power_of_two() / 2;
            let (left, right) = leaves.split_at(split);
            Sha256::new()
                .chain_update([1])
                .chain_update(root(left))
                .chain_update(root(right))
                .finalize()
                .into()
        }
    }
}

/// One link of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// Whose evidence.
    pub institution: i32,
    /// From 1, without gaps.
    pub no: i32,
    /// The first transaction that it covers.
    pub from_xid: i64,
    /// The first transaction that it does not cover.
    pub to_xid: i64,
    /// How many leaves.
    pub leaves: i32,
    /// Their root.
    pub root: Hash,
    /// The hash of the epoch before; zeros for the first.
    pub prev: Hash,
}

impl Epoch {
    /// What the next epoch is chained to.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Sha256::new()
            .chain_update(b"rappel epoch 1")
            .chain_update(self.institution.to_be_bytes())
            .chain_update(self.no.to_be_bytes())
            .chain_update(self.from_xid.to_be_bytes())
            .chain_update(self.to_xid.to_be_bytes())
            .chain_update(self.leaves.to_be_bytes())
            .chain_update(self.root)
            .chain_update(self.prev)
            .finalize()
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_depends_on_every_leaf_and_on_their_order() {
        let leaves: Vec<Hash> = (0..7).map(|n| leaf(&[n], b"record")).collect();
        let whole = root(&leaves);
        for changed in 0..leaves.len() {
            let mut other = leaves.clone();
            other[changed][31] ^= 1;
            assert_ne!(root(&other), whole, "leaf {changed}");
        }
        let mut swapped = leaves.clone();
        swapped.swap(2, 3);
        assert_ne!(root(&swapped), whole);
        assert_ne!(root(&leaves[..6]), whole);
    }

    #[test]
    fn the_same_record_under_two_salts_has_two_leaves() {
        assert_ne!(leaf(&[1; 16], b"record"), leaf(&[2; 16], b"record"));
    }
}
