//! Writing the ends of attempts, and with them those of leases and messages.

use std::collections::{BTreeMap, HashMap};

use model::address::AddressHash;
use model::ids::ContactId;
use model::reply::Fault;
use model::vocabulary::MessageState;

use super::disposition::Disposition;
use super::{Recorded, Report};
use crate::gate::numbers;
use crate::{Result, Tx};

/// A report, and what becomes of its message.
pub(super) type End<'a> = (&'a Report, Disposition);

/// Ends attempts, one statement for each set.
pub(super) async fn end(tx: &mut Tx, ends: &[End<'_>]) -> Result<Recorded> {
    let mut recorded = Recorded::default();
    if ends.is_empty() {
        return Ok(recorded);
    }
    tx.plan_by_key().await?;
    for set in sets(ends) {
        let hashes = write(tx, &set).await?;
        recorded.attempts += hashes.len() as u64;
        let invalid = set.iter().filter(|(report, _)| report.address_invalid).filter_map(|(report, _)| {
            let hash = hashes.get(&report.lease.contact)?;
            Some((report.lease.channel, *hash))
        });
        recorded.invalid.extend(invalid);
    }
    Ok(recorded)
}

/// Splits by what one statement can write: messages of one launch and channel, no contact twice. Two attempts of one
/// message stay in their order.
fn sets<'a>(ends: &[End<'a>]) -> Vec<Vec<End<'a>>> {
    let mut met = HashMap::new();
    let mut sets: BTreeMap<_, Vec<End<'a>>> = BTreeMap::new();
    for &(report, disposition) in ends {
        let lease = &report.lease;
        let before: &mut u32 = met.entry((lease.occurrence, lease.channel, lease.contact)).or_default();
        sets.entry((*before, lease.occurrence, lease.channel.number()))
            .or_default()
            .push((report, disposition));
        *before += 1;
    }
    sets.into_values().collect()
}

/// Writes one set; returns the addresses of those whose attempts had not ended before.
async fn write(tx: &mut Tx, set: &[End<'_>]) -> Result<HashMap<ContactId, AddressHash>> {
    fn column<T>(set: &[End<'_>], of: impl Fn(&Report) -> T) -> Vec<T> {
        set.iter().map(|(report, _)| of(report)).collect()
    }
    fn fate<T>(set: &[End<'_>], of: impl Fn(Disposition) -> Option<T>) -> Vec<Option<T>> {
        set.iter().map(|(_, disposition)| of(*disposition)).collect()
    }
    let Some((Report { lease, .. }, _)) = set.first() else { return Ok(HashMap::new()) };
    let (institution, now) = (tx.institution().0, tx.business_now());
    let rows: Vec<(i64, [u8; 32])> = sqlx::query_as(include_str!("end.sql"))
        .bind(institution)
        .bind(lease.occurrence.0)
        .bind(lease.channel.number())
        .bind(numbers(&column(set, |report| report.lease.contact)))
        .bind(column(set, |report| report.lease.attempt_no))
        .bind(column(set, |report| report.lease.token))
        .bind(column(set, |report| report.ending.number()))
        .bind(column(set, |report| report.code.and_then(|code| i16::try_from(code).ok())))
        .bind(column(set, |report| report.enhanced.clone()))
        .bind(column(set, |report| report.fault.map(Fault::number)))
        .bind(fate(set, |disposition| disposition.state().map(MessageState::number)))
        .bind(fate(set, |disposition| disposition.wait().map(|wait| wait.due_at)))
        .bind(fate(set, |disposition| disposition.wait().map(|wait| wait.deferrals)))
        .bind(fate(set, |disposition| disposition.wait().map(|wait| wait.releases)))
        .bind(now)
        .fetch_all(tx.connection().await?)
        .await?;
    Ok(rows.into_iter().map(|(contact, hash)| (ContactId(contact), AddressHash(hash))).collect())
}
