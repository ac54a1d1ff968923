//! An audience: a target evaluated with one decision per contact. Counts, lists, the waterfall and the launch all stand on
//! `audience/decide.sql`, so that what a marketer sees before is what is frozen after.

mod unknown;
mod waterfall;

use audience::CheckedQuery;
use chrono::NaiveDate;
use model::ids::{ContactId, OrganisationId, TopicId};
use model::permission::{Basis, Blocks, Question, retention_cutoff};
use model::vocabulary::{Channel, Purpose};
use sea_query::Value;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

pub use unknown::{Unknown, unknown};
pub use waterfall::Waterfall;

use crate::compiled::Compiled;
use crate::{Result, StoreError, Tx};

/// A target and what it is to be asked for.
#[derive(Clone, Debug)]
pub struct Audience {
    /// Who.
    pub target: CheckedQuery,
    /// What a message to them would need.
    pub question: Question,
    /// On which channel.
    pub channel: Channel,
    /// In whose name.
    pub organisation: OrganisationId,
    /// In which series.
    pub topic: TopicId,
}

/// One contact's place in an audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub contact: ContactId,
    /// Why not; empty when allowed.
    pub blocks: Blocks,
    /// On what ground.
    pub basis: Basis,
    /// The recency that was seen; `None` when unknown.
    pub recency: Option<NaiveDate>,
}

impl Member {
    fn from_row(row: &PgRow) -> Result<Self> {
        Ok(Self {
            contact: ContactId(row.try_get("contact_id")?),
            blocks: Blocks(row.try_get("blocks")?),
            basis: basis(row.try_get("proof")?)?,
            recency: row.try_get("counts_on")?,
        })
    }
}

impl Audience {
    /// How many are reachable and why the others are not: an exact partition of those whom the target matches.
    ///
    /// # Errors
    /// Database errors.
    pub async fn count(&self, tx: &mut Tx) -> Result<Waterfall> {
        tx.plan_for_sets().await?;
        let rows = self
            .statement(tx, include_str!("audience/count.sql"), None)
            .query()
            .fetch_all(tx.connection().await?)
            .await?;
        Waterfall::from_rows(&rows)
    }

    /// Every contact that the target matches, in the order of their ids.
    ///
    /// # Errors
    /// Database errors.
    pub async fn list(&self, tx: &mut Tx) -> Result<Vec<Member>> {
        tx.plan_for_sets().await?;
        let list = self.statement(tx, include_str!("audience/list.sql"), None);
        list.query().fetch_all(tx.connection().await?).await?.iter().map(Member::from_row).collect()
    }

    /// One contact's place; `None` when the target does not match it. Decided among all, because a shared address is.
    ///
    /// # Errors
    /// Database errors.
    pub async fn member(&self, tx: &mut Tx, contact: ContactId) -> Result<Option<Member>> {
        tx.plan_for_sets().await?;
        let one = self.statement(tx, include_str!("audience/member.sql"), Some(contact.0.into()));
        one.query().fetch_optional(tx.connection().await?).await?.as_ref().map(Member::from_row).transpose()
    }

    /// `decide.sql`, around the target, followed by what is to be done with the audience, whose own parameter is $12.
    pub(crate) fn statement(&self, tx: &Tx, then: &str, more: Option<Value>) -> Compiled {
        let Question { purpose, unset_means, retention_months, today, renewal } = self.question;
        let fixed: Vec<Value> = [
            tx.institution().0.into(),
            self.channel.number().into(),
            self.organisation.0.into(),
            self.topic.0.into(),
            purpose.number().into(),
            unset_means.number().into(),
            today.into(),
            retention_cutoff(today, retention_months).into(),
            renewal.map(|window| window.from).into(),
            renewal.map(|window| window.until).into(),
            Blocks::minded(purpose, unset_means).0.into(),
        ]
        .into_iter()
        .chain(more)
        .collect();
        let scope = audience::Scope { institution: tx.institution(), today, zone: tx.zone() };
        let target = audience::matching_contacts(&self.target, scope);
        Compiled::new(&format!("{}{then}", include_str!("audience/decide.sql")), fixed, &target)
    }
}

/// Refuses the purposes whose preconditions this release cannot check: their audiences come from elsewhere.
pub(crate) fn from_free_target(purpose: Purpose) -> Result<()> {
    match purpose {
        Purpose::Marketing | Purpose::ConsentRenewal => Ok(()),
        Purpose::ContractNotice => Err(StoreError::Refused(
            "purpose: a contract notice is generated from the order lines of a product, never from a target"
                .to_owned(),
        )),
    }
}

pub(crate) fn basis(number: i16) -> Result<Basis> {
    match number {
        0 => Ok(Basis::Unset),
        1 => Ok(Basis::SoftOptIn),
        2 => Ok(Basis::Attested),
        3 => Ok(Basis::Proven),
        other => Err(StoreError::UnknownValue(format!("basis {other}"))),
    }
}
