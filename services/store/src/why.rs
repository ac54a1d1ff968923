//! Why somebody may be contacted, or not, at any moment: the evidence of then, replayed under the policy of then.
//!
//! [`model::permission::replay`] is the rule; here it is given its records. What no record of consent tells is read as it is
//! today, and [`Why::of_today`] names it: the state of the contact, its address and age, its recency. What a launch decided is
//! not computed again: [`frozen`] reads it.

mod log;
mod member;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use model::ids::{ContactId, OrganisationId};
use model::permission::{
    Blocks, Circumstances, Covering, Decision, Evidence, Known, OPEN_END, Question, Reason, RenewalWindow,
    Replayed, Scope, behind, behind_permission, decide, replay,
};
use model::policy::Policy;
use model::vocabulary::{Channel, Purpose};
use sqlx::FromRow;

use crate::policy::{Version, version_in_force};
use crate::{Result, StoreError, Tx};
use log::AddressRow;

pub use log::Entry;
pub use member::{Frozen, Place, frozen};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// About whom.
    pub contact: ContactId,
    /// On which channel.
    pub channel: Channel,
    /// For what.
    pub purpose: Purpose,
    /// In whose name and in which series.
    pub scope: Scope,
    /// As of which moment of the business clock; `None` is now.
    pub at: Option<DateTime<Utc>>,
    /// Of a renewal: its window; `None` asks for no window.
    pub renewal: Option<RenewalWindow>,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Why {
    /// The day that the rules were asked for.
    pub on: NaiveDate,
    /// The decision.
    pub decision: Decision,
    /// The version of the policy that was in force.
    pub version: Version,
    /// What that came to under the law of that day.
    pub policy: Policy,
    /// Each reason with the records behind it, the first reason first.
    pub reasons: Vec<(Reason, Vec<Entry>)>,
    /// The records behind a permission, in the order in which answers decide.
    pub permission: Vec<Entry>,
    /// What is known only as it is today.
    pub of_today: OfToday,
}

/// Values without a past: they are today's, whatever day is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfToday {
    /// State of the contact and of its address ([`Blocks::STORED`], refusals aside).
    pub blocks: Blocks,
    /// Comes of age on this day; `None` when unknown or when a guardian agreed.
    pub of_age_on: Option<NaiveDate>,
    /// The last day of suppression of the address.
    pub suppressed_until: Option<NaiveDate>,
    /// Recency; `None` is unknown.
    pub recency: Option<NaiveDate>,
}

/// Everything that the replay of one contact needs.
struct File {
    entries: Vec<Entry>,
    circumstances: Circumstances,
    recency: Option<NaiveDate>,
}

impl File {
    fn own(&self) -> Vec<Evidence> {
        self.entries.iter().filter(|entry| entry.own).map(|entry| entry.evidence.clone()).collect()
    }
}

/// Why a contact may be contacted, or not.
///
/// # Errors
/// [`StoreError::Refused`] when the contact has no gate on that channel; database errors.
pub async fn why(tx: &mut Tx, asked: Asked) -> Result<Why> {
    let moment = asked.at.unwrap_or_else(|| tx.business_now());
    let on = moment.with_timezone(&tx.zone()).date_naive();
    let version = version_in_force(tx, Some(moment)).await?;
    let policy = version.on(on)?;
    // What was bought after that day is not evidence of it; today everything on file is.
    let file = read(tx, asked.contact, asked.channel, asked.at.map(|_| on)).await?;
    // What was learned before now is all that there is: a clock that was moved back hides nothing.
    let known = asked.at.map_or(Known::EVERYTHING, Known::at);
    let question = Question {
        purpose: asked.purpose,
        unset_means: *policy.unset.get(asked.channel),
        retention_months: policy.retention_months,
        today: on,
        renewal: Some(asked.renewal.unwrap_or(RenewalWindow { from: NaiveDate::MIN, until: NaiveDate::MAX })),
    };
    let own = file.own();
    let replayed = replay(&own, &file.circumstances, asked.channel, known);
    let scopes = replayed.covering(asked.scope);
    let decision = decide(&question, &replayed.gate, &scopes, file.recency, Blocks::NONE);
    let message = Covering { channel: asked.channel, scope: asked.scope, today: on };
    let reasons = decision.reasons().into_iter().map(|reason| {
        let records = behind(reason, &own, &file.circumstances, known, message);
        (reason, shown(&file.entries, &records))
    });
    let permission = match decision {
        Decision::Allow { .. } => shown(&file.entries, &behind_permission(&own, known, message)),
        Decision::Exclude { .. } => Vec::new(),
    };
    Ok(Why {
        on,
        reasons: reasons.collect(),
        decision,
        version,
        policy,
        permission,
        of_today: file.of_today(),
    })
}

