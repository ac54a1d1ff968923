//! Work for a sending worker.

use model::ids::{ContactId, InstitutionId, OccurrenceId};
use model::vocabulary::{Channel, Lane};
use serde::{Deserialize, Serialize};

use super::{Body, BodyRefused, Version};
use crate::topology::{Route, TOPOLOGY};

/// Some recipients of one occurrence: send each of them its message, if that is still allowed.
///
/// One chunk is one scoped transaction of the worker, hence one institution. It promises nothing: any id may already
/// be sent, refused, cancelled or erased when the chunk arrives, and the whole chunk may arrive twice (EM-66).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DispatchChunk {
    /// Always 1.
    pub v: Version<1>,
    /// The silo.
    pub institution: InstitutionId,
    /// The launch that the messages belong to.
    pub occurrence: OccurrenceId,
    /// How they are sent.
    pub channel: Channel,
    /// The queue they wait in.
    pub lane: Lane,
    /// The recipients: at least one, at most [`DispatchChunk::limit`], none twice.
    pub contacts: Vec<ContactId>,
}

impl DispatchChunk {
    /// How many contacts a chunk of this lane may hold.
    ///
    /// Notices travel in small chunks, so that many workers share them at once.
    #[must_use]
    pub const fn limit(lane: Lane) -> usize {
        match lane {
            Lane::Notice => 10,
            Lane::Bulk => 250,
        }
    }
}

impl Body for DispatchChunk {
    const KIND: &'static str = "dispatch_chunk";
    const VERSION: u8 = 1;
    const MAX_BYTES: usize = 8 * 1024;

    fn route(&self) -> Route {
        Route::dispatch(self.channel, self.lane)
    }

    fn check(&self) -> Result<(), BodyRefused> {
        let refuse = |field, problem| Err(BodyRefused::Field { kind: Self::KIND, field, problem });
        if TOPOLOGY.reached_by(self.route()).next().is_none() {
            return refuse(
                "channel",
                "has no queue in this lane; only channels that are sent by workers have one",
            );
        }
        if self.contacts.is_empty() {
            return refuse("contacts", "is empty; a chunk names at least one contact");
        }
        if self.contacts.len() > Self::limit(self.lane) {
            return refuse("contacts", "names too many; at most 10 in the notice lane, 250 in the bulk lane");
        }
        let mut seen = self.contacts.clone();
        seen.sort_unstable();
        if seen.windows(2).any(|pair| pair[0] == pair[1]) {
            return refuse("contacts", "names a contact twice");
        }
        Ok(())
    }
}
