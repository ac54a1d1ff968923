//! RSA private keys from files, and the public key as the DNS wants it.

use data_encoding::BASE64;
use ring::signature::{KeyPair, RsaKeyPair};

/// A key that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DkimKeyRefused {
    /// Not a key of a form that is known here.
    #[error("this is no RSA private key; expected is PKCS#8 or PKCS#1, as PEM or DER, without a password")]
    Form,
    /// Too short, too long, or numbers that make no key.
    #[error("this RSA key cannot be used; expected are 2048 to 4096 bits (EM-40)")]
    Unsound,
    /// The domain or selector is no name.
    #[error("domain and selector are names of the DNS: letters, digits, dots and hyphens")]
    Name,
}

/// Reads a key in any of the four forms.
pub(super) fn read(file: &[u8]) -> Result<RsaKeyPair, DkimKeyRefused> {
    let der = match std::str::from_utf8(file) {
        Ok(text) if text.contains("-----BEGIN") => pem(text).ok_or(DkimKeyRefused::Form)?,
        Ok(_) | Err(_) => file.to_vec(),
    };
    let read = RsaKeyPair::from_pkcs8(&der).or_else(|pkcs8| {
        // The reason of the form that fits says more than that of the one that does not.
        RsaKeyPair::from_der(&der).map_err(|pkcs1| if is_encoding(&pkcs1) { pkcs8 } else { pkcs1 })
    });
    read.map_err(|error| if is_encoding(&error) { DkimKeyRefused::Form } else { DkimKeyRefused::Unsound })
}

fn is_encoding(error: &ring::error::KeyRejected) -> bool {
    matches!(error.to_string().as_str(), "InvalidEncoding" | "WrongAlgorithm" | "VersionNotSupported")
}

/// The first private key block of a PEM file.
fn pem(text: &str) -> Option<Vec<u8>> {
    let mut lines = text.lines().map(str::trim).skip_while(|line| {
        !matches!(*line, "-----BEGIN PRIVATE KEY-----" | "-----BEGIN RSA PRIVATE KEY-----")
    });
    lines.next()?;
    let base64: String = lines.take_while(|line| !line.starts_with("-----END")).collect();
    BASE64.decode(base64.as_bytes()).ok()
}

/// `SubjectPublicKeyInfo` (RFC 5280 §4.1), which verifiers expect in `p=`.
pub(super) fn public_info(key: &RsaKeyPair) -> Vec<u8> {
    /// rsaEncryption with its NULL.
    const ALGORITHM: [u8; 15] =
        [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let key = key.public_key().as_ref();
    let bits = element(0x03, &[&[0], key].concat());
    element(0x30, &[&ALGORITHM, &*bits].concat())
}

/// Tag, length and content in DER. Keys of at most 8192 bits need no more than two octets of length.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let [.., high, low] = content.len().to_be_bytes();
    let length: &[u8] = match content.len() {
        0..=0x7f => &[low],
        0x80..=0xff => &[0x81, low],
        _ => &[0x82, high, low],
    };
    [&[tag], length, content].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PKCS8: &[u8] = include_bytes!("../../../fixtures/dkim_pkcs8.pem");
    const PKCS1: &[u8] = include_bytes!("../../../fixtures/dkim_pkcs1.pem");
    const SHORT: &[u8] = include_bytes!("../../../fixtures/short_pkcs8.pem");

    #[test]
    fn all_four_forms_give_the_same_key() {
        let der = |file: &[u8]| pem(std::str::from_utf8(file).unwrap()).unwrap();
        let public = |file: &[u8]| read(file).unwrap().public_key().as_ref().to_vec();
        let expected = public(PKCS8);
        assert_eq!(public(PKCS1), expected);
        assert_eq!(public(&der(PKCS8)), expected);
        assert_eq!(public(&der(PKCS1)), expected);
    }

    #[test]
    fn what_is_no_key_and_what_is_too_short_are_told_apart() {
        assert_eq!(read(b"hello").unwrap_err(), DkimKeyRefused::Form);
        assert_eq!(
            read(b"-----BEGIN PRIVATE KEY-----\n!!\n-----END PRIVATE KEY-----").unwrap_err(),
            DkimKeyRefused::Form
        );
        assert_eq!(read(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n").unwrap_err(), DkimKeyRefused::Form);
        assert_eq!(read(SHORT).unwrap_err(), DkimKeyRefused::Unsound);
    }

    #[test]
    fn lengths_are_encoded_in_their_shortest_form() {
        assert_eq!(element(4, &[0; 3])[..2], [4, 3]);
        assert_eq!(element(4, &[0; 200])[..3], [4, 0x81, 200]);
        assert_eq!(element(4, &[0; 0x123])[..4], [4, 0x82, 1, 0x23]);
    }
}
