//! The version that stands in every body.

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The number `N`, and no other: a body that carries it cannot be written with another version by mistake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Version<const N: u8>;

impl<const N: u8> Serialize for Version<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(N)
    }
}

impl<'de, const N: u8> Deserialize<'de> for Version<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = u8::deserialize(deserializer)?;
        if found == N {
            Ok(Self)
        } else {
            Err(Error::invalid_value(Unexpected::Unsigned(found.into()), &"the version of this body"))
        }
    }
}

/// The version of a body whose other fields may be unknown; read first, so that a newer body is named as such.
#[derive(Deserialize)]
pub(super) struct Found {
    pub(super) v: u64,
}
