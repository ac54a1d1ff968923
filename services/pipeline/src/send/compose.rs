//! One message from one claim: texts, headers, tokens, signature. Pure, and the same at every attempt but for the date.

use std::sync::Arc;
use std::time::Instant;

use channels::email::{BuildError, OneMessage, Signer};
use chrono::{DateTime, Utc};
use content::RecipientContext;
use model::address::EmailAddress;
use model::ids::{InstitutionId, LinkNo};
use model::reply::Fault;
use model::token::{CLICK_PATH, Token, TokenPurpose, UNSUBSCRIBE_PATH};
use spool::journal::AttemptKey;
use store::claim::{Claimed, Lease};

use super::load::Load;
use super::occasions::Prepared;

/// A claim in the hands of this worker: the lease, and when it was asked for by this process's own clock.
#[derive(Clone)]
pub(super) struct Ticket {
    pub(super) institution: InstitutionId,
    pub(super) lease: Lease,
    /// Read before the claim was sent, so that it is never younger than the database's stamp.
    pub(super) asked: Instant,
    pub(super) load: Arc<Load>,
}

impl Ticket {
    pub(super) fn journal_key(&self) -> AttemptKey {
        AttemptKey {
            institution: self.institution,
            occurrence: self.lease.occurrence,
            contact: self.lease.contact,
            channel: self.lease.channel,
            attempt_no: self.lease.attempt_no,
            claim: self.lease.token,
        }
    }
}

/// A message as it goes over the wire.
pub(super) struct Letter {
    pub(super) ticket: Ticket,
    pub(super) bounce: EmailAddress,
    pub(super) to: EmailAddress,
    pub(super) message: String,
}

/// Why there is no message. Holds nothing of the recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unmade {
    /// It can never be made: whose fault it is.
    Never(Fault),
    /// This machine could not sign it now.
    NotNow,
}

/// Makes the message, or says why not. Trying a [`Unmade::Never`] again gives the same answer.
pub(super) fn compose(
    prepared: &Prepared,
    ticket: Ticket,
    claimed: &Claimed,
    now: DateTime<Utc>,
    signer: Option<&dyn Signer>,
) -> Result<Letter, Unmade> {
    let to = EmailAddress::parse(&claimed.email).map_err(|_| Unmade::Never(Fault::Recipient))?;
    let sender = &prepared.occasion.sender;
    let token = token(&ticket);
    let keys = &prepared.tokens;
    let unsubscribe = Token { purpose: TokenPurpose::Unsubscribe, ..token };
    let unsubscribe_url = format!("{}{UNSUBSCRIBE_PATH}{}", sender.public_url, unsubscribe.seal(keys));
    let recipient = RecipientContext {
        first_name: claimed.first_name.clone(),
        last_name: claimed.last_name.clone(),
        language: claimed.language.clone(),
        email: claimed.email.clone(),
        organisation: prepared.occasion.organisation.clone(),
        institution: prepared.occasion.institution.clone(),
        organisations: prepared.occasion.organisations.clone(),
        unsubscribe_url: unsubscribe_url.clone(),
    };
    let tracked = |link| format!("{}{CLICK_PATH}{}", sender.public_url, Token { link, ..token }.seal(keys));
    // A link that may not be tracked leads where it leads, and says nothing of who follows it (TR-24).
    let links = prepared.content.links();
    let plain =
        |no| links.iter().find(|link| link.no == no).map_or_else(String::new, |link| link.url.clone());
    let address: &dyn Fn(LinkNo) -> String = if claimed.tracks_clicks { &tracked } else { &plain };
    let rendered = prepared.content.render(&recipient, address).map_err(|_| Unmade::Never(Fault::Content))?;
    let message_id = token.message_id(keys, &sender.mail_domain);
    let one = OneMessage {
        to: &to,
        message_id: &message_id,
        date: now,
        unsubscribe_url: &unsubscribe_url,
        unsubscribe_mailto: None,
        subject: &rendered.subject,
        text: &rendered.text,
        html: &rendered.html,
    };
    let message = match signer {
        Some(signer) => prepared.headers.build_signed(&one, signer),
        None => prepared.headers.build(&one).map_err(BuildError::from),
    };
    let message = message.map_err(|error| match error {
        BuildError::Header(_) => Unmade::Never(Fault::Content),
        BuildError::Sign(_) => Unmade::NotNow,
    })?;
    let bounce = token.bounce_address(keys, &sender.bounce_domain);
    let bounce = EmailAddress::parse(&bounce).map_err(|_| Unmade::Never(Fault::Us))?;
    Ok(Letter { ticket, bounce, to, message })
}

/// The token of a click on the first link; every other token of the message is made from it.
fn token(ticket: &Ticket) -> Token {
    Token {
        purpose: TokenPurpose::Click,
        channel: ticket.lease.channel,
        // Who may not be recorded has no tracked link.
        do_not_record: false,
        institution: ticket.institution,
        occurrence: ticket.lease.occurrence,
        contact: ticket.lease.contact,
        link: LinkNo(0),
    }
}
