//! Frequency caps at the claim: which ones cover a launch, and whom they keep waiting.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use model::cap::Cap;
use model::ids::{ContactId, OccurrenceId};
use model::vocabulary::{Channel, Purpose};
use sqlx::FromRow;

use super::Request;
use super::gates::Lock;
use crate::cap::cap;
use crate::gate::numbers;
use crate::{Result, Tx};

/// The cap that was frozen with the launch, and the one in force; either excludes. Most institutions have none.
pub(super) struct Caps(Vec<Cap>);

impl Caps {
    /// Passes the fence of the launch, shared, and reads its caps on the way.
    pub(super) async fn behind_fence(
        tx: &mut Tx,
        occurrence: OccurrenceId,
        channel: Channel,
    ) -> Result<Self> {
        let institution = tx.institution().0;
        let row: FenceRow = sqlx::query_as(include_str!("fence.sql"))
            .bind(institution)
            .bind(occurrence.0)
            .bind(channel.number())
            .fetch_one(tx.connection().await?)
            .await?;
        row.caps()
    }

    pub(super) const fn lock(&self) -> Lock {
        if self.0.is_empty() { Lock::Shared } else { Lock::Alone }
    }

    /// Of these contacts, those to whom one message more would be too many now, and when it would not. The gates are locked
    /// [`Lock::Alone`], so nobody else's claim is open and unseen.
    pub(super) async fn reached(
        &self,
        tx: &mut Tx,
        occurrence: OccurrenceId,
        channel: Channel,
        contacts: &[ContactId],
    ) -> Result<HashMap<i64, DateTime<Utc>>> {
        let (institution, now) = (tx.institution().0, tx.business_now());
        let Some(since) = self.0.iter().map(|cap| cap.since(now)).min() else { return Ok(HashMap::new()) };
        let rows: Vec<(i64, Option<DateTime<Utc>>)> = sqlx::query_as(include_str!("sent.sql"))
            .bind(institution)
            .bind(occurrence.0)
            .bind(channel.number())
            .bind(numbers(contacts))
            .bind(since)
            .fetch_all(tx.connection().await?)
            .await?;
        let mut sent: HashMap<i64, Vec<DateTime<Utc>>> = HashMap::new();
        for (contact, ended_at) in rows {
            sent.entry(contact).or_default().push(ended_at.unwrap_or(now));
        }
        let until = |sent: &[_]| self.0.iter().filter_map(|cap| cap.allows_from(sent, now)).max();
        Ok(sent.into_iter().filter_map(|(contact, sent)| Some((contact, until(&sent)?))).collect())
    }
}

/// Puts messages back until a cap allows them. They count as neither tried nor deferred.
pub(super) async fn defer(
    tx: &mut Tx,
    request: &Request,
    later: &[(ContactId, DateTime<Utc>)],
) -> Result<()> {
    if later.is_empty() {
        return Ok(());
    }
    let institution = tx.institution().0;
    let (contacts, dues): (Vec<i64>, Vec<DateTime<Utc>>) =
        later.iter().map(|(contact, until)| (contact.0, *until)).unzip();
    sqlx::query(include_str!("defer.sql"))
        .bind(institution)
        .bind(request.occurrence.0)
        .bind(request.channel.number())
        .bind(contacts)
        .bind(dues)
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}

#[derive(FromRow)]
struct FenceRow {
    purpose: Option<i16>,
    frozen_messages: Option<i16>,
    frozen_days: Option<i16>,
    messages: Option<i16>,
    days: Option<i16>,
}

impl FenceRow {
    fn caps(self) -> Result<Caps> {
        // Without a launch there is nothing to cap, and the claim is refused.
        let Some(purpose) = self.purpose.map(Purpose::try_from).transpose()? else {
            return Ok(Caps(Vec::new()));
        };
        let caps = match purpose {
            Purpose::Marketing | Purpose::ConsentRenewal => {
                [cap(self.frozen_messages, self.frozen_days)?, cap(self.messages, self.days)?]
            }
            Purpose::ContractNotice => [None, None],
        };
        Ok(Caps(caps.into_iter().flatten().collect()))
    }
}
