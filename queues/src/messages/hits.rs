//! What the tracker saw, on its way from its spool to PostgreSQL.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Body, BodyRefused, Version};
use crate::topology::Route;

/// A stretch of one hit spool, complete from `first` to `last`.
///
/// (`spool`, `offset`) is the key of a hit, so a batch that arrives twice stores nothing twice; the spool keeps the
/// stretch until the consumer has committed it, so a lost broker loses no hit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HitBatch {
    /// Always 1.
    pub v: Version<1>,
    /// The spool that the hits stand in.
    pub spool: Uuid,
    /// Where the stretch begins.
    pub first: u64,
    /// The offset of the last record of the stretch, whether or not that record became a hit.
    pub last: u64,
    /// The hits in the order of the spool: at most [`HitBatch::LIMIT`], possibly none.
    pub hits: Vec<HitBody>,
}

/// One request on a tracked link. What it was (a person, a scanner) is judged later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HitBody {
    /// Where it stands in the spool.
    pub offset: u64,
    /// The token of the link, sealed.
    pub token: SealedToken,
    /// When the request came, in microseconds since 1970 (UTC) on the business clock.
    pub at: i64,
    /// The number of the request method, as the tracker counts them.
    pub method: u8,
    /// What the tracker noticed about the request, one bit each.
    pub signals: u16,
    /// Roughly where it came from.
    pub client: Option<ClientPrefix>,
}

impl HitBatch {
    /// How many hits a batch may hold.
    pub const LIMIT: usize = 200;
}

impl Body for HitBatch {
    const KIND: &'static str = "hit_batch";
    const VERSION: u8 = 1;
    const MAX_BYTES: usize = 64 * 1024;

    fn route(&self) -> Route {
        Route::HITS
    }

    fn check(&self) -> Result<(), BodyRefused> {
        let refuse = |field, problem| Err(BodyRefused::Field { kind: Self::KIND, field, problem });
        if self.last < self.first {
            return refuse("last", "lies before first");
        }
        if self.hits.len() > Self::LIMIT {
            return refuse("hits", "lists too many; at most 200");
        }
        if self.hits.iter().any(|hit| !(self.first..=self.last).contains(&hit.offset)) {
            return refuse("hits", "holds an offset outside of first to last");
        }
        if self.hits.windows(2).any(|pair| pair[0].offset >= pair[1].offset) {
            return refuse("hits", "is not in the order of the spool");
        }
        Ok(())
    }
}

/// A token as it stood in a link, not opened: letters and digits only, so that it cannot be an address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SealedToken(String);

/// Not a token.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a token has 40 to 64 characters, each a letter or a digit from 2 to 7")]
pub struct NoToken;

impl SealedToken {
    /// The characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SealedToken {
    type Error = NoToken;

    fn try_from(text: String) -> Result<Self, NoToken> {
        let base32 = |octet: u8| octet.is_ascii_alphabetic() || matches!(octet, b'2'..=b'7');
        if (40..=64).contains(&text.len()) && text.bytes().all(base32) {
            Ok(Self(text))
        } else {
            Err(NoToken)
        }
    }
}

impl From<SealedToken> for String {
    fn from(token: SealedToken) -> Self {
        token.0
    }
}

impl std::fmt::Debug for SealedToken {
    /// Tokens act for a person, so they stay out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedToken(…)")
    }
}

/// The network that a request came from, never the machine: the first 24 bits of an IPv4 address or the first 48 of
/// an IPv6 address.
///
/// One number: the family (4 or 6) above bit 48, the bits of the prefix below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct ClientPrefix(u64);

/// Not a truncated prefix.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not the number of a /24 (IPv4) or /48 (IPv6) prefix")]
pub struct NoPrefix;

const FAMILY: u32 = 48;

impl ClientPrefix {
    /// The prefix of an address; the rest of the address is forgotten here.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self((4 << FAMILY) | u64::from(v4.to_bits() >> 8)),
            IpAddr::V6(v6) => {
                let [a, b, c, ..] = v6.segments();
                Self((6 << FAMILY) | (u64::from(a) << 32) | (u64::from(b) << 16) | u64::from(c))
            }
        }
    }

    /// The number, for storage.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl TryFrom<u64> for ClientPrefix {
    type Error = NoPrefix;

    fn try_from(number: u64) -> Result<Self, NoPrefix> {
        let bits = number & ((1 << FAMILY) - 1);
        match number >> FAMILY {
            4 if bits < 1 << 24 => Ok(Self(number)),
            6 => Ok(Self(number)),
            _ => Err(NoPrefix),
        }
    }
}

impl From<ClientPrefix> for u64 {
    fn from(prefix: ClientPrefix) -> Self {
        prefix.0
    }
}
