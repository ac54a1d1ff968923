//! How journal records lie in their frames: 36 octets for a dot, 46 for a reply, behind the version.

use model::ids::{ContactId, InstitutionId, OccurrenceId};
use model::reply::{EnhancedCode, Outcome};
use model::vocabulary::Channel;
use uuid::Uuid;

use super::{AttemptKey, FinalReply, JournalRecord};
use crate::codec::Fields;
use crate::{Kind, Record, SyncPolicy};

const DOT: u8 = b'D';
const REPLY: u8 = b'R';

impl Record for JournalRecord {
    const KIND: Kind = Kind::Journal;
    /// A kill is what the journal is for; a loss of power is told from the boot id.
    const SYNC: SyncPolicy = SyncPolicy::Never;
    const VERSION: u8 = 1;

    fn encode(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Dot(attempt) => {
                bytes.push(DOT);
                encode_attempt(attempt, bytes);
            }
            Self::Reply(attempt, reply) => {
                bytes.push(REPLY);
                encode_attempt(attempt, bytes);
                encode_reply(reply, bytes);
            }
        }
    }

    fn decode(mut fields: Fields<'_>) -> Option<Self> {
        let what = fields.u8()?;
        let attempt = decode_attempt(&mut fields)?;
        match what {
            DOT => fields.end(Self::Dot(attempt)),
            REPLY => {
                let reply = decode_reply(&mut fields)?;
                fields.end(Self::Reply(attempt, reply))
            }
            _ => None,
        }
    }
}

fn encode_attempt(attempt: &AttemptKey, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(&attempt.institution.0.to_le_bytes());
    bytes.extend_from_slice(&attempt.occurrence.0.to_le_bytes());
    bytes.extend_from_slice(&attempt.contact.0.to_le_bytes());
    bytes.extend_from_slice(&attempt.channel.number().to_le_bytes());
    bytes.extend_from_slice(&attempt.attempt_no.to_le_bytes());
    bytes.extend_from_slice(attempt.claim.as_bytes());
}

fn decode_attempt(fields: &mut Fields<'_>) -> Option<AttemptKey> {
    Some(AttemptKey {
        institution: InstitutionId(fields.i32()?),
        occurrence: OccurrenceId(fields.i32()?),
        contact: ContactId(fields.i64()?),
        channel: Channel::try_from(fields.i16()?).ok()?,
        attempt_no: fields.i16()?,
        claim: Uuid::from_bytes(fields.array()?),
    })
}

fn encode_reply(reply: &FinalReply, bytes: &mut Vec<u8>) {
    bytes.push(reply.outcome.number());
    bytes.extend_from_slice(&reply.code.to_le_bytes());
    bytes.push(u8::from(reply.enhanced.is_some()));
    let EnhancedCode { class, subject, detail } =
        reply.enhanced.unwrap_or(EnhancedCode { class: 0, subject: 0, detail: 0 });
    for number in [class, subject, detail] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
}

fn decode_reply(fields: &mut Fields<'_>) -> Option<FinalReply> {
    let outcome = Outcome::from_number(fields.u8()?)?;
    let code = fields.u16()?;
    let has_enhanced = fields.bool()?;
    let enhanced = EnhancedCode { class: fields.u16()?, subject: fields.u16()?, detail: fields.u16()? };
    Some(FinalReply { code, enhanced: has_enhanced.then_some(enhanced), outcome })
}
