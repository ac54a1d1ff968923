//! Tokens: what stands in a link, a Message-ID or a bounce address instead of a name.
//!
//! A token says which message it belongs to and what it may be used for. It is sealed with AES-SIV (RFC 5297), so it
//! is opaque (no sequence, contact or address in clear: EM-08, EM-46, TR-10), cannot be altered or moved to another
//! purpose, and needs no table to look it up. It dies with the contact that it names (TR-13): opening a token
//! proves that this installation made it, never that the contact still exists or may be written to.
//!
//! Sealing is deterministic: the same message and purpose give the same text under the same key, which is what makes
//! a Message-ID identical over attempts (EM-08).
//!
//! | octets | what | |
//! |---|---|---|
//! | 1 + 1 | version, key id | in clear, authenticated |
//! | 16 | tag | also the initialisation vector |
//! | 1 | purpose (4 bits), channel (3), do-not-record (1) | encrypted |
//! | 4 + 4 + 8 + 2 | institution, occurrence, contact, link | encrypted, big-endian |
//!
//! Together 37 octets, 60 characters of lower-case base32.

mod envelope;

use aes_siv::siv::Aes128Siv;
use aes_siv::{KeyInit, Tag};
use data_encoding::BASE32_NOPAD_NOCASE;

use crate::ids::{ContactId, InstitutionId, LinkNo, OccurrenceId};
use crate::keys::{KeyId, KeyRing};
use crate::vocabulary::Channel;

/// The version of the layout above. Another number is refused, never guessed.
const VERSION: u8 = 1;
const HEADER: usize = 2;
const TAG: usize = 16;
const PAYLOAD: usize = 1 + 4 + 4 + 8 + 2;
const SEALED: usize = HEADER + TAG + PAYLOAD;

/// The characters of every token. With the prefix of a bounce address they stay within the 64 octets of a local part.
pub const TOKEN_CHARS: usize = 60;

/// The path of tracked links under a sender's public address, before the token.
pub const CLICK_PATH: &str = "/l/";

/// The path of the unsubscribe page and its one-click POST, before the token.
pub const UNSUBSCRIBE_PATH: &str = "/u/";

/// What a token may be used for. A token opens for its own purpose only, so that a tracked link can never be
/// replayed as an action (TR-02).
///
/// The number takes four bits; numbers are never reused, 5 to 15 are free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum TokenPurpose {
    /// Follows a tracked link of the content.
    Click = 1,
    /// Opens the refusal page and accepts the one-click POST.
    Unsubscribe = 2,
    /// Names the message in its Message-ID (EM-08).
    Message = 3,
    /// Names the message in its envelope sender (VERP, EM-46).
    Bounce = 4,
}

impl TokenPurpose {
    /// Every purpose, in the order of the numbers.
    pub const ALL: [Self; 4] = [Self::Click, Self::Unsubscribe, Self::Message, Self::Bounce];

    fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| *purpose as u8 == number)
    }
}

/// What a token says once it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    /// What it may be used for.
    pub purpose: TokenPurpose,
    /// The channel of the message.
    pub channel: Channel,
    /// Set at render for a contact who refuses click tracking: the link redirects and leaves no hit.
    pub do_not_record: bool,
    /// The institution of the message.
    pub institution: InstitutionId,
    /// The occurrence of the message.
    pub occurrence: OccurrenceId,
    /// The recipient.
    pub contact: ContactId,
    /// The link of the content that a click token follows; 0 for every other purpose.
    pub link: LinkNo,
}

/// The keys of tokens: those of the whole installation, since the institution is inside the sealed part.
#[derive(Clone, Debug)]
pub struct TokenKeys(KeyRing);

impl TokenKeys {
    /// Keys that are used for tokens and nothing else.
    #[must_use]
    pub fn new(ring: KeyRing) -> Self {
        Self(ring)
    }

    /// The key that seals. A launch stores it, see [`Self::pinned`].
    #[must_use]
    pub fn current_id(&self) -> KeyId {
        self.0.current().0
    }

    /// The same keys, sealing under the key `id`: what a retry after a key rotation takes, so that the message keeps
    /// its Message-ID (EM-08). `None` when that key is gone.
    #[must_use]
    pub fn pinned(&self, id: KeyId) -> Option<Self> {
        self.0.pinned(id).map(Self)
    }
}

