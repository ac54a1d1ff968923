//! The bare side: the mail library alone, in a loop.
//!
//! The message is made once, by the product's own builder from the product's own sample; for each recipient only its head
//! is copied with the recipient's number in it. Then it is signed, when the product signs, by the product's signer, and
//! handed to the same sink over as many sessions as the product has, each for as many messages.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Context as _;
use channels::email::{CampaignHeaders, DkimSigner, FeedbackId, MessageBuilder, OneMessage, Signer as _};
use chrono::DateTime;
use content::CompiledContent;
use lettre::Address;
use lettre::address::Envelope;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use model::address::EmailAddress;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::stage::{HELLO, MESSAGES_PER_SESSION, PUBLIC_URL, SENDER_DOMAIN, SESSIONS};

/// As long as a token in a product's message; the recipient's number is written over it.
const MARKER: &str = "0000000000000000000000000000000000000000000000000000000000";

/// What is sent, and how it is signed.
#[derive(Debug)]
pub struct Bare {
    head: String,
    body: Vec<u8>,
    signer: Option<DkimSigner>,
    relay: SocketAddr,
}

impl Bare {
    /// Makes the message.
    pub fn new(port: u16, signer: Option<DkimSigner>) -> anyhow::Result<Self> {
        let message = message()?;
        let (head, body) = message.split_at(message.find("\r\n\r\n").context("a message has a body")?);
        let relay = (Ipv4Addr::LOCALHOST, port).into();
        Ok(Self { head: head.to_owned(), body: body.as_bytes().to_vec(), signer, relay })
    }

    /// Sends so many messages and waits until each is accepted.
    pub async fn send(self: &Arc<Self>, messages: usize) -> anyhow::Result<()> {
        let mut sessions = JoinSet::new();
        for number in 0..SESSIONS {
            let this = Arc::clone(self);
            let recipients = messages * number / SESSIONS..messages * (number + 1) / SESSIONS;
            sessions.spawn(async move {
                let recipients: Vec<usize> = recipients.collect();
                for some in recipients.chunks(MESSAGES_PER_SESSION) {
                    this.session(some).await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(ended) = sessions.join_next().await {
            ended??;
        }
        Ok(())
    }

    async fn session(&self, recipients: &[usize]) -> anyhow::Result<()> {
        let stream = TcpStream::connect(self.relay).await?;
        stream.set_nodelay(true)?;
        let hello = ClientId::Domain(HELLO.to_owned());
        let mut connection = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello).await?;
        for recipient in recipients {
            let number = format!("{recipient:058}");
            let bounce = Address::new(&number, format!("bounce.{SENDER_DOMAIN}"))?;
            let to = Address::new(format!("p{recipient}"), "people.example")?;
            let message = self.message(&number)?;
            connection.send(&Envelope::new(Some(bounce), vec![to])?, &message).await?;
        }
        connection.quit().await?;
        Ok(())
    }

    fn message(&self, number: &str) -> anyhow::Result<Vec<u8>> {
        let head = self.head.replace(MARKER, number);
        let mut message = Vec::with_capacity(head.len() + self.body.len());
        message.extend_from_slice(head.as_bytes());
        message.extend_from_slice(&self.body);
        let Some(signer) = &self.signer else { return Ok(message) };
        let mut signed = signer.sign(&message)?.into_bytes();
        signed.append(&mut message);
        Ok(signed)
    }
}

/// The sample as the product would send it, with the marker where a recipient's number goes in its head.
fn message() -> anyhow::Result<String> {
    let sample = content::samples::emails()?.remove(0);
    let compiled = CompiledContent::compile(&sample.content)
        .map_err(|findings| anyhow::anyhow!("{} findings in the sample", findings.len()))?;
    let link = |_| format!("{PUBLIC_URL}/c/{MARKER}");
    let rendered = compiled.render(&sample.recipient, &link)?;
    let builder = MessageBuilder::new(&CampaignHeaders {
        from_name: sample.content.from_name,
        from: EmailAddress::parse(&format!("news@{SENDER_DOMAIN}"))?,
        reply_to: EmailAddress::parse(&sample.content.reply_to)?,
        list_id: format!("o1.{SENDER_DOMAIN}"),
        feedback_id: FeedbackId {
            campaign: "c1".to_owned(),
            stream: "marketing".to_owned(),
            institution: "i1".to_owned(),
            sender: "rappel".to_owned(),
        },
    })?;
    Ok(builder.build(&OneMessage {
        to: &EmailAddress::parse(&format!("{MARKER}@people.example"))?,
        message_id: &format!("{MARKER}@{SENDER_DOMAIN}"),
        date: DateTime::UNIX_EPOCH,
        unsubscribe_url: &format!("{PUBLIC_URL}/u/{MARKER}"),
        unsubscribe_mailto: None,
        subject: &rendered.subject,
        text: &rendered.text,
        html: &rendered.html,
    })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_recipient_has_a_head_of_its_own_and_the_same_body() {
        let bare = Bare::new(1, None).unwrap();
        let [one, two] = ["1", "2"].map(|number| bare.message(number).unwrap());
        assert_ne!(one, two);
        assert!(one.ends_with(&bare.body) && two.ends_with(&bare.body));
        let head = String::from_utf8_lossy(&one[..one.len() - bare.body.len()]).into_owned();
        assert!(["To: 1@", "Message-ID: <1@", "/u/1>"].iter().all(|part| head.contains(part)), "{head}");
    }
}
