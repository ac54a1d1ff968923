//! The addresses of new and changed contacts: hashed, locked, put on the gates.

use model::address::{AddressKeys, EmailAddress};
use model::vocabulary::Channel;

use crate::import::copy::CopyRows;
use crate::import::stage::{create_temporary, execute_plain};
use crate::{Result, StoreError, Tx};

/// The addresses of one chunk, staged.
pub(super) struct Addresses {
    /// Some of them may be blocked under an earlier key (CO-23).
    has_older_keys: bool,
}

impl Addresses {
    /// Hashes the addresses under every live key. A contact without one is staged too: it may have had one.
    pub(super) async fn stage(tx: &mut Tx, keys: &AddressKeys) -> Result<Self> {
        let contacts: Vec<(i64, Option<String>)> =
            sqlx::query_as("SELECT contact_id, email FROM resolved WHERE outcome IN ('new', 'changed')")
                .persistent(false)
                .fetch_all(tx.connection().await?)
                .await?;
        let mut rows = CopyRows::new();
        let mut has_older_keys = false;
        for (contact, email) in &contacts {
            let Some(email) = email else {
                rows.push([&[contact, &None::<[u8; 32]>, &None::<i16>, &true], &[]]);
                continue;
            };
            let key = EmailAddress::parse(email)
                .map_err(|error| {
                    StoreError::Inconsistent(format!(
                        "contact {contact} has an address that is none: {error}"
                    ))
                })?
                .key();
            for (position, (key_id, hash)) in keys.hashes(Channel::Email, &key).enumerate() {
                let is_current = position == 0;
                has_older_keys |= !is_current;
                rows.push([&[contact, &hash.0, &i16::from(key_id.0), &is_current], &[]]);
            }
        }
        create_temporary(tx, "DROP TABLE IF EXISTS incoming_address", include_str!("addresses.sql")).await?;
        rows.send(tx, "COPY incoming_address FROM STDIN (FORMAT binary)").await?;
        execute_plain(tx, "ANALYZE incoming_address").await?;
        Ok(Self { has_older_keys })
    }

    /// Creates the missing ones in hash order, and holds all of them: a refusal through an address that comes now waits, and
    /// then finds the gates of this transaction.
    pub(super) async fn lock(&self, tx: &mut Tx) -> Result<()> {
        run(tx, include_str!("upsert_addresses.sql")).await?;
        run(tx, include_str!("lock_addresses.sql")).await?;
        if self.has_older_keys {
            run(tx, include_str!("carry_over.sql")).await?;
        }
        Ok(())
    }

    /// Creates the gates of new contacts, in key order.
    pub(super) async fn create_gates(&self, tx: &mut Tx) -> Result<()> {
        run(tx, include_str!("create_gates.sql")).await
    }

    /// Tells each gate its address. Call after the gates were locked; the projection that follows reads it.
    pub(super) async fn put_on_gates(&self, tx: &mut Tx) -> Result<()> {
        run(tx, include_str!("put_on_gates.sql")).await
    }
}

async fn run(tx: &mut Tx, statement: &'static str) -> Result<()> {
    let institution = tx.institution().0;
    sqlx::query(statement)
        .persistent(false)
        .bind(institution)
        .bind(Channel::Email.number())
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}
