//! An audience: targets evaluated with one decision per contact. Counts, lists, the waterfall and the launch all stand on
//! `audience/decide.sql`, so that what a marketer sees before is what is frozen after.

mod targets;
mod unknown;
mod waterfall;

use chrono::NaiveDate;
use model::cap::Cap;
use model::holdout::Holdout;
use model::ids::{ContactId, OrganisationId, TopicId};
use model::permission::{Basis, Blocks, Question, Reason, retention_cutoff};
use model::vocabulary::{Channel, Purpose};
use sea_query::Value;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

pub(crate) use targets::Names;
pub use targets::{MOST_TARGETS, Target, Targets};
pub use unknown::{Unknown, unknown};
pub use waterfall::{Counted, ExclusionCount, TargetCount, Waterfall};

use crate::compiled::Compiled;
use crate::{Result, StoreError, Tx};

/// Targets and what they are to be asked for.
#[derive(Clone, Debug)]
pub struct Audience {
    /// Who.
    pub targets: Targets,
    /// What a message to them would need.
    pub question: Question,
    /// On which channel.
    pub channel: Channel,
    /// In whose name.
    pub organisation: OrganisationId,
    /// In which series.
    pub topic: TopicId,
    /// How many messages are enough.
    pub cap: Option<Cap>,
    /// Who is left alone, to measure.
    pub holdout: Option<Holdout>,
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
    /// As `message.exclusions`: a bit for each exclusion that it is in, and one for each of which that is unknown.
    pub exclusions: i32,
}

/// One contact behind a step of the waterfall, by the name that its own system gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The system.
    pub source: String,
    /// The contact's id there.
    pub external_id: String,
    /// Why not; empty when allowed.
    pub blocks: Blocks,
}

impl Member {
    fn from_row(row: &PgRow) -> Result<Self> {
        Ok(Self {
            contact: ContactId(row.try_get("contact_id")?),
            blocks: Blocks(row.try_get("blocks")?),
            basis: basis(row.try_get("proof")?)?,
            recency: row.try_get("counts_on")?,
            exclusions: row.try_get("exclusions")?,
        })
    }
}

impl Audience {
    /// How many are reachable and why the others are not: an exact partition of those whom the targets match.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for targets that cannot be asked for together; database errors.
    pub async fn count(&self, tx: &mut Tx) -> Result<Counted> {
        tx.plan_for_targets().await?;
        let count = self.statement(tx, include_str!("audience/count.sql"), Vec::new())?;
        let rows = count.query().fetch_all(tx.connection().await?).await?;
        Counted::from_rows(&rows, &self.targets.names())
    }

    /// Every contact that the targets match, in the order of their ids.
    ///
    /// # Errors
    /// As [`Self::count`].
    pub async fn list(&self, tx: &mut Tx) -> Result<Vec<Member>> {
        tx.plan_for_targets().await?;
        let list = self.statement(tx, include_str!("audience/list.sql"), Vec::new())?;
        list.query().fetch_all(tx.connection().await?).await?.iter().map(Member::from_row).collect()
    }

    /// The contacts behind one step of the waterfall: those with `first` as their first reason; with `None`, those who are
    /// allowed. In the order of their systems and ids.
    ///
    /// # Errors
    /// As [`Self::count`].
    pub async fn step(&self, tx: &mut Tx, first: Option<Reason>) -> Result<Vec<Listed>> {
        let rows = self.rows_of_step(tx, include_str!("audience/step.sql"), first).await?;
        let listed = |row: &PgRow| {
            let (source, external_id) = (row.try_get("source")?, row.try_get("external_id")?);
            Ok(Listed { source, external_id, blocks: Blocks(row.try_get("blocks")?) })
        };
        rows.iter().map(listed).collect()
    }

    /// As [`Self::step`], by their keys.
    pub(crate) async fn contacts_of_step(
        &self,
        tx: &mut Tx,
        first: Option<Reason>,
    ) -> Result<Vec<ContactId>> {
        let rows = self.rows_of_step(tx, include_str!("audience/contacts_of_step.sql"), first).await?;
        rows.iter().map(|row| Ok(ContactId(row.try_get("contact_id")?))).collect()
    }

    async fn rows_of_step(&self, tx: &mut Tx, then: &str, first: Option<Reason>) -> Result<Vec<PgRow>> {
        tx.plan_for_targets().await?;
        let (given, others) = match first {
            Some(reason) => (reason.bit(), reason.earlier()),
            None => (Blocks::NONE, Blocks::all()),
        };
        let step = self.statement(tx, then, vec![given.0.into(), others.0.into()])?;
        Ok(step.query().fetch_all(tx.connection().await?).await?)
    }

    /// One contact's place; `None` when no target matches it. Decided among all, because a shared address is.
    ///
    /// # Errors
    /// As [`Self::count`].
    pub async fn member(&self, tx: &mut Tx, contact: ContactId) -> Result<Option<Member>> {
        tx.plan_for_targets().await?;
        let one = self.statement(tx, include_str!("audience/member.sql"), vec![contact.0.into()])?;
        one.query().fetch_optional(tx.connection().await?).await?.as_ref().map(Member::from_row).transpose()
    }

    /// `decide.sql`, around the targets, followed by what is to be done with the audience, whose own parameters begin at $16.
    pub(crate) fn statement(&self, tx: &Tx, then: &str, more: Vec<Value>) -> Result<Compiled> {
        self.targets.check()?;
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
            self.targets.exclusion_bits().into(),
            self.cap.map(|cap| i64::from(cap.messages.get())).into(),
            self.cap.map(|cap| cap.since(tx.business_now())).into(),
            self.holdout.as_ref().map(held_out).into(),
        ]
        .into_iter()
        .chain(more)
        .collect();
        let scope = audience::Scope { today, ..tx.audience_scope() };
        let statement = format!("{}{then}", include_str!("audience/decide.sql"));
        Ok(Compiled::new(&statement, fixed, &self.targets.select(scope)))
    }
}

/// As `contact.bucket` is stored.
fn held_out(holdout: &Holdout) -> Vec<i16> {
    holdout.buckets().into_iter().filter_map(|bucket| i16::try_from(bucket).ok()).collect()
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
