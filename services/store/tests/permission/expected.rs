//! What permission should be, computed from the evidence in memory by `model::answer` and the words of the design.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use model::answer::{self, current};
use model::permission::{Blocks, OPEN_END, Reason};
use model::vocabulary::{Answer, Asked, Channel, Proof};
use uuid::Uuid;

/// From this age a French contact consents alone.
const CONSENT_AGE: i32 = 15;

/// An address, as its keyed hash.
pub type Hash = [u8; 32];

/// Organisation and topic; 0 stands for all.
pub type Scope = (i32, i32);

/// One consent record.
#[derive(Clone, Debug)]
pub struct Record {
    pub id: Uuid,
    pub scope: Scope,
    pub asked: Asked,
    pub answer: Answer,
    pub proof: Proof,
    pub channels: Vec<Channel>,
    pub at: DateTime<Utc>,
    pub expires_on: Option<NaiveDate>,
}

/// One contact.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// 0 live, 1 restricted, 2 being anonymised, 3 anonymised.
    pub state: i16,
    pub birth_date: Option<NaiveDate>,
    pub guardian: bool,
    pub address: Option<Hash>,
    pub records: Vec<Record>,
    /// Organisations from which the contact bought with the opt-out shown.
    pub bought: BTreeSet<i32>,
}

/// Everything that permission by email depends on.
#[derive(Clone, Debug, Default)]
pub struct File {
    pub people: BTreeMap<i64, Person>,
    /// What an address was used to refuse, by organisation.
    pub refused_through: BTreeMap<(Hash, i32), Blocks>,
    /// The last day of suppression of an address.
    pub suppressed: BTreeMap<Hash, NaiveDate>,
}

/// The three projections, without their counters and stamps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permission {
    pub answers: BTreeMap<(i64, Scope, i16), Standing>,
    pub gates: BTreeMap<i64, Gate>,
    pub scopes: BTreeMap<(i64, Scope), ScopeGate>,
}

/// A row of `authorisation`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub answer: Answer,
    pub proof: Proof,
    pub expires_on: Option<NaiveDate>,
    pub at: DateTime<Utc>,
    pub record: Uuid,
}

/// A row of `gate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    pub blocks: Blocks,
    pub proof: Proof,
    pub consent_until: Option<NaiveDate>,
    pub of_age_on: Option<NaiveDate>,
    pub suppressed_until: Option<NaiveDate>,
}

/// A row of `gate_scope`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeGate {
    pub blocks: Blocks,
    pub proof: Proof,
    pub consent_until: Option<NaiveDate>,
    pub soft_opt_in: bool,
}

impl File {
    /// The permission of everybody.
    pub fn permission(&self) -> Permission {
        let mut permission = Permission::default();
        for (id, person) in &self.people {
            let answers = person.answers();
            permission.gates.insert(*id, self.gate(person, &answers));
            for (scope, gate) in self.scopes(person, &answers) {
                permission.scopes.insert((*id, scope), gate);
            }
            for (question, record) in answers {
                let standing = Standing {
                    answer: record.answer,
                    proof: record.proof,
                    expires_on: record.expires_on,
                    at: record.at,
                    record: record.id,
                };
                permission.answers.insert((*id, question.0, question.1), standing);
            }
        }
        permission
    }

    fn gate(&self, person: &Person, answers: &Answers<'_>) -> Gate {
        let standing = Standings::of(answers, (0, 0));
        let through = person.address.and_then(|hash| self.refused_through.get(&(hash, 0)).copied());
        Gate {
            blocks: (standing.blocks | through.unwrap_or_default())
                .with(Reason::Restricted, person.state == 1)
                .with(Reason::Anonymised, person.state > 1)
                .with(Reason::NoAddress, person.address.is_none()),
            proof: standing.proof,
            consent_until: standing.until,
            of_age_on: person.birth_date.filter(|_| !person.guardian).map(comes_of_age),
            suppressed_until: person.address.and_then(|hash| self.suppressed.get(&hash).copied()),
        }
    }

