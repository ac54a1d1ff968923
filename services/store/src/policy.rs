//! What each institution chose within its pack, as dated versions: the last one is in force, the earlier ones explain the past.
//!
//! A version is never edited. What is read here has been capped by the law of the day that it is asked for
//! ([`Policy::under`]): when a pack becomes stricter, that holds from its first day without a new version.

use chrono::{DateTime, NaiveDate, Utc};
use model::ids::InstitutionId;
use model::pack::{Pack, PerChannel};
use model::policy::Policy;
use model::vocabulary::{ClickTracking, UnsetMeans};
use sqlx::{FromRow, PgConnection};

use crate::{Result, StoreError, Tx};

/// One version of an institution's policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// From 1, without gaps.
    pub number: i32,
    /// Since when, on the business clock; `None` from before there were versions.
    pub since: Option<DateTime<Utc>>,
    /// As it was chosen, whatever the pack allows today.
    pub chosen: Policy,
    /// The code of the pack.
    pub pack: String,
    /// Who chose it.
    pub by: String,
    /// Why.
    pub why: String,
}

impl Version {
    /// What it comes to on a day.
    ///
    /// # Errors
    /// [`StoreError::UnknownValue`] when a newer release wrote the pack's code.
    pub fn on(&self, day: NaiveDate) -> Result<Policy> {
        Ok(self.chosen.under(&find_pack(&self.pack, day)?))
    }
}

/// What came of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The number of the new version.
    pub version: i32,
    /// Whether anything became looser: launches that were made before stay under what held then.
    pub loosened: bool,
}

/// Refuses a policy that its pack does not allow, with every finding on a line of its own.
pub(crate) fn accept(policy: &Policy, pack: &Pack) -> Result<()> {
    let findings: Vec<String> = policy.check(pack).iter().map(ToString::to_string).collect();
    if findings.is_empty() { Ok(()) } else { Err(StoreError::Refused(findings.join("; "))) }
}

/// The first version, as the owner of the database, who stands in no silo. It holds from now on the business clock.
pub(crate) async fn first(
    connection: &mut PgConnection,
    institution: InstitutionId,
    policy: &Policy,
    by: &str,
) -> Result<()> {
    let now: DateTime<Utc> = sqlx::query_scalar(
        "SELECT clock_timestamp() + clock_offset_us * interval '1 microsecond' FROM installation",
    )
    .fetch_one(&mut *connection)
    .await?;
    add(connection, institution, (1, now), policy, (by, "chosen when the institution was created")).await
}

/// Adds a version that holds from now on. The age of consent stays: the gates are projected with it.
///
/// # Errors
/// [`StoreError::Refused`] when the pack does not allow it, when nothing changes, when nobody says who or why, or when somebody
/// else changed it at the same time; database errors.
pub async fn change(tx: &mut Tx, wanted: &Policy, by: &str, why: &str) -> Result<Changed> {
    for (field, text) in [("by", by), ("why", why)] {
        if text.trim().is_empty() {
            return Err(StoreError::Refused(format!(
                "{field}: a change of policy is kept with who and why; write it"
            )));
        }
    }
    let before = version_in_force(tx, None).await?;
    let (institution, now, today) = (tx.institution(), tx.business_now(), tx.today());
    let wanted = Policy { consent_age: before.chosen.consent_age, ..wanted.clone() };
    accept(&wanted, &find_pack(&before.pack, today)?)?;
    if wanted == before.chosen {
        return Err(StoreError::Refused(
            "this is the policy in force already; nothing was changed".to_owned(),
        ));
    }
    let version = before.number.saturating_add(1);
    add(tx.connection().await?, institution, (version, now), &wanted, (by, why)).await?;
    Ok(Changed { version, loosened: wanted.is_looser_than(&before.chosen) })
}

async fn add(
    connection: &mut PgConnection,
    institution: InstitutionId,
    (version, since): (i32, DateTime<Utc>),
    policy: &Policy,
    (by, why): (&str, &str),
) -> Result<()> {
    sqlx::query(include_str!("policy/add.sql"))
        .bind(institution.0)
        .bind(version)
        .bind(since)
        .bind(policy.unset.email.number())
        .bind(policy.unset.sms.number())
        .bind(policy.unset.phone.number())
        .bind(policy.unset.post.number())
        .bind(&policy.unset_reason)
        .bind(i32::try_from(policy.retention_months).unwrap_or(i32::MAX))
        .bind(i16::from(policy.consent_age))
        .bind(policy.click_tracking.number())
        .bind(by)
        .bind(why)
        .execute(connection)
        .await
        .map_err(changed_meanwhile)?;
    Ok(())
}

fn changed_meanwhile(error: sqlx::Error) -> StoreError {
    match error.as_database_error() {
        Some(refusal) if refusal.is_unique_violation() => StoreError::Refused(
            "somebody else changed the policy at the same time; look at it and try again".to_owned(),
        ),
        _ => error.into(),
    }
}

/// Every version, the latest first.
///
/// # Errors
/// Database errors.
pub async fn versions(tx: &mut Tx) -> Result<Vec<Version>> {
    let institution = tx.institution().0;
    let rows: Vec<VersionRow> = sqlx::query_as(include_str!("policy/versions.sql"))
        .bind(institution)
        .fetch_all(tx.connection().await?)
        .await?;
    rows.into_iter().map(VersionRow::version).collect()
}

/// The version in force at an instant of the business clock; `None` is now.
///
/// # Errors
/// Database errors.
pub async fn version_in_force(tx: &mut Tx, at: Option<DateTime<Utc>>) -> Result<Version> {
    let institution = tx.institution().0;
    let row: VersionRow = sqlx::query_as(include_str!("policy/in_force.sql"))
        .bind(institution)
        .bind(at)
        .fetch_one(tx.connection().await?)
        .await?;
    row.version()
}

impl Tx {
    /// The policy in force now, under the law of today.
    ///
    /// # Errors
    /// [`StoreError::UnknownValue`] when a newer release wrote it; database errors.
    pub async fn policy(&mut self) -> Result<Policy> {
        let today = self.today();
        version_in_force(self, None).await?.on(today)
    }
}

fn find_pack(code: &str, on: NaiveDate) -> Result<Pack> {
    Pack::find(code, on).ok_or_else(|| StoreError::UnknownValue(format!("pack {code}")))
}

#[derive(FromRow)]
struct VersionRow {
    version: i32,
    since: Option<DateTime<Utc>>,
    unset_email: i16,
    unset_sms: i16,
    unset_phone: i16,
    unset_post: i16,
    unset_reason: Option<String>,
    retention_months: i32,
    consent_age: i16,
    click_tracking: i16,
    changed_by: String,
    why: String,
    pack: String,
}

impl VersionRow {
    fn version(self) -> Result<Version> {
        let chosen = Policy {
            unset: PerChannel {
                email: UnsetMeans::try_from(self.unset_email)?,
                sms: UnsetMeans::try_from(self.unset_sms)?,
                phone: UnsetMeans::try_from(self.unset_phone)?,
                post: UnsetMeans::try_from(self.unset_post)?,
            },
            unset_reason: self.unset_reason,
            retention_months: u32::try_from(self.retention_months).unwrap_or(0),
            consent_age: u8::try_from(self.consent_age).unwrap_or(u8::MAX),
            click_tracking: ClickTracking::try_from(self.click_tracking)?,
        };
        Ok(Version {
            number: self.version,
            since: self.since,
            chosen,
            pack: self.pack,
            by: self.changed_by,
            why: self.why,
        })
    }
}
