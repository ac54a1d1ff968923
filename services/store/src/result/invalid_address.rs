//! An address that does not work: a property of the address, whoever has it (EM-72).
//!
//! Consent and recency stay as they are (EM-73). The mark goes with the hash, so a new address clears it.

use model::address::AddressHash;
use model::ids::{ContactId, InstitutionId, OrganisationId};
use model::permission::Reason;
use model::vocabulary::Channel;

use crate::{Result, Store, Tx, gate};

impl Store {
    /// Marks an address as invalid for everybody who has it. In a transaction of its own, because addresses and gates are
    /// locked before messages. When it is lost, the next bounce brings it back.
    ///
    /// # Errors
    /// Database errors.
    pub async fn invalidate_address(
        &self,
        institution: InstitutionId,
        channel: Channel,
        hash: AddressHash,
    ) -> Result<()> {
        self.scoped(institution, move |mut tx| async move {
            invalidate(&mut tx, channel, hash).await?;
            tx.commit(()).await
        })
        .await
    }
}

/// The same inside a transaction that has locked neither gates nor messages yet.
///
/// # Errors
/// Database errors.
pub async fn invalidate(tx: &mut Tx, channel: Channel, hash: AddressHash) -> Result<()> {
    let (institution, today) = (tx.institution().0, tx.today());
    sqlx::query(include_str!("../refusal/block_address.sql"))
        .bind(institution)
        .bind(channel.number())
        .bind(hash.0.as_slice())
        .bind(OrganisationId::WHOLE_INSTITUTION.0)
        .bind(Reason::AddressInvalid.bit().0)
        .bind("bounce")
        .bind(today)
        .execute(tx.connection().await?)
        .await?;
    let holders: Vec<i64> = sqlx::query_scalar(
        "SELECT contact_id FROM gate WHERE institution_id = $1 AND channel = $2 AND address_hash = $3 ORDER BY contact_id",
    )
    .bind(institution)
    .bind(channel.number())
    .bind(hash.0.as_slice())
    .fetch_all(tx.connection().await?)
    .await?;
    let holders: Vec<ContactId> = holders.into_iter().map(ContactId).collect();
    gate::lock(tx, &holders).await?;
    gate::project(tx, &holders).await
}
