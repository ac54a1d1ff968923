//! Things that happen to permission: drawn at random, done to the database, and noted in memory.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use model::permission::Reason;
use model::vocabulary::{Answer, Asked, Channel, DataUse, Proof};

use crate::chance::Chance;
use crate::expected::{File, Hash, Person, Record, Scope};
use crate::scene::Scene;

/// Contacts of a scene.
pub const PEOPLE: i64 = 6;
/// Fewer addresses than people, so that some are shared.
const ADDRESSES: [Hash; 3] = [[1; 32], [2; 32], [3; 32]];
const SCOPES: [Scope; 6] = [(0, 0), (0, 0), (1, 0), (2, 0), (0, 9), (1, 7)];
const CHANNELS: [Option<Channel>; 4] = [None, Some(Channel::Email), Some(Channel::Email), Some(Channel::Sms)];
/// What answers are given to beside channels.
const USES: [DataUse; 2] = [DataUse::ClickTracking, DataUse::Profiling];

/// One thing that happens.
#[derive(Clone, Debug)]
pub enum Act {
    /// A contact answers.
    Says(i64, Record),
    /// A contact refuses, perhaps through an address.
    Refuses(i64, Record, Option<Hash>),
    /// A contact buys, with the opt-out shown or without.
    Buys { contact: i64, organisation: i32, opt_out_shown: bool },
    /// A contact has another address from now on, or none.
    Moves(i64, Option<Hash>),
    /// An address goes on the suppression list.
    Suppressed(Hash, NaiveDate),
    /// Processing is restricted, or free again.
    Restricted(i64, bool),
    /// A guardian agreed.
    Guarded(i64),
}

pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2000, 1, 15).unwrap()
}

fn instant(chance: &Chance) -> DateTime<Utc> {
    // Few of them, so that some coincide.
    today().and_hms_opt(12, 0, 0).unwrap().and_utc() - TimeDelta::hours(chance.below(6) as i64)
}

/// An institution's contacts at the beginning.
pub fn beginning(chance: &Chance) -> File {
    let person = |id: i64| {
        let birth_date = (!chance.once_in(3)).then(|| {
            NaiveDate::from_ymd_opt(1980 + chance.below(10) as i32, 2, 28).unwrap() + Days::new(id as u64 % 3)
        });
        Person { birth_date, address: Some(*chance.one_of(&ADDRESSES)), ..Person::default() }
    };
    File { people: (1..=PEOPLE).map(|id| (id, person(id))).collect(), ..File::default() }
}

impl Act {
    /// Any act.
    pub fn drawn(chance: &Chance) -> Self {
        let contact = 1 + chance.below(PEOPLE as usize) as i64;
        match chance.below(20) {
            0..10 => Self::says(chance, contact),
            10..15 => Self::refuses(chance, contact),
            15 => Self::Buys {
                contact,
                organisation: 1 + chance.below(2) as i32,
                opt_out_shown: !chance.once_in(3),
            },
            16 => Self::Moves(contact, (!chance.once_in(4)).then(|| *chance.one_of(&ADDRESSES))),
            17 => Self::Suppressed(*chance.one_of(&ADDRESSES), today() + Days::new(chance.below(3) as u64)),
            18 => Self::Restricted(contact, chance.once_in(2)),
            _ => Self::Guarded(contact),
        }
    }

    /// An act that is evidence, whose order must not matter.
    pub fn evidence(chance: &Chance) -> Self {
        let contact = 1 + chance.below(PEOPLE as usize) as i64;
        if chance.once_in(3) { Self::refuses(chance, contact) } else { Self::says(chance, contact) }
    }

    fn says(chance: &Chance, contact: i64) -> Self {
        let answer = *chance.one_of(&[Answer::Yes, Answer::Yes, Answer::Yes, Answer::No, Answer::Unset]);
        let expires_on =
            chance.once_in(2).then(|| today() + Days::new(3) - Days::new(chance.below(6) as u64));
        let channels = [Channel::Email, Channel::Sms].into_iter().filter(|_| chance.once_in(2)).collect();
        Self::Says(
            contact,
            Record {
                id: chance.uuid(),
                scope: *chance.one_of(&SCOPES),
                asked: match chance.below(6) {
                    0 => Asked::Use(*chance.one_of(&USES)),
                    _ => (*chance.one_of(&CHANNELS)).into(),
                },
                answer,
                proof: *chance.one_of(&[Proof::Claim, Proof::Attested, Proof::Proven, Proof::Proven]),
                channels,
                at: instant(chance),
                expires_on,
            },
        )
    }

