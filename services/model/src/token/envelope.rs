//! Tokens in the two places of a mail that come back to us: Message-ID and envelope sender.

use super::{Token, TokenKeys, TokenPurpose, TokenRefused};
use crate::ids::LinkNo;

/// What precedes the token in the local part of a bounce address (EM-46).
const BOUNCE_PREFIX: &str = "b+";

impl Token {
    /// `token@domain`, without the angle brackets of the header. `domain` is an ASCII domain that the institution
    /// owns. Depends on the message alone, so it is the same for every attempt (EM-08).
    #[must_use]
    pub fn message_id(&self, keys: &TokenKeys, domain: &str) -> String {
        format!("{}@{domain}", self.naming_the_message(TokenPurpose::Message).seal(keys))
    }

    /// `b+token@domain`, the envelope sender to which a bounce of this message returns (VERP, EM-46). The local part
    /// has 62 octets, of the 64 that it may have.
    #[must_use]
    pub fn bounce_address(&self, keys: &TokenKeys, domain: &str) -> String {
        format!("{BOUNCE_PREFIX}{}@{domain}", self.naming_the_message(TokenPurpose::Bounce).seal(keys))
    }

    /// The message behind a Message-ID, with or without angle brackets, whatever its domain.
    ///
    /// # Errors
    /// [`TokenRefused`] when it is not one of ours.
    pub fn from_message_id(text: &str, keys: &TokenKeys) -> Result<Self, TokenRefused> {
        let bare = text.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')).unwrap_or(text);
        let (local, _) = bare.split_once('@').ok_or(TokenRefused)?;
        Self::open(local, TokenPurpose::Message, keys)
    }

    /// The message behind a bounce address without angle brackets, whatever its domain and the case of its letters.
    ///
    /// # Errors
    /// [`TokenRefused`] when it is not one of ours.
    pub fn from_bounce_address(text: &str, keys: &TokenKeys) -> Result<Self, TokenRefused> {
        let (local, _) = text.split_once('@').ok_or(TokenRefused)?;
        let (prefix, token) = local.split_at_checked(BOUNCE_PREFIX.len()).ok_or(TokenRefused)?;
        if !prefix.eq_ignore_ascii_case(BOUNCE_PREFIX) {
            return Err(TokenRefused);
        }
        Self::open(token, TokenPurpose::Bounce, keys)
    }

    /// This token reduced to the message that it belongs to.
    fn naming_the_message(self, purpose: TokenPurpose) -> Self {
        Self { purpose, do_not_record: false, link: LinkNo(0), ..self }
    }
}
