//! A launch: the audience frozen in one statement and one snapshot, together with everything that was decided on.
//!
//! Committing the launch *is* the intent to send: the dispatcher finds it, no second write follows. Launching twice under
//! one key launches once.

mod sender;
mod status;
mod clicks;

use chrono::{DateTime, TimeDelta, Utc};
use model::guard::Figures;
use model::ids::{ContactId, OccurrenceId};
use model::keys::KeyId;
use model::vocabulary::{Lane, LaunchState, Purpose};
use serde::Serialize;
use serde_json::Value as Json;
use sqlx::Row as _;
use sqlx::types::Json as Jsonb;
use uuid::Uuid;

use crate::audience::{Audience, Names, Waterfall, from_free_target};
use crate::cap::numbered;
use crate::{Result, StoreError, Tx};

pub use clicks::{Clicks, clicks};
pub use sender::Sender;
pub use status::{Status, status};

/// What a launch freezes beside its audience.
#[derive(Clone, Debug)]
pub struct NewLaunch {
    /// What the caller names it; a second launch under this key returns the first.
    pub key: String,
    /// Random id for the API.
    pub public_id: Uuid,
    /// The campaign's name.
    pub name: String,
    /// Who, why, on which channel, in whose name.
    pub audience: Audience,
    /// The content as its author wrote it, and its SHA-256.
    pub content: (Json, [u8; 32]),
    /// The destinations of the content's tracked links, in their order.
    pub links: Vec<String>,
    /// Who writes.
    pub sender: Sender,
    /// The key that seals its tokens, now and after a rotation (EM-08).
    pub token_key: KeyId,
    /// How long after the launch a message may still leave.
    pub lifetime: TimeDelta,
    /// The person behind it.
    pub by: String,
    /// What people said about how many it reaches.
    pub review: Review,
}

/// What people said about the size of a launch: see [`model::guard`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// The number that somebody saw when the campaign was reviewed.
    pub reviewed: Option<i64>,
    /// The number that the person who launches typed.
    pub confirmed: Option<i64>,
}

/// What came of a launch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Launched {
    /// Its id.
    pub occurrence: OccurrenceId,
    /// Who was planned and who was left out.
    pub waterfall: Waterfall,
    /// False when a launch with this key was there before.
    pub new: bool,
}

/// Freezes the audience and makes the launch run.
///
/// # Errors
/// [`StoreError::Refused`] for an audience that nobody is in, or for a purpose that has no free target;
/// [`StoreError::Unconfirmed`] when a number must be typed first; database errors. The caller's transaction is then undone.
pub async fn launch(tx: &mut Tx, new: &NewLaunch) -> Result<Launched> {
    from_free_target(new.audience.question.purpose)?;
    new.sender.check()?;
    let content = content_version(tx, new).await?;
    let Some(occurrence) = occurrence(tx, new, content).await? else {
        return earlier(tx, &new.key).await;
    };
    for (number, url) in (0i16..).zip(&new.links) {
        let institution = tx.institution().0;
        sqlx::query("INSERT INTO link (institution_id, occurrence_id, link_no, url) VALUES ($1, $2, $3, $4)")
            .bind(institution)
            .bind(occurrence.0)
            .bind(number)
            .bind(url)
            .execute(tx.connection().await?)
            .await?;
    }
    tx.plan_for_targets().await?;
    new.audience
        .statement(tx, include_str!("launch/freeze.sql"), vec![occurrence.0.into()])?
        .query()
        .execute(tx.connection().await?)
        .await?;
    let waterfall = waterfall(tx, occurrence).await?;
    if waterfall.matched == 0 {
        return Err(StoreError::Refused("the target matches nobody: nothing was launched".to_owned()));
    }
    guard(tx, waterfall.planned, new.review).await?;
    Ok(Launched { occurrence, waterfall, new: true })
}

/// Refuses a launch whose number must be typed first. Asked about the frozen audience, so nothing moves between the question and
/// the launch.
async fn guard(tx: &mut Tx, planned: i64, Review { reviewed, confirmed }: Review) -> Result<()> {
    let institution = tx.institution().0;
    // States 0 and 1: neither anonymised nor about to be.
    let file = sqlx::query_scalar("SELECT count(*) FROM contact WHERE institution_id = $1 AND state < 2")
        .bind(institution)
        .fetch_one(tx.connection().await?)
        .await?;
    let figures = Figures { planned, file, reviewed, confirmed };
    if figures.concerns().is_empty() { Ok(()) } else { Err(StoreError::Unconfirmed(figures)) }
}

/// The waterfall of a launch, from its frozen decisions.
///
/// # Errors
/// Database errors.
pub async fn waterfall(tx: &mut Tx, occurrence: OccurrenceId) -> Result<Waterfall> {
    let institution = tx.institution().0;
    let rows = sqlx::query(include_str!("launch/waterfall.sql"))
        .bind(institution)
        .bind(occurrence.0)
        .fetch_all(tx.connection().await?)
        .await?;
    Waterfall::from_rows(&rows, &names(tx, occurrence).await?)
}

