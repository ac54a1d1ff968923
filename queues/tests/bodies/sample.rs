//! The largest legal body of each kind.

use model::ids::{ContactId, InstitutionId, OccurrenceId};
use model::vocabulary::{Channel, Lane};
use queues::messages::{ClientPrefix, DispatchChunk, HitBatch, HitBody, SealedToken, Version};
use uuid::Uuid;

/// A token of the longest kind.
pub fn token() -> SealedToken {
    SealedToken::try_from("a7".repeat(32)).unwrap()
}

/// A chunk of one hundred contacts whose ids are as long as ids get.
pub fn chunk() -> DispatchChunk {
    DispatchChunk {
        v: Version,
        institution: InstitutionId(i32::MIN),
        occurrence: OccurrenceId(i32::MIN),
        channel: Channel::Email,
        lane: Lane::Bulk,
        contacts: (0..250).map(|n| ContactId(i64::MIN + n)).collect(),
    }
}

/// A batch of two hundred hits whose numbers are as long as numbers get.
pub fn batch() -> HitBatch {
    let first = u64::MAX - 199;
    let hit = |offset| HitBody {
        offset,
        token: token(),
        at: i64::MIN,
        method: u8::MAX,
        signals: u16::MAX,
        client: Some(ClientPrefix::of("ffff:ffff:ffff::1".parse().unwrap())),
    };
    HitBatch {
        v: Version,
        spool: Uuid::max(),
        first,
        last: u64::MAX,
        hits: (first..=u64::MAX).map(hit).collect(),
    }
}
