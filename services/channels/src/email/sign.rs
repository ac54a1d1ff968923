//! Signing is the last step of making a message, behind one interface, so that a second kind fits (EM-42).

/// The key could not sign: a fault of the machine, not of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message cannot be signed")]
pub struct SignError;

/// Adds proof of origin to a finished message.
pub trait Signer: Send + Sync {
    /// The header fields to put in front of `message`, each ended by CRLF.
    ///
    /// # Errors
    /// [`SignError`].
    fn sign(&self, message: &[u8]) -> Result<String, SignError>;
}
