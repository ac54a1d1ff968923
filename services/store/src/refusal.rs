//! A no, whichever way it came: one transaction that every claim is ordered against.
//!
//! Order of work (delivery A.4): address, then gates, then the machine stamp, then the evidence; COMMIT is the moment T.
//! Queued messages are not touched: the claim excludes them. A refusal is *settled* when every claim of its gates that was
//! open at T has ended, and 15 s after T at the latest.

use chrono::{DateTime, Utc};
use model::ids::{ContactId, InstitutionId, OrganisationId, TopicId};
use model::permission::Reason;
use model::vocabulary::{Answer, Channel, Proof};
use uuid::Uuid;

use crate::evidence::{self, ConsentRecord};
use crate::{Result, Store, Tx, gate};

/// What was refused, and how.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Who refused.
    pub contact: ContactId,
    /// For which organisation; [`OrganisationId::WHOLE_INSTITUTION`] for all.
    pub organisation: OrganisationId,
    /// For which series; [`TopicId::NONE`] for all.
    pub topic: TopicId,
    /// Which channel; `None` refuses everything.
    pub channel: Option<Channel>,
    /// When the person refused; `None` is now. A spooled refusal keeps its own time.
    pub happened_at: Option<DateTime<Utc>>,
    /// The channel and hash of the address that it came through; then it holds for everybody who has that address, there for
    /// all series of the organisation: an address knows none.
    pub through: Option<(Channel, [u8; 32])>,
    /// `one_click`, `page`, `operator`, ...
    pub origin: String,
    /// The occurrence or form behind it.
    pub pointer: String,
    /// Random id of the record, or one derived from a spool's record so that a replay refuses once.
    pub record_id: Uuid,
    /// Random salt of the sealed commitment.
    pub salt: [u8; 16],
}

impl Refusal {
    /// The address for whose holders it holds: one through which this channel or everything was refused. A no to letters that
    /// came by email says nothing about the mailbox.
    fn blocked_address(&self) -> Option<(Channel, &[u8; 32])> {
        let (through, hash) = self.through.as_ref()?;
        self.channel.is_none_or(|refused| refused == *through).then_some((*through, hash))
    }
}

impl Store {
    /// Records a refusal. When this returns, no claim of a covered message can commit any more.
    ///
    /// # Errors
    /// Database errors; then nothing was recorded, or, after a lost connection, recording it again is harmless.
    pub async fn refuse(&self, institution: InstitutionId, refusal: Refusal) -> Result<()> {
        self.scoped(institution, move |mut tx| async move {
            record(&mut tx, &refusal).await?;
            tx.commit(()).await
        })
        .await
    }

    /// Marks as settled the refusals whose earlier claims have all ended or run out; returns how many are still open.
    ///
    /// # Errors
    /// Database errors.
    pub async fn settle_refusals(&self, institution: InstitutionId) -> Result<i64> {
        self.scoped(institution, move |mut tx| async move {
            let open: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM refusal WHERE institution_id = $1 AND settled_at IS NULL",
            )
            .bind(institution.0)
            .fetch_one(tx.connection().await?)
            .await?;
            if open == 0 {
                return tx.commit(0).await;
            }
            let machine_clock = tx.machine_stamp().await?;
            tx.plan_for_sets().await?;
            let settled = sqlx::query(include_str!("refusal/settle.sql"))
                .bind(institution.0)
                .bind(machine_clock)
                .execute(tx.connection().await?)
                .await?;
            let still_open = open.saturating_sub_unsigned(settled.rows_affected()).max(0);
            tx.commit(still_open).await
        })
        .await
    }
}

/// The refusal inside a transaction that may hold more, such as the import of a file.
///
/// # Errors
/// Database errors.
pub async fn record(tx: &mut Tx, refusal: &Refusal) -> Result<()> {
    let mut contacts = vec![refusal.contact];
    if let Some((channel, hash)) = refusal.blocked_address() {
        block_address(tx, refusal, channel, hash).await?;
        contacts.extend(holders(tx, channel, hash).await?);
        contacts.sort_unstable();
        contacts.dedup();
    }
    gate::lock(tx, &contacts).await?;
    let committed_at = tx.machine_stamp().await?;
    evidence::append(tx, &evidence_of(refusal, tx.business_now()), committed_at).await?;
    stamp(tx, refusal, &contacts, committed_at).await?;
    gate::project(tx, &contacts).await
}

fn evidence_of(refusal: &Refusal, now: DateTime<Utc>) -> ConsentRecord {
    ConsentRecord {
        contact: refusal.contact,
        record_id: refusal.record_id,
        organisation: refusal.organisation,
        topic: refusal.topic,
        asked: refusal.channel.into(),
        answer: Answer::No,
        proof: Proof::Proven,
        channels: Vec::new(),
        wording: None,
        happened_at: refusal.happened_at.unwrap_or(now),
        expires_on: None,
        origin: refusal.origin.clone(),
        pointer: refusal.pointer.clone(),
        address_hash: refusal.through.map(|(_, hash)| hash),
        salt: refusal.salt,
    }
}

/// The row of organisation 0 is locked first: it is the lock of the address.
async fn block_address(tx: &mut Tx, refusal: &Refusal, channel: Channel, hash: &[u8; 32]) -> Result<()> {
    let blocks = match refusal.channel {
        None => Reason::GeneralRefusal,
        Some(_) => Reason::ChannelRefusal,
    }
    .bit();
    let (institution, today) = (tx.institution().0, tx.today());
    sqlx::query(include_str!("refusal/block_address.sql"))
        .bind(institution)
        .bind(channel.number())
        .bind(hash.as_slice())
        .bind(refusal.organisation.0)
        .bind(blocks.0)
        .bind(&refusal.origin)
        .bind(today)
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}

async fn holders(tx: &mut Tx, channel: Channel, hash: &[u8; 32]) -> Result<Vec<ContactId>> {
    let institution = tx.institution().0;
    let holders: Vec<i64> = sqlx::query_scalar(
        "SELECT contact_id FROM gate WHERE institution_id = $1 AND channel = $2 AND address_hash = $3",
    )
    .bind(institution)
    .bind(channel.number())
    .bind(hash.as_slice())
    .fetch_all(tx.connection().await?)
    .await?;
    Ok(holders.into_iter().map(ContactId).collect())
}

/// One row per gate: what orders the refusal against claims, and later says when it was settled.
async fn stamp(
    tx: &mut Tx,
    refusal: &Refusal,
    contacts: &[ContactId],
    committed_at: DateTime<Utc>,
) -> Result<()> {
    let institution = tx.institution().0;
    sqlx::query(include_str!("refusal/stamp.sql"))
        .bind(institution)
        .bind(gate::numbers(contacts))
        .bind(refusal.record_id)
        .bind(refusal.channel.map(Channel::number))
        .bind(gate::CHANNELS.iter().map(|channel| channel.number()).collect::<Vec<_>>())
        .bind(refusal.organisation.0)
        .bind(refusal.topic.0)
        .bind(committed_at)
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}
