//! Electronic mail addresses: parsed once at the edge, compared and hashed in one form.
//!
//! An [`EmailAddress`] is exactly one address that can be written into an SMTP command: no control character, no
//! list, no group, no display name, no quoted local part. It keeps the form in which the person gave it, because that
//! is where mail goes; [`AddressKey`] is the form in which two addresses are the same (EM-11), and [`AddressHash`]
//! is what remains of an address where the address itself may not be kept (CO-21).
//!
//! Not done here: dots and plus tags are never folded (EM-11 leaves that to the institution, for suppression
//! only), and nothing asks the DNS whether the domain exists. `Debug` shows no address, since addresses stay
//! out of logs.

mod hash;

use std::fmt;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46, verify_dns_length};

pub use hash::{AddressHash, AddressKeys};

use crate::text::normalise_text;

/// Octets of a local part, at most (EM-09, RFC 5321 §4.5.3.1.1).
pub const MAX_LOCAL: usize = 64;
/// Octets of a domain as an A-label, at most (EM-09, RFC 5321 §4.5.3.1.2).
pub const MAX_DOMAIN: usize = 255;
/// Octets of a whole address as it goes over the wire, at most (EM-09, RFC 5321 §4.5.3.1.3 without the brackets).
pub const MAX_ADDRESS: usize = 254;

/// Octets of input that are looked at. No name within the limits above has a longer spelling in UTF-8; it bounds the
/// work on a hostile cell.
const MAX_INPUT: usize = 4 * MAX_ADDRESS;

/// Why a text is no address, in words for the person who can correct it. Never contains the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing there.
    #[error("the address is empty; write name@example.org")]
    Empty,
    /// A character that cannot be seen: controls, zero-width characters, direction marks.
    #[error("character {position} cannot be seen (a control or formatting character); remove it")]
    Invisible {
        /// Counted from 1.
        position: usize,
    },
    /// White space inside.
    #[error("character {position} is a space; an address has none")]
    Space {
        /// Counted from 1.
        position: usize,
    },
    /// A list, a group or a display name.
    #[error("`{found}` stands in lists, groups and display names; write one bare address")]
    NotBare {
        /// One of `,` `;` `:` `<` `>`.
        found: char,
    },
    /// No `@`, or more than one.
    #[error("an address has exactly one @, this has {found}")]
    AtSigns {
        /// How many there are.
        found: usize,
    },
    /// `"…"@domain`: legal, in use nowhere, read differently by different servers.
    #[error("a local part in quotation marks is not accepted; use the address without them")]
    Quoted,
    /// Nothing before the `@`.
    #[error("nothing stands before the @")]
    NoLocal,
    /// More than [`MAX_LOCAL`] octets before the `@` (EM-09).
    #[error("the part before the @ is longer than {MAX_LOCAL} octets")]
    LocalTooLong,
    /// Needs SMTPUTF8, which the next hop does not promise (EM-10).
    #[error("the part before the @ has characters outside ASCII, which the mail route does not carry yet")]
    LocalNotAscii,
    /// A character that RFC 5321 does not allow there.
    #[error("character {position} is not allowed before the @")]
    LocalCharacter {
        /// Counted from 1.
        position: usize,
    },
    /// A dot at an end, or two in a row.
    #[error("the part before the @ begins or ends with a dot, or has two in a row")]
    LocalDots,
    /// An address literal such as `[192.0.2.1]`, or a bare number address.
    #[error("an IP address is not accepted after the @; write a domain name")]
    IpAddress,
    /// Not a name of the DNS, nor an internationalised one (EM-10).
    #[error("the part after the @ is no domain name; write it like example.org")]
    Domain,
    /// A single label.
    #[error("the domain has no dot; write it in full, like example.org")]
    DomainNotFull,
    /// More than [`MAX_DOMAIN`] octets as an A-label (EM-09).
    #[error("the domain is longer than {MAX_DOMAIN} octets")]
    DomainTooLong,
    /// More than [`MAX_ADDRESS`] octets on the wire (EM-09).
    #[error("the address is longer than {MAX_ADDRESS} octets")]
    TooLong,
}

/// One address that mail can be sent to.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress {
    given: String,
    local: usize,
    domain: String,
}

/// The form in which addresses are compared and hashed: NFC, lower case, domain as an A-label (EM-11).
///
/// Mail is never sent to this form: a server may tell upper and lower case apart before the `@`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressKey(String);

