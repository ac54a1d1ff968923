//! A verifier of DKIM signatures (RFC 6376: rsa-sha256, relaxed/relaxed), written from the standard and not from the signer.

use std::fs;
use std::path::Path;

use data_encoding::BASE64;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::{Pkcs1v15Sign, RsaPrivateKey, RsaPublicKey};
use sha2::{Digest as _, Sha256};

/// The start of a PKCS#1 v1.5 signature over SHA-256 (RFC 8017, 9.2).
const SHA256_PREFIX: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];

/// What a good signature says.
#[derive(Debug, PartialEq, Eq)]
pub struct Verified {
    pub domain: String,
    pub selector: String,
    /// The signed fields in lower case, in their order.
    pub fields: Vec<String>,
}

/// The public key of an installation.
pub fn public_key(state: &Path) -> RsaPublicKey {
    let pem = fs::read_to_string(state.join("keys/dkim.pem")).unwrap();
    RsaPrivateKey::from_pkcs8_pem(&pem).unwrap().to_public_key()
}

/// Verifies the first signature of a message.
///
/// # Errors
/// Says which check failed.
pub fn verify(raw: &[u8], key: &RsaPublicKey) -> Result<Verified, String> {
    let text = std::str::from_utf8(raw).map_err(|error| error.to_string())?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or("no end of the header")?;
    let fields = fields(head);
    let (at, signature) = fields
        .iter()
        .enumerate()
        .find(|(_, field)| field.to_ascii_lowercase().starts_with("dkim-signature:"))
        .ok_or("no signature")?;
    let tags = tags(signature);
    let tag = |name: &str| {
        tags.iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
            .ok_or(format!("no {name}="))
    };
    if (tag("v")?, tag("a")?, tag("c")?) != ("1", "rsa-sha256", "relaxed/relaxed") || tag("l").is_ok() {
        return Err("not of the form that was wanted".to_owned());
    }
    if tag("bh")? != BASE64.encode(&Sha256::digest(relaxed_body(body))) {
        return Err("the body was changed".to_owned());
    }
    let names: Vec<String> = tag("h")?.split(':').map(|name| name.trim().to_ascii_lowercase()).collect();
    let mut signed = signed_fields(&fields, at, &names);
    signed.push_str(relaxed_field(&without_signature(signature)).trim_end_matches("\r\n"));
    let scheme = Pkcs1v15Sign { hash_len: Some(32), prefix: SHA256_PREFIX.into() };
    let octets = BASE64.decode(tag("b")?.as_bytes()).map_err(|error| error.to_string())?;
    key.verify(scheme, &Sha256::digest(signed), &octets).map_err(|error| error.to_string())?;
    Ok(Verified { domain: tag("d")?.to_owned(), selector: tag("s")?.to_owned(), fields: names })
}

/// The fields of a header with their folds.
fn fields(head: &str) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for line in head.split("\r\n") {
        match fields.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => {
                last.push_str("\r\n");
                last.push_str(line);
            }
            _ => fields.push(line.to_owned()),
        }
    }
    fields
}

/// Repeated names are taken from the bottom up; a name without a field left adds nothing (RFC 6376, 5.4.2).
fn signed_fields(fields: &[String], signature: usize, names: &[String]) -> String {
    let mut left: Vec<&String> =
        fields.iter().enumerate().filter(|(at, _)| *at != signature).map(|(_, field)| field).collect();
    let mut signed = String::new();
    for name in names {
        let named = |field: &&String| {
            field.split(':').next().is_some_and(|found| found.trim().eq_ignore_ascii_case(name))
        };
        if let Some(at) = left.iter().rposition(named) {
            signed.push_str(&relaxed_field(left.remove(at)));
        }
    }
    signed
}

fn relaxed_field(field: &str) -> String {
    let (name, value) = field.split_once(':').unwrap_or((field, ""));
    let words: Vec<&str> = value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect();
    format!("{}:{}\r\n", name.trim().to_ascii_lowercase(), words.join(" "))
}

fn relaxed_body(body: &str) -> String {
    let line = |line: &str| {
        let words: Vec<&str> = line.split([' ', '\t']).collect();
        let kept = words.iter().enumerate().filter(|(at, word)| *at == 0 || !word.is_empty());
        kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
    };
    let lines: Vec<String> = body.split("\r\n").map(line).collect();
    let text = lines.join("\r\n");
    let text = text.trim_end_matches("\r\n");
    if text.is_empty() { String::new() } else { format!("{text}\r\n") }
}

fn tags(signature: &str) -> Vec<(String, String)> {
    let value = signature.split_once(':').map_or("", |(_, value)| value);
    let tags = value.split(';').filter_map(|tag| tag.split_once('='));
    tags.map(|(name, value)| (name.trim().to_owned(), value.split_whitespace().collect())).collect()
}

/// The signature's own field with an empty `b=`, and everything else as it stands.
fn without_signature(field: &str) -> String {
    let parts = field.split(';').map(|part| match part.split_once('=') {
        Some((name, _)) if name.trim() == "b" => format!("{name}="),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join(";")
}
