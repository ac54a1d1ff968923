//! Frequency caps: the one in force on a channel of an institution, and what was in force before.

use std::num::NonZeroU16;

use chrono::{DateTime, Utc};
use model::cap::Cap;
use model::vocabulary::Channel;
use serde::Serialize;
use sqlx::FromRow;

use crate::{Result, StoreError, Tx};

/// What somebody set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The cap; `None`: from then on there was none.
    pub cap: Option<Cap>,
    /// When, on the business clock.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: String,
}

/// The cap in force.
///
/// # Errors
/// Database errors; [`StoreError::UnknownValue`] for a cap that is none.
pub async fn in_force(tx: &mut Tx, channel: Channel) -> Result<Option<Cap>> {
    Ok(history(tx, channel).await?.into_iter().next().and_then(|setting| setting.cap))
}

/// Everything that was set on a channel, the newest first: its first is in force.
///
/// # Errors
/// As [`in_force`].
pub async fn history(tx: &mut Tx, channel: Channel) -> Result<Vec<Setting>> {
    let institution = tx.institution().0;
    let rows: Vec<SettingRow> = sqlx::query_as(
        "SELECT messages, days, set_at, set_by FROM frequency_cap WHERE institution_id = $1 AND channel = $2 ORDER BY cap_no DESC",
    )
    .bind(institution)
    .bind(channel.number())
    .fetch_all(tx.connection().await?)
    .await?;
    rows.into_iter()
        .map(|row| Ok(Setting { cap: cap(row.messages, row.days)?, at: row.set_at, by: row.set_by }))
        .collect()
}

/// Sets a cap, or lifts it. It holds from the next launch and the next claim on.
///
/// # Errors
/// Database errors.
pub async fn set(tx: &mut Tx, channel: Channel, cap: Option<Cap>, by: &str) -> Result<()> {
    let (institution, now) = (tx.institution().0, tx.business_now());
    sqlx::query(
        "INSERT INTO frequency_cap (institution_id, channel, messages, days, set_at, set_by) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(institution)
    .bind(channel.number())
    .bind(cap.map(|cap| numbered(cap.messages)))
    .bind(cap.map(|cap| numbered(cap.days)))
    .bind(now)
    .bind(by)
    .execute(tx.connection().await?)
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct SettingRow {
    messages: Option<i16>,
    days: Option<i16>,
    set_at: DateTime<Utc>,
    set_by: String,
}

/// A cap as it is stored.
pub(crate) fn cap(messages: Option<i16>, days: Option<i16>) -> Result<Option<Cap>> {
    let Some((messages, days)) = messages.zip(days) else { return Ok(None) };
    let positive = |number| u16::try_from(number).unwrap_or(0);
    let cap = Cap::new(positive(messages), positive(days));
    cap.map(Some)
        .ok_or_else(|| StoreError::UnknownValue(format!("a frequency cap of {messages} in {days} days")))
}

/// As it is stored.
pub(crate) fn numbered(number: NonZeroU16) -> i16 {
    i16::try_from(number.get()).unwrap_or(i16::MAX)
}