impl EmailAddress {
    /// Reads one bare address; blanks around it are left out.
    ///
    /// # Errors
    /// [`AddressError`] says what is wrong and what would be right.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim_matches(' ');
        check_whole(text)?;
        let (local, domain) = split(text)?;
        check_local(local)?;
        let ascii = domain_to_ascii(domain)?;
        if local.len() + 1 + ascii.len() > MAX_ADDRESS {
            return Err(AddressError::TooLong);
        }
        Ok(Self { given: text.to_owned(), local: local.len(), domain: ascii })
    }

    /// As the person gave it, for display and storage (EM-10, EM-11).
    #[must_use]
    pub fn given(&self) -> &str {
        &self.given
    }

    /// What stands before the `@`, in the given case.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.given[..self.local]
    }

    /// The domain as a lower-case A-label: for routing, limits per domain and comparison (EM-10).
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// What is written into SMTP commands and headers: the given local part, the A-label domain. Pure ASCII.
    #[must_use]
    pub fn wire(&self) -> String {
        format!("{}@{}", self.local(), self.domain)
    }

    /// The form for comparison (EM-11).
    #[must_use]
    pub fn key(&self) -> AddressKey {
        AddressKey(format!("{}@{}", normalise_text(self.local()), self.domain))
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(..)")
    }
}

impl AddressKey {
    /// The text, for comparison columns.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AddressKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AddressKey(..)")
    }
}

/// The rules that hold for both sides of the `@`.
fn check_whole(text: &str) -> Result<(), AddressError> {
    if text.is_empty() {
        return Err(AddressError::Empty);
    }
    if text.len() > MAX_INPUT {
        return Err(AddressError::TooLong);
    }
    for (index, character) in text.chars().enumerate() {
        let position = index + 1;
        if is_invisible(character) {
            return Err(AddressError::Invisible { position });
        }
        if character.is_whitespace() {
            return Err(AddressError::Space { position });
        }
    }
    if text.starts_with('"') {
        return Err(AddressError::Quoted);
    }
    match text.find([',', ';', '<', '>']) {
        Some(at) => Err(AddressError::NotBare { found: char::from(text.as_bytes()[at]) }),
        None => Ok(()),
    }
}

/// Controls, and characters that would let two different addresses look the same: zero-width and soft hyphen,
/// direction marks, line separators, byte order mark, tags.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

fn split(text: &str) -> Result<(&str, &str), AddressError> {
    let found = text.matches('@').count();
    match text.split_once('@') {
        Some((_, domain)) if found == 1 && domain.starts_with('[') => Err(AddressError::IpAddress),
        Some(_) if found == 1 && text.contains(':') => Err(AddressError::NotBare { found: ':' }),
        Some(parts) if found == 1 => Ok(parts),
        Some(_) | None => Err(AddressError::AtSigns { found }),
    }
}

/// `Dot-string` of RFC 5321 §4.1.2.
fn check_local(local: &str) -> Result<(), AddressError> {
    if local.is_empty() {
        return Err(AddressError::NoLocal);
    }
    if !local.is_ascii() {
        return Err(AddressError::LocalNotAscii);
    }
    if local.len() > MAX_LOCAL {
        return Err(AddressError::LocalTooLong);
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+-/=?^_`{|}~".contains(&byte);
    if let Some(index) = local.bytes().position(|byte| !allowed(byte)) {
        return Err(AddressError::LocalCharacter { position: index + 1 });
    }
    if local.split('.').any(str::is_empty) {
        return Err(AddressError::LocalDots);
    }
    Ok(())
}

/// UTS 46 mapping to lower-case A-labels, letters, digits and hyphens only.
fn domain_to_ascii(domain: &str) -> Result<String, AddressError> {
    let ascii = Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Ignore)
        .map_err(|_| AddressError::Domain)?;
    if ascii.len() > MAX_DOMAIN {
        return Err(AddressError::DomainTooLong);
    }
    if !verify_dns_length(&ascii, false) {
        // Beyond 253 octets the whole address is too long as well, and that is the clearer reason.
        return Err(if ascii.len() > 253 { AddressError::TooLong } else { AddressError::Domain });
    }
    match ascii.rsplit_once('.') {
        None => Err(AddressError::DomainNotFull),
        Some((_, top)) if top.bytes().all(|byte| byte.is_ascii_digit()) => Err(AddressError::IpAddress),
        Some(_) => Ok(ascii.into_owned()),
    }
}

#[cfg(test)]
mod tests;
