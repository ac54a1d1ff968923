//! What all messages of a launch share, frozen when it was launched: read once and kept by whoever sends.

use model::ids::{InstitutionId, OccurrenceId, OrganisationId};
use model::keys::KeyId;
use model::vocabulary::Purpose;
use sqlx::FromRow;
use sqlx::types::Json;

use crate::launch::Sender;
use crate::{Result, Store, StoreError};

/// The frozen part of a launch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// Why its messages are sent.
    pub purpose: Purpose,
    /// The version of the content: equal numbers of one institution are equal contents.
    pub content_id: i32,
    /// The content as its author wrote it.
    pub content: serde_json::Value,
    /// Who writes.
    pub sender: Sender,
    /// The key that seals the tokens of this launch (EM-08).
    pub token_key: KeyId,
    /// The organisation that sends.
    pub organisation_id: OrganisationId,
    /// The name of the organisation that sends; the institution's when it sends as a whole.
    pub organisation: String,
    /// The name of the institution.
    pub institution: String,
    /// The names of all its organisations.
    pub organisations: Vec<String>,
}

impl Store {
    /// Reads what the messages of a launch share.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when there is no such launch; database errors.
    pub async fn occasion(&self, institution: InstitutionId, occurrence: OccurrenceId) -> Result<Occasion> {
        self.scoped(institution, move |mut tx| async move {
            let row = sqlx::query_as::<_, OccasionRow>(include_str!("occasion.sql"))
                .bind(institution.0)
                .bind(occurrence.0)
                .fetch_optional(tx.connection().await?)
                .await?
                .ok_or_else(|| StoreError::Refused(format!("there is no launch {occurrence}")))?;
            tx.commit(row.occasion()?).await
        })
        .await
    }
}

#[derive(FromRow)]
struct OccasionRow {
    purpose: i16,
    content_id: i32,
    source: serde_json::Value,
    sender: Json<Sender>,
    token_key: i16,
    organisation_id: i32,
    organisation: Option<String>,
    institution: String,
    organisations: Vec<String>,
}

impl OccasionRow {
    fn occasion(self) -> Result<Occasion> {
        Ok(Occasion {
            purpose: Purpose::try_from(self.purpose)?,
            content_id: self.content_id,
            content: self.source,
            sender: self.sender.0,
            token_key: KeyId(
                u8::try_from(self.token_key)
                    .map_err(|_| StoreError::UnknownValue(format!("key {}", self.token_key)))?,
            ),
            organisation_id: OrganisationId(self.organisation_id),
            organisation: self.organisation.unwrap_or_else(|| self.institution.clone()),
            institution: self.institution,
            organisations: self.organisations,
        })
    }
}