async fn names(tx: &mut Tx, occurrence: OccurrenceId) -> Result<Names> {
    let institution = tx.institution().0;
    let written: Option<Jsonb<Names>> =
        sqlx::query_scalar("SELECT targets FROM launch WHERE institution_id = $1 AND occurrence_id = $2")
            .bind(institution)
            .bind(occurrence.0)
            .fetch_optional(tx.connection().await?)
            .await?
            .flatten();
    Ok(written.map(|Jsonb(names)| names).unwrap_or_default())
}

/// The first `most` contacts that a launch planned, in the order of their ids.
///
/// # Errors
/// Database errors.
pub async fn planned(tx: &mut Tx, occurrence: OccurrenceId, most: usize) -> Result<Vec<ContactId>> {
    let institution = tx.institution().0;
    let planned: Vec<i64> = sqlx::query_scalar(
        "SELECT contact_id FROM message
         WHERE institution_id = $1 AND occurrence_id = $2 AND blocks_launch = 0 ORDER BY contact_id LIMIT $3",
    )
    .bind(institution)
    .bind(occurrence.0)
    .bind(i64::try_from(most).unwrap_or(i64::MAX))
    .fetch_all(tx.connection().await?)
    .await?;
    Ok(planned.into_iter().map(ContactId).collect())
}

async fn content_version(tx: &mut Tx, new: &NewLaunch) -> Result<i32> {
    let institution = tx.institution().0;
    let (source, hash) = &new.content;
    sqlx::query(include_str!("launch/content.sql"))
        .bind(institution)
        .bind(hash.as_slice())
        .bind(source)
        .execute(tx.connection().await?)
        .await?;
    // A statement of its own: a concurrent insert of the same content becomes visible to a new snapshot only.
    Ok(sqlx::query_scalar("SELECT content_id FROM content_version WHERE institution_id = $1 AND hash = $2")
        .bind(institution)
        .bind(hash.as_slice())
        .fetch_one(tx.connection().await?)
        .await?)
}

/// Writes the launch row, or returns `None` when the key is taken. A concurrent launch under the same key waits here.
async fn occurrence(tx: &mut Tx, new: &NewLaunch, content: i32) -> Result<Option<OccurrenceId>> {
    let (institution, now, zone) = (tx.institution().0, tx.business_now(), tx.zone().name());
    let Audience { targets, question, channel, organisation, topic, cap, holdout } = &new.audience;
    let sender =
        serde_json::to_value(&new.sender).map_err(|error| StoreError::Inconsistent(error.to_string()))?;
    let id: Option<i32> = sqlx::query_scalar(include_str!("launch/occurrence.sql"))
        .bind(institution)
        .bind(new.public_id)
        .bind(&new.key)
        .bind(&new.name)
        .bind(question.purpose.number())
        .bind(channel.number())
        .bind(lane(question.purpose).number())
        .bind(organisation.0)
        .bind(topic.0)
        .bind(targets.union()?)
        .bind(zone)
        .bind(question.today)
        .bind(question.unset_means.number())
        .bind(content)
        .bind(sender)
        .bind(i16::from(new.token_key.0))
        .bind(question.renewal.map(|window| window.from))
        .bind(question.renewal.map(|window| window.until))
        .bind(expiry(now, new.lifetime))
        .bind(LaunchState::Running.number())
        .bind(now)
        .bind(&new.by)
        .bind(targets.written()?)
        .bind(cap.map(|cap| numbered(cap.messages)))
        .bind(cap.map(|cap| numbered(cap.days)))
        .bind(holdout.as_ref().map(|holdout| holdout.name.as_str()))
        .bind(holdout.as_ref().map(|holdout| i16::from(holdout.percent)))
        .bind(new.review.reviewed)
        .bind(new.review.confirmed)
        .fetch_optional(tx.connection().await?)
        .await?;
    Ok(id.map(OccurrenceId))
}

async fn earlier(tx: &mut Tx, key: &str) -> Result<Launched> {
    let institution = tx.institution().0;
    let row = sqlx::query("SELECT occurrence_id FROM launch WHERE institution_id = $1 AND launch_key = $2")
        .bind(institution)
        .bind(key)
        .fetch_one(tx.connection().await?)
        .await?;
    let occurrence = OccurrenceId(row.try_get(0)?);
    Ok(Launched { occurrence, waterfall: waterfall(tx, occurrence).await?, new: false })
}

fn expiry(now: DateTime<Utc>, lifetime: TimeDelta) -> DateTime<Utc> {
    now.checked_add_signed(lifetime).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Notices never wait behind a newsletter.
const fn lane(purpose: Purpose) -> Lane {
    match purpose {
        Purpose::ContractNotice => Lane::Notice,
        Purpose::Marketing | Purpose::ConsentRenewal => Lane::Bulk,
    }
}
