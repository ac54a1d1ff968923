//! Signed checkpoints of the evidence seal, to be kept outside the database (CO-10).
//!
//! The [seal](crate::seal) finds everything that is altered *within* it. Somebody with every right on the database can cut it off
//! or make it anew; what nobody can do there is to make it agree with a statement that was signed before and is kept elsewhere.
//! A checkpoint is that statement: at this instant, this epoch had this hash, which by the chain speaks of every epoch before it.

use chrono::{DateTime, SecondsFormat, Utc};
use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::keys::{KeyId, SecretKey};
use crate::seal::Hash;

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The code of the institution whose evidence it is.
    pub institution: String,
    /// The last epoch of the seal, from 1.
    pub epoch: i32,
    /// How many records the seal covers up to its end.
    pub records: i64,
    /// Its hash.
    pub hash: Hash,
    /// When this was so, by the clock of the machine that signed.
    pub taken_at: DateTime<Utc>,
}

/// A checkpoint as it stands in its file: said by somebody, believed by nobody before [`Checkpoint::verified`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    institution: String,
    epoch: i32,
    records: i64,
    hash: String,
    taken_at: String,
    key: KeyId,
    signature: String,
}

/// The public part of a signing key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// Why a checkpoint is not believed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Distrust {
    /// It speaks of somebody else.
    #[error("the checkpoint is of institution {found}, not of {wanted}")]
    OtherInstitution {
        /// Whose it is.
        found: String,
        /// Whose seal is verified.
        wanted: String,
    },
    /// Something in it is not what was signed.
    #[error("the checkpoint was altered, or checkpoint key {} did not sign it", .0.0)]
    Altered(KeyId),
}

impl Statement {
    /// Signs it.
    #[must_use]
    pub fn sign(&self, (key, secret): (KeyId, &SecretKey)) -> Checkpoint {
        let mut checkpoint = Checkpoint {
            institution: self.institution.clone(),
            epoch: self.epoch,
            records: self.records,
            hash: HEXLOWER.encode(&self.hash),
            taken_at: self.taken_at.to_rfc3339_opts(SecondsFormat::Secs, true),
            key,
            signature: String::new(),
        };
        let signature = SigningKey::from_bytes(secret.expose()).sign(&checkpoint.signed());
        checkpoint.signature = BASE64.encode(&signature.to_bytes());
        checkpoint
    }
}

impl Checkpoint {
    /// The key that is said to have signed it.
    #[must_use]
    pub const fn key(&self) -> KeyId {
        self.key
    }

    /// What it says about this institution, when the key signed exactly that.
    ///
    /// # Errors
    /// [`Distrust`] says what is wrong.
    pub fn verified(&self, institution: &str, key: &PublicKey) -> Result<Statement, Distrust> {
        let statement = self.genuine(key).ok_or(Distrust::Altered(self.key))?;
        if statement.institution != institution {
            let (found, wanted) = (statement.institution, institution.to_owned());
            return Err(Distrust::OtherInstitution { found, wanted });
        }
        Ok(statement)
    }

    fn genuine(&self, key: &PublicKey) -> Option<Statement> {
        let signature = Signature::from_slice(&BASE64.decode(self.signature.as_bytes()).ok()?).ok()?;
        key.0.verify_strict(&self.signed(), &signature).ok()?;
        Some(Statement {
            institution: self.institution.clone(),
            epoch: self.epoch,
            records: self.records,
            hash: HEXLOWER.decode(self.hash.as_bytes()).ok()?.try_into().ok()?,
            taken_at: DateTime::parse_from_rfc3339(&self.taken_at).ok()?.to_utc(),
        })
    }

    /// What is signed: everything but the signature, as JSON with sorted keys and no spaces (a subset of RFC 8785).
    fn signed(&self) -> Vec<u8> {
        let Self { institution, epoch, records, hash, taken_at, key, signature: _ } = self;
        json!({
            "epoch": epoch,
            "hash": hash,
            "institution": institution,
            "key": key,
            "records": records,
            "taken_at": taken_at,
            "what": "rappel checkpoint 1",
        })
        .to_string()
        .into_bytes()
    }
}

impl PublicKey {
    /// The public part of a secret key.
    #[must_use]
    pub fn of(secret: &SecretKey) -> Self {
        Self(SigningKey::from_bytes(secret.expose()).verifying_key())
    }

    /// As it is printed and stored: its 32 octets in base64.
    #[must_use]
    pub fn to_text(&self) -> String {
        BASE64.encode(self.0.as_bytes())
    }

    /// Reads what [`PublicKey::to_text`] wrote; `None` for anything else.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let octets: [u8; 32] = BASE64.decode(text.trim().as_bytes()).ok()?.try_into().ok()?;
        VerifyingKey::from_bytes(&octets).ok().map(Self)
    }
}

#[cfg(test)]
mod tests;
