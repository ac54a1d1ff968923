//! The refusal that comes by the unsubscribe link of a message (EM-22 to EM-26): what the message says about it is looked up
//! in the transaction that records it.
//!
//! It holds for the person, and for the address that the message went to: whoever opened that mailbox spoke for it. The
//! scope is the organisation that sent, or the whole institution when it was asked for, when the institution itself sent,
//! or when the launch is not known any more: a no is never narrowed for want of a row.
//!
//! One act is one record: its id follows from the message, the scope and the moment, so a retry and a replay record nothing
//! anew, while a second no after a later yes counts as what it is.

use chrono::{DateTime, Utc};
use model::ids::{ContactId, InstitutionId, OccurrenceId, OrganisationId, TopicId};
use model::vocabulary::Channel;
use sha2::{Digest as _, Sha256};
use sqlx::FromRow;
use uuid::Uuid;

use crate::refusal::{self, Refusal};
use crate::{Result, Store, StoreError, Tx};

/// A refusal as its link tells it.
#[derive(Clone, Debug)]
pub struct LinkRefusal {
    /// The launch of the message.
    pub occurrence: OccurrenceId,
    /// Its recipient.
    pub contact: ContactId,
    /// Its channel, which is what is refused.
    pub channel: Channel,
    /// Whether the whole institution is refused, and not only the organisation that sent.
    pub whole_institution: bool,
    /// When it was received, on the business clock, to the microsecond.
    pub received_at: DateTime<Utc>,
    /// By which way: `one_click`, `page`, or `spool` when the database was away.
    pub origin: &'static str,
    /// Random salt of the sealed commitment.
    pub salt: [u8; 16],
}

/// Who sent a message, for the page that its recipient sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SenderNames {
    /// The organisation; `None` when the institution itself sent, or the launch is not known any more.
    pub organisation: Option<String>,
    /// The institution.
    pub institution: String,
}

impl LinkRefusal {
    /// Names the act.
    fn record_id(&self, institution: InstitutionId) -> Uuid {
        let digest = Sha256::new_with_prefix(b"refusal by link")
            .chain_update(institution.0.to_be_bytes())
            .chain_update(self.occurrence.0.to_be_bytes())
            .chain_update(self.contact.0.to_be_bytes())
            .chain_update(self.channel.number().to_be_bytes())
            .chain_update([u8::from(self.whole_institution)])
            .chain_update(self.received_at.timestamp_micros().to_be_bytes())
            .finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}

impl Store {
    /// Records the refusal, as [`Store::refuse`] does. `None`: the contact is gone, and with it what the link could do
    /// (TR-13).
    ///
    /// # Errors
    /// Database errors; recording the same act again is harmless.
    pub async fn refuse_by_link(
        &self,
        institution: InstitutionId,
        refusal: LinkRefusal,
    ) -> Result<Option<SenderNames>> {
        let recorded = self.scoped(institution, move |mut tx| async move {
            let Some(message) =
                Message::of(&mut tx, refusal.occurrence, refusal.contact, refusal.channel).await?
            else {
                return tx.roll_back(None).await;
            };
            let record_id = refusal.record_id(institution);
            if is_recorded(&mut tx, refusal.contact, record_id).await? {
                return tx.roll_back(Some(message.names())).await;
            }
            refusal::record(&mut tx, &refusal.of_message(&message, record_id)).await?;
            tx.commit(Some(message.names())).await
        });
        gone_with_its_institution(recorded.await)
    }

    /// Who sent the message; `None` when its recipient is gone. Changes nothing.
    ///
    /// # Errors
    /// Database errors.
    pub async fn sender_of(
        &self,
        institution: InstitutionId,
        occurrence: OccurrenceId,
        contact: ContactId,
        channel: Channel,
    ) -> Result<Option<SenderNames>> {
        let names = self.scoped(institution, move |mut tx| async move {
            let message = Message::of(&mut tx, occurrence, contact, channel).await?;
            tx.roll_back(message.map(Message::names)).await
        });
        gone_with_its_institution(names.await)
    }
}

impl LinkRefusal {
    fn of_message(&self, message: &Message, record_id: Uuid) -> Refusal {
        let organisation = match (self.whole_institution, message.organisation_id) {
            (false, Some(organisation)) => OrganisationId(organisation),
            (true, _) | (false, None) => OrganisationId::WHOLE_INSTITUTION,
        };
        let hash = message.address_hash.as_deref().and_then(|hash| hash.try_into().ok());
        Refusal {
            contact: self.contact,
            organisation,
            topic: TopicId::NONE,
            channel: Some(self.channel),
            happened_at: Some(self.received_at),
            through: hash.map(|hash| (self.channel, hash)),
            origin: self.origin.to_owned(),
            pointer: format!("occurrence {}", self.occurrence),
            record_id,
            salt: self.salt,
        }
    }
}

/// What is on file about the message behind a link.
#[derive(FromRow)]
struct Message {
    institution: String,
    organisation: Option<String>,
    organisation_id: Option<i32>,
    address_hash: Option<Vec<u8>>,
}

impl Message {
    /// `None` when the contact is gone.
    async fn of(
        tx: &mut Tx,
        occurrence: OccurrenceId,
        contact: ContactId,
        channel: Channel,
    ) -> Result<Option<Self>> {
        let institution = tx.institution().0;
        Ok(sqlx::query_as(include_str!("message.sql"))
            .bind(institution)
            .bind(occurrence.0)
            .bind(contact.0)
            .bind(channel.number())
            .fetch_optional(tx.connection().await?)
            .await?)
    }

    fn names(self) -> SenderNames {
        SenderNames { organisation: self.organisation, institution: self.institution }
    }
}

async fn is_recorded(tx: &mut Tx, contact: ContactId, record_id: Uuid) -> Result<bool> {
    let institution = tx.institution().0;
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM consent_record WHERE institution_id = $1 AND contact_id = $2 AND record_id = $3)",
    )
    .bind(institution)
    .bind(contact.0)
    .bind(record_id)
    .fetch_one(tx.connection().await?)
    .await?)
}

/// Contacts leave with their institution.
fn gone_with_its_institution<T>(answer: Result<Option<T>>) -> Result<Option<T>> {
    match answer {
        Err(StoreError::NoInstitution(_)) => Ok(None),
        other => other,
    }
}
