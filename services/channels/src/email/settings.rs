//! How to reach the next hop.

use std::time::Duration;

use secrecy::SecretString;

/// Encryption towards the next hop. There is no silent downgrade: what is asked for is had, or there is no session
/// (EM-60).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// None: for a relay on the same machine or in a private network.
    Plain,
    /// STARTTLS, required.
    StartTls,
    /// TLS from the first octet, as on port 465; preferred (RFC 8314).
    Implicit,
}

/// A login by AUTH PLAIN or LOGIN. Never used without encryption.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: SecretString,
}

/// How long to wait for what. The body has the time until the claim's deadline, which is the [`super::Wire`]'s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// TCP connection.
    pub connect: Duration,
    /// TLS handshake, greeting, EHLO, and each command with its reply.
    pub command: Duration,
    /// The reply to the dot: RFC 5321 §4.5.3.2.6 asks for 10 minutes. Shorter means more that is not known.
    pub final_reply: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            command: Duration::from_secs(60),
            final_reply: Duration::from_secs(600),
        }
    }
}

/// The next hop and how to speak with it.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// Name or address; with encryption, the name in its certificate.
    pub host: String,
    /// 25 and 587 are usual, 465 with [`Security::Implicit`].
    pub port: u16,
    /// The name that EHLO gives: this machine's, as the DNS knows it.
    pub hello: String,
    /// Encryption.
    pub security: Security,
    /// Certificates in PEM to trust beside the public ones, for a relay with a private authority.
    pub trusted: Option<Vec<u8>>,
    /// Login.
    pub credentials: Option<Credentials>,
    /// Limits of time.
    pub timeouts: Timeouts,
    /// Messages in one session, at most.
    pub messages_per_session: u32,
}

impl SmtpSettings {
    /// Settings for a relay that is reached without encryption or login.
    #[must_use]
    pub fn plain(host: &str, port: u16, hello: &str) -> Self {
        Self {
            host: host.to_owned(),
            port,
            hello: hello.to_owned(),
            security: Security::Plain,
            trusted: None,
            credentials: None,
            timeouts: Timeouts::default(),
            messages_per_session: 1_000,
        }
    }
}
