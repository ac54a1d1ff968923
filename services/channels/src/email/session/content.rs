//! Body, dot and the reply to them.
//!
//! They go out in one write (ADR 0007). The [`super::Gate`] counts what of it is out, so it is known at every moment whether
//! the next hop may have seen the dot.

use std::future::Future;
use std::time::Instant;

use model::reply::Phase;
use tokio::time::timeout_at;

use super::{Answer, Delivery, Dialogue, NotSent, Unclear, Wire, read};

const DOT: &str = ".\r\n";

impl Dialogue<'_> {
    pub(super) async fn content<W: Wire>(&mut self, message: &str, wire: &mut W) -> Delivery {
        let mut content = transparent(message);
        let body = content.len();
        content.push_str(DOT);
        let deadline = match wire.before_dot() {
            Ok(deadline) => deadline,
            Err(refused) => return Delivery::NothingSent(NotSent::DotRefused(refused)),
        };
        self.gate.allow_dot(body, deadline);
        let dot_reply = Instant::now() + self.timeouts.final_reply;
        let sending = self.connection.command(content);
        let answer = within(deadline, || self.gate.dot_may_be_out(), dot_reply, sending).await;
        let end = match answer.as_ref().map(|answer| read(Phase::FinalDot, answer.as_ref())) {
            Some(Answer::Decided(reply)) => Delivery::of(reply),
            Some(Answer::Expected | Answer::Nothing) => self.broken_off(Unclear::Lost),
            None => self.broken_off(Unclear::TimedOut),
        };
        self.gate.dot_is_over();
        wire.after_dot(&end);
        end
    }

    /// The meaning of no reply, by what of the dot is out.
    fn broken_off(&self, unclear: Unclear) -> Delivery {
        if self.gate.dot_may_be_out() {
            Delivery::Unknown(unclear)
        } else if unclear == Unclear::TimedOut || self.gate.is_shut() {
            Delivery::NothingSent(NotSent::TooLate)
        } else {
            Delivery::NothingSent(NotSent::Lost(Phase::Data))
        }
    }
}

/// The message as it stands between 354 and dot: ended by CRLF, and a dot more in front of each line that begins with one
/// (RFC 5321 §4.5.2, EM-02).
fn transparent(message: &str) -> String {
    let mut out = String::with_capacity(message.len() + 64);
    let mut rest = 0;
    for (at, _) in message.match_indices('.') {
        if at == 0 || message[..at].ends_with("\r\n") {
            out.push_str(&message[rest..at]);
            out.push('.');
            rest = at;
        }
    }
    out.push_str(&message[rest..]);
    if !out.ends_with("\r\n") {
        out.push_str("\r\n");
    }
    out
}

/// Waits for `sending`: until `deadline`, and when the dot `is_out` by then, until `reply`.
async fn within<T>(
    deadline: Instant,
    is_out: impl Fn() -> bool,
    reply: Instant,
    sending: impl Future<Output = T>,
) -> Option<T> {
    let mut sending = std::pin::pin!(sending);
    match timeout_at(deadline.min(reply).into(), &mut sending).await {
        Ok(done) => Some(done),
        Err(_) if is_out() => timeout_at(reply.into(), sending).await.ok(),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_begins_with_a_dot_gets_another_one() {
        for (message, expected) in [
            ("a\r\n", "a\r\n"),
            ("a", "a\r\n"),
            (".\r\n", "..\r\n"),
            ("a.b\r\n.\r\n..\r\n.c.\r\n", "a.b\r\n..\r\n...\r\n..c.\r\n"),
            ("", "\r\n"),
        ] {
            assert_eq!(transparent(message), expected);
        }
    }
}