    fn refuses(chance: &Chance, contact: i64) -> Self {
        let channel = *chance.one_of(&CHANNELS);
        let through = chance.once_in(2).then(|| *chance.one_of(&ADDRESSES));
        let scope = *chance.one_of(&SCOPES);
        // An address knows no series.
        let scope = if through.is_some() { (scope.0, 0) } else { scope };
        let record = Record {
            id: chance.uuid(),
            scope,
            asked: channel.into(),
            answer: Answer::No,
            proof: Proof::Proven,
            channels: Vec::new(),
            at: instant(chance),
            expires_on: None,
        };
        Self::Refuses(contact, record, through)
    }

    /// Notes it in memory.
    pub fn note(&self, file: &mut File) {
        match self {
            Self::Says(contact, record) => person(file, *contact).records.push(record.clone()),
            Self::Refuses(contact, record, through) => {
                person(file, *contact).records.push(record.clone());
                let bit = match record.channel() {
                    None => Reason::GeneralRefusal,
                    Some(Channel::Email) => Reason::ChannelRefusal,
                    // What is refused on another channel says nothing about this address.
                    Some(Channel::Sms | Channel::Phone | Channel::Post) => return,
                };
                if let Some(hash) = through {
                    let blocks = file.refused_through.entry((*hash, record.scope.0)).or_default();
                    *blocks = *blocks | bit.bit();
                }
            }
            Self::Buys { contact, organisation, opt_out_shown: true } => {
                person(file, *contact).bought.insert(*organisation);
            }
            Self::Buys { opt_out_shown: false, .. } => {}
            Self::Moves(contact, address) => person(file, *contact).address = *address,
            Self::Suppressed(hash, until) => {
                file.suppressed.insert(*hash, *until);
            }
            Self::Restricted(contact, restricted) => person(file, *contact).state = i16::from(*restricted),
            Self::Guarded(contact) => person(file, *contact).guardian = true,
        }
    }

    /// Does it, followed by the projection that every writer owes.
    pub async fn happen(&self, scene: &Scene) {
        match self {
            Self::Says(contact, record) => scene.say(*contact, record).await,
            Self::Refuses(contact, record, through) => scene.refuse(*contact, record, *through).await,
            Self::Buys { contact, organisation, opt_out_shown } => {
                buy(scene, *contact, *organisation, *opt_out_shown).await;
            }
            Self::Moves(contact, address) => scene.give_address(*contact, *address).await,
            Self::Suppressed(hash, until) => suppress(scene, *hash, *until).await,
            Self::Restricted(contact, restricted) => {
                let statement = match restricted {
                    true => "UPDATE contact SET state = 1 WHERE institution_id = $1 AND contact_id = $2",
                    false => "UPDATE contact SET state = 0 WHERE institution_id = $1 AND contact_id = $2",
                };
                scene.change(statement, *contact).await;
                scene.project(&[*contact]).await;
            }
            Self::Guarded(contact) => {
                scene
                    .change(
                        "UPDATE contact SET guardian = true WHERE institution_id = $1 AND contact_id = $2",
                        *contact,
                    )
                    .await;
                scene.project(&[*contact]).await;
            }
        }
    }
}

fn person(file: &mut File, contact: i64) -> &mut Person {
    file.people.get_mut(&contact).unwrap()
}

/// Bought as purchaser; and attended by somebody else, which is no evidence for them.
async fn buy(scene: &Scene, contact: i64, organisation: i32, opt_out_shown: bool) {
    let guest = contact % PEOPLE + 1;
    sqlx::query(
        "INSERT INTO order_line
            (institution_id, contact_id, line_id, role, organisation_id, product_id, state, ordered_on, quantity, amount, opt_out_wording, as_of, content_hash)
         SELECT $1, contact, gen_random_uuid(), role, $4, 1, 3, '2000-01-01', 1, 0, CASE WHEN $5 THEN 1 END, '2000-01-01', 0
         FROM (VALUES ($2::bigint, 0), ($3::bigint, 1)) AS t (contact, role)",
    )
    .bind(scene.silo.0)
    .bind(contact)
    .bind(guest)
    .bind(organisation)
    .bind(opt_out_shown)
    .execute(&scene.owner)
    .await
    .unwrap();
    scene.project(&[contact, guest]).await;
}

async fn suppress(scene: &Scene, hash: Hash, until: NaiveDate) {
    sqlx::query(
        "INSERT INTO address (institution_id, channel, hash, organisation_id, key_id, blocks, expires_on)
         VALUES ($1, 1, $2, 0, 1, reason_bit('suppressed'), $3)
         ON CONFLICT (institution_id, channel, hash, organisation_id)
         DO UPDATE SET blocks = address.blocks | excluded.blocks, expires_on = excluded.expires_on",
    )
    .bind(scene.silo.0)
    .bind(hash.as_slice())
    .bind(until)
    .execute(&scene.owner)
    .await
    .unwrap();
    scene.project(&(1..=PEOPLE).collect::<Vec<_>>()).await;
}
