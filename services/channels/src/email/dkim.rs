//! DKIM signatures (RFC 6376): rsa-sha256, relaxed/relaxed, no `l=` (EM-40).
//!
//! Signed are, in a fixed order, those of [`SIGNED`] that the message has (EM-41), From once more than it occurs, so
//! that nobody can add a second one. An own signer, because the one of the mail library replaces an earlier signature
//! and takes three times as long. No time stamps: the same message has the same signature at every attempt.

mod canonical;
mod key;

use std::fmt::Write as _;

use data_encoding::BASE64;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};

use super::sign::{SignError, Signer};

pub use key::DkimKeyRefused;

/// The fields to sign, in the order of `h=`.
const SIGNED: [&str; 18] = [
    "From",
    "Subject",
    "Date",
    "To",
    "Reply-To",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "List-Id",
    "List-Help",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Subscribe",
    "List-Owner",
    "List-Archive",
    "Feedback-ID",
    "Auto-Submitted",
];

/// Base64 characters of the signature in one line.
const CHUNK: usize = 72;

/// Signs for one domain with one key.
pub struct DkimSigner {
    domain: String,
    selector: String,
    key: RsaKeyPair,
    /// Blinds the private operation; the signature does not depend on it.
    random: SystemRandom,
}

impl DkimSigner {
    /// A signer for `domain`, whose public key stands in the DNS under `selector._domainkey.domain`.
    ///
    /// `key` is an RSA private key of at least 2048 bits: PKCS#8 or PKCS#1, PEM or DER.
    ///
    /// # Errors
    /// [`DkimKeyRefused`] says what is wrong and what would be right; never holds a part of the key.
    pub fn new(domain: &str, selector: &str, key: &[u8]) -> Result<Self, DkimKeyRefused> {
        let name = |name: &str| {
            !name.is_empty()
                && name.len() <= 253
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
        };
        if !name(domain) || !name(selector) {
            return Err(DkimKeyRefused::Name);
        }
        let key = key::read(key)?;
        Ok(Self {
            domain: domain.to_owned(),
            selector: selector.to_owned(),
            key,
            random: SystemRandom::new(),
        })
    }

    /// The name of the TXT record to publish.
    #[must_use]
    pub fn record_name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }

    /// The TXT record to publish before the key is used (EM-43).
    #[must_use]
    pub fn record(&self) -> String {
        format!("v=DKIM1; k=rsa; p={}", BASE64.encode(&key::public_info(&self.key)))
    }
}

/// Shows no key.
impl std::fmt::Debug for DkimSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DkimSigner")
            .field("domain", &self.domain)
            .field("selector", &self.selector)
            .finish_non_exhaustive()
    }
}

impl Signer for DkimSigner {
    fn sign(&self, message: &[u8]) -> Result<String, SignError> {
        let (head, body) = canonical::split(message).ok_or(SignError)?;
        let head = std::str::from_utf8(head).map_err(|_| SignError)?;
        let fields = canonical::fields(head);
        let signed: Vec<_> =
            SIGNED.iter().filter_map(|name| Some((*name, canonical::last(&fields, name)?))).collect();
        let body_hash = BASE64.encode(digest(&SHA256, &canonical::body(body)).as_ref());
        let names = signed.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(":\r\n ");
        let mut signature = format!(
            "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n d={};\r\n s={};\r\n h=From:\r\n {names};\r\n bh={body_hash};\r\n b=",
            self.domain, self.selector
        );
        let mut input = String::with_capacity(head.len());
        for (_, field) in &signed {
            canonical::header(&mut input, field);
        }
        canonical::header(&mut input, &signature);
        // The field of the signature itself is hashed without its line end.
        input.truncate(input.len() - 2);
        let mut raw = vec![0; self.key.public().modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &self.random, input.as_bytes(), &mut raw).map_err(|_| SignError)?;
        let base64 = BASE64.encode(&raw);
        for (index, chunk) in base64.as_bytes().chunks(CHUNK).enumerate() {
            let line = std::str::from_utf8(chunk).map_err(|_| SignError)?;
            let _ = write!(signature, "{}{line}", if index == 0 { "" } else { "\r\n " });
        }
        signature.push_str("\r\n");
        Ok(signature)
    }
}

#[cfg(test)]
mod tests;
