//! MAIL, RCPT and DATA: one after the other, or in one write where the next hop takes them so (RFC 2920).
//!
//! DATA ends the group: nothing of a message is written before the 354 was read, so the caller can decide again there
//! whichever way the commands went.

use std::future::Future;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::Response;
use model::address::EmailAddress;
use model::reply::Phase;
use tokio::time::timeout;

use super::{Answer, Delivery, Dialogue, NotSent, read};

impl Dialogue<'_> {
    /// Each command waits for the reply to the one before. An error is the end of the attempt.
    pub(super) async fn envelope(
        &mut self,
        bounce: &EmailAddress,
        to: &EmailAddress,
    ) -> Result<(), Delivery> {
        self.command(Phase::Mail, mail(bounce)).await?;
        self.command(Phase::Recipient, recipient(to)).await?;
        self.command(Phase::Data, DATA.to_owned()).await
    }

    /// All commands at once, then their replies. The first that refuses decides; the later ones are read all the same, as
    /// far as they come, or the next command would take one of them for its own.
    pub(super) async fn envelope_together(
        &mut self,
        bounce: &EmailAddress,
        to: &EmailAddress,
    ) -> Result<(), Delivery> {
        let (limit, commands) = (self.timeouts.command, mail(bounce) + &recipient(to) + DATA);
        let mut last = within(limit, Phase::Mail, self.connection.command(commands)).await;
        let mut end = last;
        for phase in [Phase::Recipient, Phase::Data] {
            if last.is_err_and(|refusal| !has_reply(&refusal) || refusal.class().ends_session) {
                break;
            }
            last = within(limit, phase, self.connection.read_response()).await;
            end = end.and(last);
        }
        // A next hop may ask for a message without a recipient (RFC 2920 §3.1). It gets none: the session ends.
        self.in_step = end.is_ok() || last.is_err_and(|refusal| has_reply(&refusal));
        end
    }

    pub(super) async fn command(&mut self, phase: Phase, line: String) -> Result<(), Delivery> {
        within(self.timeouts.command, phase, self.connection.command(line)).await
    }
}

const DATA: &str = "DATA\r\n";

// Both addresses are ASCII without blanks, controls and angle brackets: the type admits no others.
fn mail(bounce: &EmailAddress) -> String {
    format!("MAIL FROM:<{}>\r\n", bounce.wire())
}

fn recipient(to: &EmailAddress) -> String {
    format!("RCPT TO:<{}>\r\n", to.wire())
}

async fn within(
    limit: Duration,
    phase: Phase,
    step: impl Future<Output = Result<Response, Error>>,
) -> Result<(), Delivery> {
    match timeout(limit, step).await {
        Err(_elapsed) => Err(Delivery::NothingSent(NotSent::TimedOut(phase))),
        Ok(answer) => match read(phase, answer.as_ref()) {
            Answer::Expected => Ok(()),
            Answer::Decided(reply) => Err(Delivery::of(reply)),
            Answer::Nothing => Err(Delivery::NothingSent(NotSent::Lost(phase))),
        },
    }
}

/// Whether the next hop said it, and not the line.
const fn has_reply(refusal: &Delivery) -> bool {
    matches!(refusal, Delivery::Accepted(_) | Delivery::Deferred(_) | Delivery::Failed(_))
}
