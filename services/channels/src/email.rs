//! Email: message, signature, session.
//!
//! The cast: a [`MessageBuilder`] is prepared once per campaign and makes the bytes of each message; a [`Signer`] adds
//! the signature as the last step (EM-42); a [`SmtpSession`] carries one message after the other to the next hop and
//! ends each with a [`Delivery`]. Before the dot it asks the caller's [`Wire`], which holds the claim and the journal.

mod header;
mod body;
mod message;
mod sign;
mod dkim;
mod delivery;
mod gate;
mod stream;
mod settings;
mod connect;
mod session;

pub use connect::ConnectError;
pub use delivery::{Delivery, NotSent, Reply, Unclear};
pub use dkim::{DkimKeyRefused, DkimSigner};
pub use header::HeaderRefused;
pub use message::{BuildError, CampaignHeaders, FeedbackId, MessageBuilder, OneMessage};
pub use session::{DotRefused, SmtpSession, Wire};
pub use settings::{Credentials, Security, SmtpSettings, Timeouts};
pub use sign::{SignError, Signer};