/// The gate and the scopes of one contact from its evidence, as far as it was known at a moment; `None` is all of it. What the
/// projection holds for `None`.
///
/// # Errors
/// As [`why`].
pub async fn replayed(
    tx: &mut Tx,
    contact: ContactId,
    channel: Channel,
    at: Option<DateTime<Utc>>,
) -> Result<Replayed> {
    let on = at.map(|moment| moment.with_timezone(&tx.zone()).date_naive());
    let file = read(tx, contact, channel, on).await?;
    Ok(replay(&file.own(), &file.circumstances, channel, at.map_or(Known::EVERYTHING, Known::at)))
}

impl File {
    fn of_today(&self) -> OfToday {
        OfToday {
            blocks: self.circumstances.blocks,
            of_age_on: self.circumstances.of_age_on,
            suppressed_until: self.circumstances.suppressed_until,
            recency: self.recency,
        }
    }
}

/// The records in their order, as entries.
fn shown(entries: &[Entry], records: &[&Evidence]) -> Vec<Entry> {
    records
        .iter()
        .filter_map(|record| entries.iter().find(|entry| entry.evidence == **record))
        .cloned()
        .collect()
}

async fn read(
    tx: &mut Tx,
    contact: ContactId,
    channel: Channel,
    bought_by: Option<NaiveDate>,
) -> Result<File> {
    let institution = tx.institution().0;
    let consent_age = i32::from(tx.policy().await?.consent_age);
    let row: ContactRow = sqlx::query_as(include_str!("why/contact.sql"))
        .bind(institution)
        .bind(contact.0)
        .bind(channel.number())
        .bind(consent_age)
        .fetch_optional(tx.connection().await?)
        .await?
        .ok_or_else(|| {
            StoreError::Refused(format!(
                "channel: the contact has no {channel} gate; this release sends by email"
            ))
        })?;
    let addresses: Vec<AddressRow> = sqlx::query_as(include_str!("why/address.sql"))
        .bind(institution)
        .bind(contact.0)
        .bind(channel.number())
        .fetch_all(tx.connection().await?)
        .await?;
    let bought: Vec<i32> = sqlx::query_scalar(include_str!("why/bought.sql"))
        .bind(institution)
        .bind(contact.0)
        .bind(bought_by)
        .fetch_all(tx.connection().await?)
        .await?;
    let mut entries = log::entries(tx, contact, channel).await?;
    let zone = tx.zone();
    let since = |day: NaiveDate| {
        let morning = day.and_time(NaiveTime::MIN);
        morning.and_local_timezone(zone).earliest().map_or_else(|| morning.and_utc(), |local| local.to_utc())
    };
    let unexplained = log::unexplained(&addresses, channel, &entries, &since);
    entries.extend(unexplained);
    let through =
        entries.iter().filter(|entry| entry.through_address).map(|entry| entry.evidence.clone()).collect();
    let circumstances =
        row.circumstances(&addresses, through, bought.into_iter().map(OrganisationId).collect());
    Ok(File { entries, circumstances, recency: row.counts_on })
}

#[derive(FromRow)]
struct ContactRow {
    state: i16,
    no_address: bool,
    of_age_on: Option<NaiveDate>,
    counts_on: Option<NaiveDate>,
}

impl ContactRow {
    fn circumstances(
        &self,
        addresses: &[AddressRow],
        through_address: Vec<Evidence>,
        bought: std::collections::BTreeSet<OrganisationId>,
    ) -> Circumstances {
        let institution = addresses.iter().find(|row| row.organisation_id == 0);
        let has = |reason| institution.is_some_and(|row| Blocks(row.blocks).has(reason));
        Circumstances {
            blocks: Blocks::NONE
                .with(Reason::Anonymised, self.state >= 2)
                .with(Reason::Restricted, self.state == 1)
                .with(Reason::NoAddress, self.no_address)
                .with(Reason::AddressInvalid, has(Reason::AddressInvalid)),
            of_age_on: self.of_age_on,
            suppressed_until: institution
                .filter(|row| Blocks(row.blocks).has(Reason::Suppressed))
                .map(|row| row.expires_on.unwrap_or(OPEN_END)),
            through_address,
            bought,
        }
    }
}
