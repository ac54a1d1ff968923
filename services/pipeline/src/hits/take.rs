//! From the broker to PostgreSQL: one transaction per institution, then the mark of the spool, then the acknowledgement.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use model::ambient::Clock;
use model::ids::InstitutionId;
use model::token::{Token, TokenKeys, TokenPurpose};
use model::verdict::{HitMethod, Signals};
use queues::messages::{Body, BodyRefused, ClientPrefix, HitBatch, HitBody};
use queues::topology::{QueueId, TOPOLOGY};
use store::hit::NewHit;
use store::{Store, StoreError};
use tokio_util::sync::CancellationToken;

use crate::queue::Consumer;

/// Between two tries while the database is away.
const PAUSE: Duration = Duration::from_secs(1);

/// What became of one batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// So many hits were stored; the others were there already, or may not be stored.
    Stored(u64),
    /// It cannot be read or stored: it lies in `dead_letter`. Its hits stay in the spool, and come again.
    Buried,
}

/// Why a batch was not understood. Nothing is guessed: the whole batch is kept as it came.
#[derive(Debug, thiserror::Error)]
enum NotRead {
    #[error(transparent)]
    Body(#[from] BodyRefused),
    #[error("hit_batch: the hit at offset {offset} has an unknown {field}; it may come from a newer release")]
    Hit { offset: u64, field: &'static str },
}

/// See the [module](super).
pub struct Taker {
    store: Store,
    keys: TokenKeys,
    clock: Arc<dyn Clock>,
}

impl Taker {
    /// Takes hits under the role of the application.
    #[must_use]
    pub fn new(store: Store, keys: TokenKeys, clock: Arc<dyn Clock>) -> Self {
        Self { store, keys, clock }
    }

    /// Takes batch after batch until it is cancelled. While the database is away it holds the batch in hand and asks for no
    /// other.
    pub async fn run(self, mut consumer: Box<dyn Consumer>, stop: CancellationToken) {
        while let Some(delivery) = consumer.next().await {
            loop {
                match self.take(&delivery.body).await {
                    Ok(Taken::Stored(_)) => break,
                    Ok(Taken::Buried) => {
                        tracing::error!("hits.batch_buried");
                        break;
                    }
                    // Even burying may fail for other reasons than an outage: what is not kept is not acknowledged.
                    Err(error) => tracing::warn!(%error, "hits.wait_for_database"),
                }
                // Cancelled here, the delivery goes back; the spool has its hits all the same.
                if stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_none() {
                    return;
                }
            }
            delivery.ack().await;
        }
    }

    /// Takes one batch. It may be acknowledged when this is `Ok`.
    ///
    /// # Errors
    /// The database is away: some institutions may have their hits, and taking the batch again stores the rest.
    pub async fn take(&self, body: &[u8]) -> Result<Taken, StoreError> {
        let reason = match self.read(body) {
            Ok((batch, hits)) => match self.store(&batch, hits).await {
                Ok(stored) => return Ok(Taken::Stored(stored)),
                Err(error) if error.is_outage() => return Err(error),
                Err(error) => error.to_string(),
            },
            Err(reason) => reason.to_string(),
        };
        let queue = TOPOLOGY.queue(QueueId::Hits).name;
        self.store.bury(queue, &reason, body, self.clock.now()).await?;
        Ok(Taken::Buried)
    }

    async fn store(
        &self,
        batch: &HitBatch,
        hits: BTreeMap<InstitutionId, Vec<NewHit>>,
    ) -> Result<u64, StoreError> {
        let mut stored = 0;
        for (institution, hits) in hits {
            stored += self.store.take_hits(institution, batch.spool, hits).await?;
        }
        self.store.advance_spool(batch.spool, batch.first, batch.last).await?;
        Ok(stored)
    }

    /// Reads the body and opens the tokens. A token that does not open names nobody, and one that says "do not record" names
    /// somebody who must not be recorded: both leave nothing.
    fn read(&self, body: &[u8]) -> Result<(HitBatch, BTreeMap<InstitutionId, Vec<NewHit>>), NotRead> {
        let batch = HitBatch::parse(body)?;
        let mut hits: BTreeMap<InstitutionId, Vec<NewHit>> = BTreeMap::new();
        for hit in &batch.hits {
            let Ok(token) = Token::open(hit.token.as_str(), TokenPurpose::Click, &self.keys) else {
                continue;
            };
            let new = new_hit(hit, &token)?;
            if !token.do_not_record {
                hits.entry(token.institution).or_default().push(new);
            }
        }
        Ok((batch, hits))
    }
}

fn new_hit(hit: &HitBody, token: &Token) -> Result<NewHit, NotRead> {
    let unknown = |field| NotRead::Hit { offset: hit.offset, field };
    Ok(NewHit {
        offset: hit.offset,
        occurrence: token.occurrence,
        contact: token.contact,
        channel: token.channel,
        link: token.link,
        at: DateTime::from_timestamp_micros(hit.at).ok_or_else(|| unknown("at"))?,
        method: HitMethod::from_number(hit.method).ok_or_else(|| unknown("method"))?,
        signals: Signals::from_number(hit.signals).ok_or_else(|| unknown("signals"))?,
        client: hit.client.map(network),
    })
}

/// The network of a prefix in the usual notation.
fn network(prefix: ClientPrefix) -> String {
    let number = prefix.number();
    let bits = |shift: u32| u16::try_from(number >> shift & 0xffff).unwrap_or(0);
    if number >> 48 == 4 {
        let address = u32::try_from(number << 8 & 0xffff_ff00).unwrap_or(0);
        format!("{}/24", Ipv4Addr::from_bits(address))
    } else {
        format!("{}/48", Ipv6Addr::new(bits(32), bits(16), bits(0), 0, 0, 0, 0, 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_written_as_people_write_them() {
        let of = |address: &str| network(ClientPrefix::of(address.parse().unwrap()));
        assert_eq!(of("192.0.2.77"), "192.0.2.0/24");
        assert_eq!(of("255.255.255.255"), "255.255.255.0/24");
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.0/24");
        assert_eq!(of("2001:db8:1:2::3"), "2001:db8:1::/48");
    }
}
