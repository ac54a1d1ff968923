//! The gates of a claim: locked, and read as they are under the lock.

use std::collections::HashMap;

use chrono::NaiveDate;
use model::address::AddressHash;
use model::ids::ContactId;
use model::permission::{Blocks, GateFacts, Reason};
use model::vocabulary::{Channel, Proof};
use sqlx::FromRow;

use crate::gate::numbers;
use crate::{Result, Tx};

/// Who has to wait for a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lock {
    /// Whoever writes a refusal.
    Shared,
    /// Other claims too, because what they take counts.
    Alone,
}

/// The gates of those who have one. Nobody changes them before the transaction ends.
pub(super) struct Gates(HashMap<ContactId, LockedGate>);

impl Gates {
    /// Locks one by one in the order of the contacts.
    pub(super) async fn lock(
        tx: &mut Tx,
        channel: Channel,
        contacts: &[ContactId],
        lock: Lock,
    ) -> Result<Self> {
        let institution = tx.institution().0;
        let statement = match lock {
            Lock::Shared => include_str!("lock_gates.sql"),
            Lock::Alone => include_str!("lock_gates_alone.sql"),
        };
        let rows: Vec<LockedGate> = sqlx::query_as(statement)
            .bind(institution)
            .bind(numbers(contacts))
            .bind(channel.number())
            .fetch_all(tx.connection().await?)
            .await?;
        Ok(Self(rows.into_iter().map(|row| (ContactId(row.contact_id), row)).collect()))
    }

    pub(super) fn get(&self, contact: ContactId) -> Option<&LockedGate> {
        self.0.get(&contact)
    }

    /// Of `contacts`, in their order.
    pub(super) fn hashes(&self, contacts: &[ContactId]) -> Vec<Option<Vec<u8>>> {
        contacts.iter().map(|contact| self.get(*contact)?.address_hash.clone()).collect()
    }
}

/// A gate as it is in the database.
#[derive(FromRow)]
pub(super) struct LockedGate {
    contact_id: i64,
    blocks: i32,
    proof: i16,
    consent_until: Option<NaiveDate>,
    of_age_on: Option<NaiveDate>,
    suppressed_until: Option<NaiveDate>,
    address_hash: Option<Vec<u8>>,
}

impl LockedGate {
    /// What an attempt remembers the address by.
    pub(super) fn address_hash(&self) -> Option<AddressHash> {
        let bytes = self.address_hash.as_deref()?;
        <[u8; 32]>::try_from(bytes).ok().map(AddressHash)
    }

    /// For a contact whose address as it is written is `missing` or not: an address without its hash is none here.
    pub(super) fn facts(&self, missing: bool) -> Result<GateFacts> {
        Ok(GateFacts {
            blocks: Blocks(self.blocks).with(Reason::NoAddress, missing || self.address_hash().is_none()),
            proof: Proof::try_from(self.proof)?,
            consent_until: self.consent_until,
            of_age_on: self.of_age_on,
            suppressed_until: self.suppressed_until,
        })
    }
}