/// Not a token of this installation for this use. One answer for every cause (malformed, altered, foreign, retired
/// key, other purpose), so that probing teaches nothing.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("this link or address is not valid here")]
pub struct TokenRefused;

impl Token {
    /// The token as [`TOKEN_CHARS`] characters of `a`–`z` and `2`–`7`.
    #[must_use]
    pub fn seal(&self, keys: &TokenKeys) -> String {
        let (id, key) = keys.0.current();
        let header = [VERSION, id.0];
        let mut payload = self.to_payload();
        let sealed = Aes128Siv::new(key.expose().into())
            .encrypt_inout_detached([header], payload.as_mut_slice().into());
        let tag = match sealed {
            Ok(tag) => tag,
            Err(_) => unreachable!("AES-SIV refuses nothing but more than 126 headers, and there is one"),
        };
        let mut bytes = [0; SEALED];
        bytes[..HEADER].copy_from_slice(&header);
        bytes[HEADER..HEADER + TAG].copy_from_slice(&tag);
        bytes[HEADER + TAG..].copy_from_slice(&payload);
        let mut text = BASE32_NOPAD_NOCASE.encode(&bytes);
        text.make_ascii_lowercase();
        text
    }

    /// Opens a token for one use. Letters may be in either case, since mail systems change it.
    ///
    /// # Errors
    /// [`TokenRefused`] for everything that [`Self::seal`] under one of `keys` did not make for `purpose`.
    pub fn open(text: &str, purpose: TokenPurpose, keys: &TokenKeys) -> Result<Self, TokenRefused> {
        let token = Self::open_any(text, keys).ok_or(TokenRefused)?;
        if token.purpose == purpose { Ok(token) } else { Err(TokenRefused) }
    }

    fn open_any(text: &str, keys: &TokenKeys) -> Option<Self> {
        if text.len() != TOKEN_CHARS {
            return None;
        }
        let mut bytes = [0; SEALED];
        BASE32_NOPAD_NOCASE.decode_mut(text.as_bytes(), &mut bytes).ok()?;
        let (header, rest) = bytes.split_first_chunk::<HEADER>()?;
        let (tag, rest) = rest.split_first_chunk::<TAG>()?;
        let mut payload: [u8; PAYLOAD] = rest.try_into().ok()?;
        let [version, key_id] = *header;
        if version != VERSION {
            return None;
        }
        let key = keys.0.get(KeyId(key_id))?;
        Aes128Siv::new(key.expose().into())
            .decrypt_inout_detached([header], payload.as_mut_slice().into(), &Tag::from(*tag))
            .ok()?;
        Self::from_payload(&payload)
    }

    fn to_payload(self) -> [u8; PAYLOAD] {
        let channel = self.channel.number().to_be_bytes()[1];
        let mut payload = [0; PAYLOAD];
        payload[0] = (self.purpose as u8) << 4 | channel << 1 | u8::from(self.do_not_record);
        payload[1..5].copy_from_slice(&self.institution.0.to_be_bytes());
        payload[5..9].copy_from_slice(&self.occurrence.0.to_be_bytes());
        payload[9..17].copy_from_slice(&self.contact.0.to_be_bytes());
        payload[17..].copy_from_slice(&self.link.0.to_be_bytes());
        payload
    }

    fn from_payload(payload: &[u8; PAYLOAD]) -> Option<Self> {
        let (flags, rest) = payload.split_first()?;
        let (institution, rest) = rest.split_first_chunk()?;
        let (occurrence, rest) = rest.split_first_chunk()?;
        let (contact, rest) = rest.split_first_chunk()?;
        Some(Self {
            purpose: TokenPurpose::from_number(flags >> 4)?,
            channel: Channel::try_from(i16::from(flags >> 1 & 0b111)).ok()?,
            do_not_record: flags & 1 == 1,
            institution: InstitutionId(i32::from_be_bytes(*institution)),
            occurrence: OccurrenceId(i32::from_be_bytes(*occurrence)),
            contact: ContactId(i64::from_be_bytes(*contact)),
            link: LinkNo(i16::from_be_bytes(rest.try_into().ok()?)),
        })
    }
}

#[cfg(test)]
mod tests;
