//! Contacts: the person, the values of criteria, the address and the gate.
//!
//! The facts come first, the locks last: addresses in hash order, then gates in key order, then what was answered while the
//! contact was unknown. A refusal that came before its contact is therefore true with the contact's first commit.
//! Only 20,000 addresses are touched by a transaction (delivery A.1).

mod addresses;
pub(super) mod criteria;

use intake::words::Word as _;
use intake::{Kind, Rejection, Row, record_id, records};
use model::ids::ContactId;
use model::text::normalise_text;

use self::addresses::Addresses;
use super::Late;
use super::authorisations::{self, LateAnswers};
use super::copy::CopyRows;
use super::feed::{Staged, Staging};
use super::run::Run;
use super::stage::{contacts, execute, execute_from, staged_contacts};
use crate::{Result, Tx, gate, recency};

/// Parts of a contact's id that make other ids and numbers.
const LEGACY_RECENCY: &str = "legacy_recency";
const BUCKET: &str = "bucket";
/// Buckets of contacts: samples and holdouts in steps of one in ten thousand.
const BUCKETS: u64 = 10_000;

impl Staged for records::Contact {
    fn stage(row: &Row<Self>, with: &Staging, out: &mut CopyRows) {
        let contact = &row.record;
        let key = contact.external_id.as_str();
        let part = |part| record_id(Kind::Contacts, &with.source, key, part);
        let (first_name_key, last_name_key) = (
            contact.first_name.as_deref().map(normalise_text),
            contact.last_name.as_deref().map(normalise_text),
        );
        let birthday = contact.birth_date.map(|day| {
            use chrono::Datelike as _;
            i16::try_from(day.month() * 100 + day.day()).unwrap_or_default()
        });
        let email_key = contact.email.as_ref().map(model::address::EmailAddress::key);
        let bucket = i16::try_from(part(BUCKET).as_u64_pair().1 % BUCKETS).unwrap_or_default();
        with.push(
            row,
            key,
            &[
                &contact.external_id,
                &with.entropy.uuid(),
                &contact.kind.number(),
                &contact.roles.iter().fold(0, |bits, role| bits | role.bit()),
                &contact.first_name,
                &contact.last_name,
                &first_name_key,
                &last_name_key,
                &contact.birth_date,
                &birthday,
                &contact.gender.map(intake::words::Gender::word),
                &contact.language,
                &contact.email.as_ref().map(model::address::EmailAddress::given),
                &email_key.as_ref().map(model::address::AddressKey::as_str),
                &contact.mobile,
                &contact.postal.street,
                &contact.postal.postal_code,
                &contact.postal.city,
                &contact.postal.city.as_deref().map(normalise_text),
                &contact.postal.country,
                &contact.created_on,
                &bucket,
                &part(LEGACY_RECENCY),
                &contact.legacy_recency,
                &criteria::as_json(&contact.criteria),
            ],
            out,
        );
    }
}

/// Reads the values of criteria of the incoming rows. Returns what is wrong with them.
pub(super) async fn prepare(tx: &mut Tx) -> Result<Vec<Rejection>> {
    criteria::read(tx).await
}

pub(super) async fn write(tx: &mut Tx, run: &Run) -> Result<Late> {
    execute_from(tx, &run.source, include_str!("contacts/write.sql")).await?;
    for statement in [
        include_str!("contacts/forget_values.sql"),
        include_str!("contacts/write_values.sql"),
        include_str!("contacts/forget_legacy.sql"),
        include_str!("contacts/write_legacy.sql"),
    ] {
        execute(tx, statement).await?;
    }
    let mut touched = staged_contacts(tx, include_str!("contacts/touched.sql")).await?;
    if run.keeps_projections() {
        write_recency(tx).await?;
    }
    let addresses = Addresses::stage(tx, &run.tools.keys).await?;
    let late = LateAnswers::find(tx, run, Kind::Contacts).await?;
    let mut counts = Late::new();
    if let Some(late) = &late {
        counts.insert(Kind::Authorisations, late.resolve(tx, run).await?);
        touched.extend(authorisations::answering(tx).await?);
        touched.sort_unstable();
        touched.dedup();
    }
    if run.keeps_projections() {
        addresses.lock(tx).await?;
        addresses.create_gates(tx).await?;
        gate::lock(tx, &touched).await?;
        addresses.put_on_gates(tx).await?;
    }
    if late.is_some() {
        authorisations::append(tx, run).await?;
    }
    if run.keeps_projections() {
        gate::project(tx, &touched).await?;
    }
    Ok(counts)
}

/// A new contact's recency is what its source had computed, else its creation; a changed one's is recomputed.
async fn write_recency(tx: &mut Tx) -> Result<()> {
    execute(tx, include_str!("contacts/write_recency.sql")).await?;
    let changed: Vec<ContactId> = contacts(tx, include_str!("contacts/recreated.sql")).await?;
    recency::recompute(tx, &changed).await
}
