//! Evidence for the tests of its combination: one record a line, and a drawing of arbitrary ones.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use model::ids::{OrganisationId, TopicId};
use model::permission::{Evidence, Scope};
use model::vocabulary::{Answer, Asked, Channel, DataUse, Proof};
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use crate::cases::{today, tomorrow, yesterday};

/// The organisation that sends, and the topic of the message.
pub const ORGANISATION: i32 = 4;
pub const TOPIC: i32 = 9;

pub fn scope(organisation: i32, topic: i32) -> Scope {
    (OrganisationId(organisation), TopicId(topic))
}

/// Hours before noon of today.
pub fn hours_ago(hours: i64) -> DateTime<Utc> {
    today().and_hms_opt(12, 0, 0).unwrap().and_utc() - TimeDelta::hours(hours)
}

/// A proven record about email.
pub fn record(
    id: u128,
    scope: Scope,
    asked: Asked,
    answer: Answer,
    expires_on: Option<NaiveDate>,
) -> Evidence {
    Evidence {
        record_id: Uuid::from_u128(id),
        scope,
        asked,
        answer,
        proof: Proof::Proven,
        names: Asked::Channel(Channel::Email).bit(),
        happened_at: hours_ago(10),
        learned_at: hours_ago(10),
        expires_on,
        repeats: Vec::new(),
    }
}

fn any_record() -> impl Strategy<Value = Evidence> {
    let scopes = vec![
        scope(0, 0),
        scope(ORGANISATION, 0),
        scope(0, TOPIC),
        scope(ORGANISATION, TOPIC),
        scope(5, 0),
        scope(0, 8),
    ];
    let asked = vec![
        Asked::General,
        Asked::General,
        Asked::Channel(Channel::Email),
        Asked::Channel(Channel::Email),
        Asked::Channel(Channel::Sms),
        Asked::Use(DataUse::Profiling),
    ];
    let names = vec![0, Asked::Channel(Channel::Email).bit(), Asked::Channel(Channel::Sms).bit(), i16::MAX];
    let expiry = vec![None, None, Some(yesterday()), Some(today()), Some(tomorrow())];
    (
        any::<u128>(),
        select(scopes),
        select(asked),
        select(Answer::ALL),
        (select(Proof::ALL), select(names)),
        (0..6_i64, 0..6_i64),
        select(expiry),
    )
        .prop_map(|(id, scope, asked, answer, (proof, names), (happened, learned), expires_on)| {
            Evidence {
                record_id: Uuid::from_u128(id),
                scope,
                asked,
                answer,
                // A no is taken as proven, however it comes.
                proof: if answer == Answer::No { Proof::Proven } else { proof },
                names,
                happened_at: hours_ago(happened),
                learned_at: hours_ago(happened.min(learned)),
                expires_on: expires_on.filter(|_| answer == Answer::Yes),
                repeats: Vec::new(),
            }
        })
}

pub fn any_evidence() -> impl Strategy<Value = Vec<Evidence>> {
    prop::collection::vec(any_record(), 0..12)
}
