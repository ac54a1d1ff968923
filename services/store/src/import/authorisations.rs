//! Answers: one piece of evidence for each content, taken at once when it is a no.
//!
//! A row's id is the hash of its content, so that the same answer is recorded once, whatever file repeats it. A state snapshot
//! (no moment of answering) that repeats a no or an unset adds no evidence and makes the old one stand until then
//! (`consent_repeat`): how far it reaches does not depend on the order of the files.
//! A yes is proven when its event names a registered collection point and a registered wording that covers the question, and comes from
//! the organisation that it speaks for; any other yes is a claim, which grants nothing (LA-26).

use intake::records::{Authorisation, Reading, Scope};
use intake::{Kind, Row};
use model::ids::ContactId;
use model::vocabulary::{Answer, Channel};
use uuid::Uuid;

use super::Counts;
use super::copy::CopyRows;
use super::feed::{Staged, Staging};
use super::run::Run;
use super::stage::{self, execute, staged_contacts};
use crate::{Result, Tx, gate};

impl Staged for Authorisation {
    fn stage(row: &Row<Self>, with: &Staging, out: &mut CopyRows) {
        let Self { contact, organisation, topic, scope, answer, evidence } = &row.record;
        let channel = match scope {
            Scope::General => 0,
            Scope::Channel(channel) => channel.number(),
            Scope::Use(data_use) => data_use.number(),
        };
        let is_event = match row.record.reading() {
            Reading::Grant(_) => true,
            Reading::Refusal(_) | Reading::Claim | Reading::Nothing => false,
        };
        // A claim that is repeated is the same claim: only what restricts is said again.
        let is_state = evidence.happened_at.is_none() && *answer != Answer::Yes;
        let mut salt = [0; 16];
        with.entropy.fill(&mut salt);
        with.push(
            row,
            &key(&row.content_hash),
            &[
                contact,
                organisation,
                topic,
                &channel,
                &answer.number(),
                &is_event,
                &is_state,
                &evidence.happened_at,
                &evidence.wording,
                &evidence.collection_point,
                &evidence.form_id,
                &salt,
            ],
            out,
        );
    }
}

/// The record's name is its content.
fn key(content: &[u8; 32]) -> String {
    content.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Locks the gates of everybody who answered, then records: whatever is committed here is ordered against every claim.
pub(super) async fn write(tx: &mut Tx, run: &Run) -> Result<()> {
    let contacts = answering(tx).await?;
    if run.keeps_projections() {
        gate::lock(tx, &contacts).await?;
    }
    append(tx, run).await?;
    if run.keeps_projections() {
        gate::project(tx, &contacts).await?;
    }
    Ok(())
}

/// Whose permission the resolved rows may change.
pub(super) async fn answering(tx: &mut Tx) -> Result<Vec<ContactId>> {
    staged_contacts(tx, include_str!("authorisations/answering.sql")).await
}

/// How many of the resolved rows say yes and prove nothing, whether they are new or not.
pub(super) async fn claims(tx: &mut Tx) -> Result<u64> {
    let claims: i64 = sqlx::query_scalar(include_str!("authorisations/claims.sql"))
        .persistent(false)
        .bind(Answer::Yes.number())
        .fetch_one(tx.connection().await?)
        .await?;
    Ok(u64::try_from(claims).unwrap_or_default())
}

/// Appends the resolved rows to the evidence log. The gates are locked: the stamp taken here orders refusals against claims.
pub(super) async fn append(tx: &mut Tx, run: &Run) -> Result<()> {
    execute(tx, include_str!("authorisations/topics.sql")).await?;
    let (institution, learned_at, zone) = (tx.institution().0, tx.business_now(), tx.zone());
    let committed_at = tx.machine_stamp().await?;
    sqlx::query(include_str!("authorisations/append.sql"))
        .persistent(false)
        .bind(institution)
        .bind(zone.name())
        .bind(format!("run {}", run.run_id))
        .bind(learned_at)
        .bind(committed_at)
        .execute(tx.connection().await?)
        .await?;
    let channels: Vec<i16> = gate::CHANNELS.iter().map(|channel: &Channel| channel.number()).collect();
    sqlx::query(include_str!("authorisations/refusals.sql"))
        .persistent(false)
        .bind(institution)
        .bind(channels)
        .bind(committed_at)
        .execute(tx.connection().await?)
        .await?;
    sqlx::query(include_str!("authorisations/repeat.sql"))
        .persistent(false)
        .bind(institution)
        .bind(learned_at)
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}

/// Answers of people or for organisations that were unknown when the answers came.
pub(super) struct LateAnswers(Vec<Uuid>);

impl LateAnswers {
    /// Those that wait for one of the resolved rows of `parent`; `None` when there are none.
    pub(super) async fn find(tx: &mut Tx, run: &Run, parent: Kind) -> Result<Option<Self>> {
        let institution = tx.institution().0;
        let waiting: Vec<Uuid> = sqlx::query_scalar(include_str!("waiting/answers_of.sql"))
            .persistent(false)
            .bind(institution)
            .bind(run.source.as_str())
            .bind(parent.word())
            .fetch_all(tx.connection().await?)
            .await?;
        Ok((!waiting.is_empty()).then_some(Self(waiting)))
    }

    /// Stages and resolves them; the tables of the rows before are gone then. [`append`] is the caller's, after the locks.
    pub(super) async fn resolve(&self, tx: &mut Tx, run: &Run) -> Result<Counts> {
        stage::create(tx, Kind::Authorisations).await?;
        stage::take_waiting(tx, Kind::Authorisations, &self.0).await?;
        Ok(stage::resolve(tx, run, Kind::Authorisations).await?.counts)
    }
}
