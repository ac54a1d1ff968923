//! What a launch froze about one contact.

use chrono::{DateTime, NaiveDate, Utc};
use model::ids::{ContactId, OccurrenceId, OrganisationId, TopicId};
use model::permission::{Blocks, Decision, RenewalWindow};
use model::vocabulary::{Channel, MessageState, Purpose, UnsetMeans};
use serde_json::Value as Json;
use sqlx::FromRow;

use crate::audience::basis;
use crate::{Result, StoreError, Tx};

/// A launch as it was frozen, and the contact's place in it.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// The campaign's name.
    pub name: String,
    /// Why its messages were sent.
    pub purpose: Purpose,
    /// On which channel.
    pub channel: Channel,
    /// In whose name.
    pub organisation: OrganisationId,
    /// In which series.
    pub topic: TopicId,
    /// What unset meant then.
    pub unset_means: UnsetMeans,
    /// The business day of the launch.
    pub today: NaiveDate,
    /// Of a renewal: where recency had to lie.
    pub renewal: Option<RenewalWindow>,
    /// The target as it was written.
    pub query: Json,
    /// When, on the business clock.
    pub launched_at: DateTime<Utc>,
    /// By whom.
    pub launched_by: String,
    /// The contact's row of the ledger; `None` when the target did not match it.
    pub place: Option<Place>,
}

/// One row of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where the message stands.
    pub state: MessageState,
    /// The decision at launch.
    pub at_launch: Decision,
    /// The decision immediately before the wire; `None` when nobody claimed the message.
    pub at_claim: Option<Decision>,
    /// The recency that was seen; `None` when it was unknown.
    pub recency_seen: Option<NaiveDate>,
    /// When the message became final.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Reads what a launch froze.
///
/// # Errors
/// [`StoreError::Refused`] when there is no such launch; database errors.
pub async fn frozen(tx: &mut Tx, occurrence: OccurrenceId, contact: ContactId) -> Result<Frozen> {
    let institution = tx.institution().0;
    sqlx::query_as::<_, MemberRow>(include_str!("member.sql"))
        .bind(institution)
        .bind(occurrence.0)
        .bind(contact.0)
        .fetch_optional(tx.connection().await?)
        .await?
        .ok_or_else(|| StoreError::Refused(format!("there is no launch {occurrence}")))?
        .frozen()
}

#[derive(FromRow)]
struct MemberRow {
    name: String,
    purpose: i16,
    channel: i16,
    organisation_id: i32,
    topic_id: i32,
    unset_means: i16,
    today: NaiveDate,
    query: Json,
    launched_at: DateTime<Utc>,
    launched_by: String,
    renewal_from: Option<NaiveDate>,
    renewal_until: Option<NaiveDate>,
    state: Option<i16>,
    proof: Option<i16>,
    blocks_launch: Option<i32>,
    blocks_claim: Option<i32>,
    recency_seen: Option<NaiveDate>,
    ended_at: Option<DateTime<Utc>>,
}

impl MemberRow {
    fn frozen(self) -> Result<Frozen> {
        let place = self.place()?;
        let renewal = self.renewal_from.zip(self.renewal_until);
        Ok(Frozen {
            name: self.name,
            purpose: Purpose::try_from(self.purpose)?,
            channel: Channel::try_from(self.channel)?,
            organisation: OrganisationId(self.organisation_id),
            topic: TopicId(self.topic_id),
            unset_means: UnsetMeans::try_from(self.unset_means)?,
            today: self.today,
            renewal: renewal.map(|(from, until)| RenewalWindow { from, until }),
            query: self.query,
            launched_at: self.launched_at,
            launched_by: self.launched_by,
            place,
        })
    }

    fn place(&self) -> Result<Option<Place>> {
        let (Some(state), Some(proof), Some(blocks)) = (self.state, self.proof, self.blocks_launch) else {
            return Ok(None);
        };
        let basis = basis(proof)?;
        let decision = |blocks| Decision::from_blocks(Blocks(blocks), basis);
        Ok(Some(Place {
            state: MessageState::try_from(state)?,
            at_launch: decision(blocks),
            at_claim: self.blocks_claim.map(decision),
            recency_seen: self.recency_seen,
            ended_at: self.ended_at,
        }))
    }
}
