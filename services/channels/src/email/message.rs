//! The text of a message, from what is the same for a campaign and what is one recipient's.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use model::address::EmailAddress;
use ring::digest::{SHA256, digest};

use super::body;
use super::header::{self, HeaderRefused};
use super::sign::{SignError, Signer};

/// `Feedback-ID` of a campaign (EM-29): four fields, none of which may identify a recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedbackId {
    /// Which campaign.
    pub campaign: String,
    /// Which stream, such as `marketing`.
    pub stream: String,
    /// Which institution.
    pub institution: String,
    /// The stable sender id: 5 to 15 characters.
    pub sender: String,
}

/// What every message of a campaign shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignHeaders {
    /// The name beside the sender's address.
    pub from_name: String,
    /// The sender's address; the signature's domain must be aligned with it (EM-21).
    pub from: EmailAddress,
    /// Where answers go (EM-51).
    pub reply_to: EmailAddress,
    /// A stable id of the subscription under the institution's domain, without brackets (EM-28).
    pub list_id: String,
    /// For the complaint feedback of mailbox providers.
    pub feedback_id: FeedbackId,
}

/// What is one recipient's.
#[derive(Clone, Copy)]
pub struct OneMessage<'a> {
    /// The recipient.
    pub to: &'a EmailAddress,
    /// `id@domain` without brackets; the same for every attempt (EM-08).
    pub message_id: &'a str,
    /// On the business clock.
    pub date: DateTime<Utc>,
    /// The https address that takes the one-click POST (EM-20).
    pub unsubscribe_url: &'a str,
    /// The `mailto:` address for programs that know only that.
    pub unsubscribe_mailto: Option<&'a str>,
    /// One line.
    pub subject: &'a str,
    /// The plain text part.
    pub text: &'a str,
    /// The HTML part.
    pub html: &'a str,
}

/// Shows nothing of the message, which is personal data.
impl std::fmt::Debug for OneMessage<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OneMessage").finish_non_exhaustive()
    }
}

/// Makes the messages of a campaign. Header by header it writes each field once (EM-03); the body is
/// `multipart/alternative`. `Precedence` is left out on purpose: nobody needs it beside `List-Id`.
#[derive(Clone, Debug)]
pub struct MessageBuilder {
    /// The fields that are the same in every message, ready to be copied.
    shared: String,
}

impl MessageBuilder {
    /// Checks and encodes what every message shares.
    ///
    /// # Errors
    /// The first field that cannot be written, and what would be right.
    pub fn new(campaign: &CampaignHeaders) -> Result<Self, HeaderRefused> {
        let mut shared = String::new();
        header::mailbox(&mut shared, "From", Some(&campaign.from_name), &campaign.from)?;
        header::mailbox(&mut shared, "Reply-To", None, &campaign.reply_to)?;
        let list_id = &campaign.list_id;
        let dotted = |id: &str| {
            id.contains('.') && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
        };
        header::token("List-Id", list_id, dotted, "letters, digits, dots and hyphens, ending in a domain")?;
        let feedback = campaign.feedback_id.value()?;
        let _ = write!(
            shared,
            "MIME-Version: 1.0\r\nList-Id: <{list_id}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\
             Feedback-ID: {feedback}\r\nX-Auto-Response-Suppress: All\r\n"
        );
        Ok(Self { shared })
    }

    /// The message without a signature: ASCII in lines that end in CRLF.
    ///
    /// # Errors
    /// The first field of `one` that cannot be written. It would fail for every attempt.
    pub fn build(&self, one: &OneMessage<'_>) -> Result<String, HeaderRefused> {
        let size = self.shared.len() + (one.text.len() + one.html.len()) * 5 / 4 + 1_536;
        let mut message = String::with_capacity(size);
        message.push_str(&self.shared);
        header::mailbox(&mut message, "To", None, one.to)?;
        header::text(&mut message, "Subject", one.subject)?;
        let addr_spec =
            |id: &str| id.split_once('@').is_some_and(|(id, domain)| !id.is_empty() && !domain.is_empty());
        header::token("Message-ID", one.message_id, addr_spec, "id@domain")?;
        let https = |url: &str| url.len() > "https://".len() && url.starts_with("https://");
        header::token("List-Unsubscribe", one.unsubscribe_url, https, "an https address")?;
        let _ = write!(
            message,
            "Date: {}\r\nMessage-ID: <{}>\r\nList-Unsubscribe: <{}>",
            one.date.to_rfc2822(),
            one.message_id,
            one.unsubscribe_url
        );
        if let Some(mailto) = one.unsubscribe_mailto {
            let form = |url: &str| url.strip_prefix("mailto:").is_some_and(|address| address.contains('@'));
            header::token("List-Unsubscribe", mailto, form, "a mailto: address")?;
            let _ = write!(message, ",\r\n <{mailto}>");
        }
        message.push_str("\r\n");
        body::alternative(&mut message, &boundary(one.message_id), one.text, one.html);
        Ok(message)
    }

    /// The message with its signature in front, as it goes over the wire.
    ///
    /// # Errors
    /// As [`Self::build`], or when the signer cannot sign.
    pub fn build_signed(&self, one: &OneMessage<'_>, signer: &dyn Signer) -> Result<String, BuildError> {
        let message = self.build(one)?;
        Ok(signer.sign(message.as_bytes())? + &message)
    }
}

/// Why there is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// A value cannot stand in its header.
    #[error(transparent)]
    Header(#[from] HeaderRefused),
    /// The signer failed.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl FeedbackId {
    fn value(&self) -> Result<String, HeaderRefused> {
        let fields = [&*self.campaign, &*self.stream, &*self.institution, &*self.sender];
        let word = |value: &str| {
            !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        };
        for field in fields {
            header::token("Feedback-ID", field, word, "four fields of letters, digits, dots and hyphens")?;
        }
        let sender = |value: &str| (5..=15).contains(&value.len());
        header::token("Feedback-ID", &self.sender, sender, "ended by a sender id of 5 to 15 characters")?;
        let repeated = fields.iter().enumerate().any(|(index, field)| fields[..index].contains(field));
        if repeated {
            return Err(HeaderRefused::Form { field: "Feedback-ID", expected: "four different fields" });
        }
        Ok(fields.join(":"))
    }
}

/// The same for every attempt, and `=_` stands in no quoted-printable or base64 text.
fn boundary(message_id: &str) -> String {
    let hash = digest(&SHA256, message_id.as_bytes());
    format!("=_{}", HEXLOWER.encode(&hash.as_ref()[..16]))
}

#[cfg(test)]
mod tests;
