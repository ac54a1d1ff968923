//! An SMTP session: messages one after the other over one connection.
//!
//! The dialogue is ours, the connection and its parser are the mail library's. A refusal of one recipient is answered
//! with RSET and the session goes on (F2); whatever leaves the dialogue in an unknown place closes it at once.
//!
//! Where the next hop takes commands together, MAIL, RCPT and DATA go out together ([`envelope`], RFC 2920).
//!
//! The order before the dot (delivery A.4, A.7; ADR 0007): after the 354 the caller may decide again; it records that the dot
//! follows; body and dot go out together, for as long as the deadline has not passed. A message whose dot was not begun is
//! [`Delivery::NothingSent`], everything after that without a reply is [`Delivery::Unknown`].

mod content;
mod envelope;

use std::error::Error as _;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::response::Response;
use model::address::EmailAddress;
use model::reply::{EnhancedCode, Phase, classify};
use tokio::time::timeout;

use super::connect::{self, ConnectError, Opened};
use super::delivery::{Delivery, NotSent, Reply, Unclear};
use super::gate::Gate;
use super::settings::{SmtpSettings, Timeouts};

/// Why the caller withholds the dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DotRefused {
    /// The claim is too old.
    ClaimExpired,
    /// The send-journal cannot be written: who cannot record must not send (G4).
    NotRecorded,
}

/// The caller's part in sending one message: it holds the claim and the send-journal.
pub trait Wire: Send {
    /// Asked once, after the 354: may the message still go? A claim that has become old is decided again here, under
    /// the same lock as before.
    fn still_authorised(&mut self) -> impl Future<Output = bool> + Send;

    /// Asked once, before the body: records *D*, and gives the instant by which the dot must be written.
    ///
    /// # Errors
    /// Why the dot must not be written.
    fn before_dot(&mut self) -> Result<Instant, DotRefused>;

    /// Told once how it ended when [`Self::before_dot`] had allowed the dot: records *R*, or takes *D* back when
    /// nothing was sent.
    fn after_dot(&mut self, end: &Delivery);
}

/// An open connection to the next hop. Dropping it closes the connection.
pub struct SmtpSession {
    /// `None` once the session is over.
    connection: Option<AsyncSmtpConnection>,
    gate: Arc<Gate>,
    /// Whether the next hop takes commands together.
    pipelining: bool,
    timeouts: Timeouts,
    left: u32,
}

impl fmt::Debug for SmtpSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpSession")
            .field("left", &self.left)
            .field("open", &self.is_open())
            .finish_non_exhaustive()
    }
}

impl SmtpSession {
    /// Connects, encrypts, greets and logs in, so that a claim is made only when everything is ready (A.4, step 1).
    ///
    /// # Errors
    /// [`ConnectError`]; nothing of a message was sent.
    pub async fn open(settings: &SmtpSettings) -> Result<Self, ConnectError> {
        let Opened { connection, gate, pipelining } = connect::open(settings).await?;
        let (timeouts, left) = (settings.timeouts, settings.messages_per_session);
        Ok(Self { connection: Some(connection), gate, pipelining, timeouts, left })
    }

    /// Whether another message can be sent.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.connection.is_some() && self.left > 0
    }

    /// Sends one message, its lines ended by CRLF, to one recipient; `bounce` takes what comes back (EM-46).
    ///
    /// Safe to drop: a future that is dropped closes the session, and whether the dot was begun is then the journal's
    /// to say.
    pub async fn send<W: Wire>(
        &mut self,
        bounce: &EmailAddress,
        to: &EmailAddress,
        message: &str,
        wire: &mut W,
    ) -> Delivery {
        // Taken out, so that a dropped future leaves no half-finished dialogue behind.
        let connection = if self.left > 0 { self.connection.take() } else { None };
        let Some(connection) = connection else { return Delivery::NothingSent(NotSent::SessionOver) };
        self.left -= 1;
        let mut dialogue = Dialogue { connection, gate: &self.gate, timeouts: &self.timeouts, in_step: true };
        let envelope = if self.pipelining {
            dialogue.envelope_together(bounce, to).await
        } else {
            dialogue.envelope(bounce, to).await
        };
        let end = match envelope {
            Ok(()) if !wire.still_authorised().await => Delivery::NothingSent(NotSent::Withdrawn),
            Ok(()) => dialogue.content(message, wire).await,
            Err(end) => end,
        };
        if dialogue.can_go_on(&end).await {
            self.connection = Some(dialogue.connection);
        }
        end
    }

    /// Ends the session as the protocol wants it, with little patience: nothing depends on the answer.
    pub async fn quit(self) {
        if let Some(mut connection) = self.connection {
            let _ = timeout(self.timeouts.connect, connection.quit()).await;
        }
    }
}

/// One message's dialogue.
struct Dialogue<'a> {
    connection: AsyncSmtpConnection,
    gate: &'a Gate,
    timeouts: &'a Timeouts,
    /// Every reply is read, and the next hop waits for a command.
    in_step: bool,
}

impl Dialogue<'_> {
    /// Whether the session can carry another message. What cannot go on may not write either, so that nothing is
    /// flushed while it closes.
    async fn can_go_on(&mut self, end: &Delivery) -> bool {
        let goes_on = match end {
            Delivery::Accepted(reply) => !reply.class.ends_session,
            Delivery::Deferred(reply) | Delivery::Failed(reply) => {
                !reply.class.ends_session
                    && self.in_step
                    && (reply.phase == Phase::FinalDot
                        || self.command(Phase::Session, "RSET\r\n".to_owned()).await.is_ok())
            }
            Delivery::NothingSent(_) | Delivery::Unknown(_) => false,
        };
        if !goes_on {
            self.gate.shut();
        }
        goes_on
    }
}

/// What came back for a step.
pub(super) enum Answer {
    /// What the step needs to go on.
    Expected,
    /// A reply that ends the attempt.
    Decided(Reply),
    /// No reply of this protocol.
    Nothing,
}

/// Reads what the library gives for a reply. Its text is looked at for the enhanced code only.
pub(super) fn read(phase: Phase, answer: Result<&Response, &Error>) -> Answer {
    let (code, text) = match answer {
        Ok(response) => (Some(response.code()), response.message().next().map(str::to_owned)),
        Err(error) => (error.status(), error.source().map(ToString::to_string)),
    };
    let Some(code) = code.map(u16::from) else { return Answer::Nothing };
    let enhanced = text.as_deref().and_then(EnhancedCode::parse);
    match classify(phase, code, enhanced) {
        None => Answer::Expected,
        Some(class) => Answer::Decided(Reply { phase, code, enhanced, class }),
    }
}

#[cfg(test)]
mod tests;