    fn scopes(&self, person: &Person, answers: &Answers<'_>) -> BTreeMap<Scope, ScopeGate> {
        let answered =
            answers.iter().filter(|(_, record)| record.covers_email()).map(|((scope, _), _)| *scope);
        let through = self.refused_through.iter().filter(|((hash, _), _)| Some(*hash) == person.address);
        let refused = through.map(|((_, organisation), blocks)| ((*organisation, 0), *blocks));
        let refused: BTreeMap<Scope, Blocks> = refused.collect();
        let bought = person.bought.iter().map(|organisation| (*organisation, 0));
        let scopes: BTreeSet<Scope> = answered.chain(refused.keys().copied()).chain(bought).collect();
        let gate = |scope: Scope| {
            let standing = Standings::of(answers, scope);
            ScopeGate {
                blocks: standing.blocks | refused.get(&scope).copied().unwrap_or_default(),
                proof: standing.proof,
                consent_until: standing.until,
                soft_opt_in: scope.1 == 0 && person.bought.contains(&scope.0),
            }
        };
        scopes.into_iter().filter(|scope| *scope != (0, 0)).map(|scope| (scope, gate(scope))).collect()
    }
}

/// The current answer of each scope and channel (0: general), with the record that it rests on.
type Answers<'a> = BTreeMap<(Scope, i16), &'a Record>;

impl Person {
    fn answers(&self) -> Answers<'_> {
        let mut questions: BTreeMap<(Scope, i16), Vec<&Record>> = BTreeMap::new();
        for record in &self.records {
            questions.entry((record.scope, record.asked.number())).or_default().push(record);
        }
        let answers = questions.into_iter();
        answers.filter_map(|(question, records)| Some((question, standing(records)?))).collect()
    }
}

/// The record that the current answer rests on: the latest that gave it; at the same instant the one with the better proof,
/// then the smaller id. `None` when the question is unset.
fn standing(records: Vec<&Record>) -> Option<&Record> {
    let known: Vec<answer::Record> = records.iter().map(|record| record.for_model()).collect();
    let answer = Some(current(&known)).filter(|answer| *answer != Answer::Unset)?;
    let gave_it =
        |record: &&Record| record.answer == answer && (answer == Answer::No || record.proof != Proof::Claim);
    let rank = |record: &&Record| (record.at, record.proof, std::cmp::Reverse(record.id));
    records.into_iter().filter(gave_it).max_by_key(rank)
}

impl Record {
    fn for_model(&self) -> answer::Record {
        answer::Record { answer: self.answer, proof: self.proof, happened_at: self.at }
    }

    /// A general no covers every channel, a general yes those that its wording names.
    fn covers_email(&self) -> bool {
        match self.asked {
            Asked::Channel(channel) => channel == Channel::Email,
            Asked::General => self.answer == Answer::No || self.channels.contains(&Channel::Email),
            // What may be done with data says nothing about being written to.
            Asked::Use(_) => false,
        }
    }

    /// Of a refusal: `None` refuses everything.
    pub fn channel(&self) -> Option<Channel> {
        match self.asked {
            Asked::General => None,
            Asked::Channel(channel) => Some(channel),
            Asked::Use(_) => panic!("no refusal through an address"),
        }
    }
}

/// What the answers of one scope add up to.
struct Standings {
    blocks: Blocks,
    proof: Proof,
    until: Option<NaiveDate>,
}

impl Standings {
    fn of(answers: &Answers<'_>, scope: Scope) -> Self {
        let covering: Vec<&Record> = answers
            .iter()
            .filter(|((of, _), record)| *of == scope && record.covers_email())
            .map(|(_, record)| *record)
            .collect();
        let refusals = covering.iter().filter(|record| record.answer == Answer::No);
        let blocks = refusals.map(|record| match record.channel() {
            None => Reason::GeneralRefusal.bit(),
            Some(_) => Reason::ChannelRefusal.bit(),
        });
        let yes = covering.iter().filter(|record| record.answer == Answer::Yes);
        let longest = yes.map(|record| (record.expires_on.unwrap_or(OPEN_END), record.proof)).max();
        Self {
            blocks: blocks.fold(Blocks::NONE, |all, one| all | one),
            proof: longest.map_or(Proof::Claim, |(_, proof)| proof),
            until: longest.map(|(until, _)| until),
        }
    }
}

fn comes_of_age(birth: NaiveDate) -> NaiveDate {
    let year = birth.year() + CONSENT_AGE;
    birth.with_year(year).unwrap_or_else(|| NaiveDate::from_ymd_opt(year, 2, 28).unwrap())
}
