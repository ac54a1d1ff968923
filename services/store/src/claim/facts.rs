//! What the claim reads: first the gates under their locks, then the launch and its policy, then every recipient.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use model::address::AddressHash;
use model::ids::{ContactId, OccurrenceId, OrganisationId, TopicId};
use model::permission::{Blocks, GateFacts, RenewalWindow, ScopeFacts, may_track};
use model::policy::Policy;
use model::vocabulary::{
    Channel, ClickTracking, DataUse, LaunchState, MessageState, Proof, Purpose, UnsetMeans,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::gates::{Gates, LockedGate};
use super::{Claimed, Lease};
use crate::gate::numbers;
use crate::{Result, StoreError, Tx, control};

/// How old the last beat of a process that accepts refusals may be, before claims wait for it: while the database was away
/// it may have taken refusals into its spool. Shorter than the 15 s within which a withdrawal is honoured.
const BEAT_OF_ACCEPTORS: TimeDelta = TimeDelta::seconds(10);

/// The launch and the policy, as of now.
pub(super) struct LaunchFacts {
    pub(super) state: LaunchState,
    pub(super) purpose: Purpose,
    pub(super) organisation: OrganisationId,
    pub(super) topic: TopicId,
    /// Frozen at launch, and in force now.
    pub(super) unset_means: [UnsetMeans; 2],
    pub(super) retention_months: u32,
    pub(super) renewal: Option<RenewalWindow>,
    pub(super) expires_at: DateTime<Utc>,
    clicks: ClickTracking,
    refusals_pending: bool,
}

impl LaunchFacts {
    /// Whether a refusal may lie in a spool that this message would overtake. A notice is not stopped by refusals.
    pub(super) fn held(&self) -> bool {
        self.refusals_pending && self.purpose != Purpose::ContractNotice
    }
}

/// One message that waits, with the facts about its recipient.
pub(super) struct Recipient {
    pub(super) contact: ContactId,
    pub(super) message: MessageState,
    /// `None`: the contact is gone.
    pub(super) gate: Option<GateFacts>,
    pub(super) scopes: Vec<ScopeFacts>,
    pub(super) recency: Option<NaiveDate>,
    pub(super) same_address: bool,
    pub(super) address_hash: AddressHash,
    pub(super) email: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    language: Option<String>,
    tracks_clicks: bool,
}

impl Recipient {
    pub(super) fn claimed(self, lease: Lease) -> Claimed {
        Claimed {
            lease,
            email: self.email.unwrap_or_default(),
            first_name: self.first_name,
            last_name: self.last_name,
            language: self.language,
            tracks_clicks: self.tracks_clicks,
        }
    }
}

/// Takes the locks of a claim, in their order, and reads the launch in a newer snapshot.
pub(super) async fn lock(
    tx: &mut Tx,
    occurrence: OccurrenceId,
    channel: Channel,
    contacts: &[ContactId],
) -> Result<(LaunchFacts, Gates)> {
    let institution = tx.institution().0;
    tx.plan_by_key().await?;
    control::pass_fence(tx, occurrence).await?;
    let gates = Gates::lock(tx, channel, contacts).await?;
    let row = sqlx::query_as::<_, LaunchRow>(include_str!("launch.sql"))
        .bind(institution)
        .bind(occurrence.0)
        .bind(BEAT_OF_ACCEPTORS)
        .fetch_optional(tx.connection().await?)
        .await?
        .ok_or_else(|| StoreError::Refused(format!("there is no launch {occurrence}")))?;
    Ok((row.facts(channel, &tx.policy().await?)?, gates))
}

/// Reads the recipients whose messages wait in the outbox, held by `holder` or by nobody.
pub(super) async fn recipients(
    tx: &mut Tx,
    (launch, gates): &(LaunchFacts, Gates),
    occurrence: OccurrenceId,
    channel: Channel,
    contacts: &[ContactId],
    holder: Option<Uuid>,
) -> Result<Vec<Recipient>> {
    let (institution, now, today) = (tx.institution().0, tx.business_now(), tx.today());
    let rows = sqlx::query_as::<_, RecipientRow>(include_str!("recipients.sql"))
        .bind(institution)
        .bind(occurrence.0)
        .bind(channel.number())
        .bind(numbers(contacts))
        .bind(gates.hashes(contacts))
        .bind(now)
        .bind(holder)
        .bind(launch.organisation.0)
        .bind(launch.topic.0)
        .bind(DataUse::ClickTracking.number())
        .bind(today)
        .fetch_all(tx.connection().await?)
        .await?;
    let mut scopes: HashMap<i64, Vec<ScopeFacts>> = HashMap::new();
    let found = sqlx::query_as::<_, ScopeRow>(include_str!("scopes.sql"))
        .bind(institution)
        .bind(numbers(contacts))
        .bind(channel.number())
        .bind(launch.organisation.0)
        .bind(launch.topic.0)
        .fetch_all(tx.connection().await?)
        .await?;
    for row in found {
        scopes.entry(row.contact_id).or_default().push(row.facts()?);
    }
    rows.into_iter().map(|row| row.recipient(gates, &mut scopes, launch.clicks)).collect()
}

#[derive(FromRow)]
struct LaunchRow {
    state: i16,
    purpose: i16,
    organisation_id: i32,
    topic_id: i32,
    unset_means: i16,
    renewal_from: Option<NaiveDate>,
    renewal_until: Option<NaiveDate>,
    expires_at: DateTime<Utc>,
    retention_then: Option<i32>,
    click_tracking_then: Option<i16>,
    refusals_pending: bool,
}

impl LaunchRow {
    fn facts(self, channel: Channel, policy: &Policy) -> Result<LaunchFacts> {
        let months_then = self.retention_then.and_then(|months| u32::try_from(months).ok());
        let clicks_then = self.click_tracking_then.map(ClickTracking::try_from).transpose()?;
        Ok(LaunchFacts {
            state: LaunchState::try_from(self.state)?,
            purpose: Purpose::try_from(self.purpose)?,
            organisation: OrganisationId(self.organisation_id),
            topic: TopicId(self.topic_id),
            unset_means: [UnsetMeans::try_from(self.unset_means)?, *policy.unset.get(channel)],
            retention_months: months_then.unwrap_or(u32::MAX).min(policy.retention_months),
            renewal: self
                .renewal_from
                .zip(self.renewal_until)
                .map(|(from, until)| RenewalWindow { from, until }),
            expires_at: self.expires_at,
            clicks: clicks_then.unwrap_or(policy.click_tracking).max(policy.click_tracking),
            refusals_pending: self.refusals_pending,
        })
    }
}

#[derive(FromRow)]
struct RecipientRow {
    contact_id: i64,
    state: i16,
    counts_on: Option<NaiveDate>,
    email: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    language: Option<String>,
    tracking_refused: bool,
    tracking_granted: bool,
    same_address: bool,
}

impl RecipientRow {
    fn recipient(
        self,
        gates: &Gates,
        scopes: &mut HashMap<i64, Vec<ScopeFacts>>,
        clicks: ClickTracking,
    ) -> Result<Recipient> {
        let contact = ContactId(self.contact_id);
        let gate = gates.get(contact);
        let missing = self.email.as_deref().is_none_or(str::is_empty);
        Ok(Recipient {
            contact,
            message: MessageState::try_from(self.state)?,
            gate: gate.map(|gate| gate.facts(missing)).transpose()?,
            scopes: scopes.remove(&self.contact_id).unwrap_or_default(),
            recency: self.counts_on,
            same_address: self.same_address,
            tracks_clicks: may_track(clicks, self.tracking_refused, self.tracking_granted),
            // Without one, the gate says that there is no address, and nothing is sent.
            address_hash: gate.and_then(LockedGate::address_hash).unwrap_or(AddressHash([0; 32])),
            email: self.email,
            first_name: self.first_name,
            last_name: self.last_name,
            language: self.language,
        })
    }
}

#[derive(FromRow)]
struct ScopeRow {
    contact_id: i64,
    blocks: i32,
    proof: i16,
    consent_until: Option<NaiveDate>,
    soft_opt_in: bool,
}

impl ScopeRow {
    fn facts(self) -> Result<ScopeFacts> {
        Ok(ScopeFacts {
            blocks: Blocks(self.blocks),
            proof: Proof::try_from(self.proof)?,
            consent_until: self.consent_until,
            soft_opt_in: self.soft_opt_in,
        })
    }
}
