//! Every combination of facts and questions that the properties go over.

use chrono::{Days, NaiveDate};
use model::permission::{
    Basis, Blocks, GateFacts, OPEN_END, Question, Reason, RenewalWindow, ScopeFacts, blocks,
};
use model::vocabulary::{Proof, Purpose, UnsetMeans};

/// One contact, as far as permission goes.
#[derive(Clone, Debug)]
pub struct Case {
    pub gate: GateFacts,
    pub scopes: Vec<ScopeFacts>,
    pub recency: Option<NaiveDate>,
    pub runtime: Blocks,
}

pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

pub fn today() -> NaiveDate {
    day(2000, 1, 15)
}

pub fn yesterday() -> NaiveDate {
    today() - Days::new(1)
}

pub fn tomorrow() -> NaiveDate {
    today() + Days::new(1)
}

pub fn window() -> RenewalWindow {
    RenewalWindow { from: day(1997, 6, 1), until: day(1997, 12, 31) }
}

pub fn question(purpose: Purpose, unset_means: UnsetMeans) -> Question {
    Question { purpose, unset_means, retention_months: 36, today: today(), renewal: Some(window()) }
}

pub fn questions() -> Vec<Question> {
    let of = |purpose: &Purpose| {
        UnsetMeans::ALL.iter().map(|unset| question(*purpose, *unset)).collect::<Vec<_>>()
    };
    Purpose::ALL.iter().flat_map(of).collect()
}

/// A contact whom nothing keeps out, whatever is asked.
pub fn welcome() -> Case {
    Case {
        gate: GateFacts {
            blocks: Blocks::NONE,
            proof: Proof::Proven,
            consent_until: Some(OPEN_END),
            of_age_on: None,
            suppressed_until: None,
        },
        scopes: Vec::new(),
        recency: Some(window().from),
        runtime: Blocks::NONE,
    }
}

impl Case {
    pub fn ask(&self, question: &Question) -> (Blocks, Basis) {
        blocks(question, &self.gate, &self.scopes, self.recency, self.runtime)
    }

    pub fn is_allowed(&self, question: &Question) -> bool {
        self.ask(question).0.is_empty()
    }
}

/// Yes or none, at one scope.
const ANSWERED: usize = 5;

fn answered(number: usize) -> (Proof, Option<NaiveDate>) {
    match number {
        0 => (Proof::Claim, None),
        1 => (Proof::Proven, Some(yesterday())),
        2 => (Proof::Attested, Some(today())),
        3 => (Proof::Attested, Some(OPEN_END)),
        _ => (Proof::Proven, Some(tomorrow())),
    }
}

/// None, or one scope; and two where they differ.
fn scopes() -> Vec<Vec<ScopeFacts>> {
    let mut single = Vec::new();
    for number in 0..ANSWERED {
        let (proof, consent_until) = answered(number);
        for soft_opt_in in [false, true] {
            single.push(ScopeFacts { blocks: Blocks::NONE, proof, consent_until, soft_opt_in });
        }
    }
    let mut all = vec![Vec::new()];
    for (number, scope) in single.iter().enumerate() {
        all.push(vec![scope.clone()]);
        all.push(vec![scope.clone(), single[(number + 3) % single.len()].clone()]);
    }
    for refusal in [Reason::GeneralRefusal, Reason::ChannelRefusal] {
        all.push(vec![ScopeFacts { blocks: refusal.bit(), ..single[0].clone() }]);
    }
    all
}

/// Every subset of the stored bits × the answers at the institution × those at scopes × some dates × some of what a caller sees.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let dates = [
        (None, None, Some(window().until)),
        (Some(tomorrow()), None, Some(yesterday())),
        (None, Some(today()), None),
        (None, None, Some(day(1997, 1, 14))),
    ];
    let runtimes = [
        Blocks::NONE,
        Blocks::of(&[Reason::Holdout, Reason::FrequencyCap]),
        Blocks::of(&[Reason::SameAddress, Reason::Preconditions]),
    ];
    for stored in subsets(Blocks::STORED) {
        for number in 0..ANSWERED {
            for scopes in scopes() {
                for (of_age_on, suppressed_until, recency) in dates {
                    for runtime in runtimes {
                        let (proof, consent_until) = answered(number);
                        let gate =
                            GateFacts { blocks: stored, proof, consent_until, of_age_on, suppressed_until };
                        cases.push(Case { gate, scopes: scopes.clone(), recency, runtime });
                    }
                }
            }
        }
    }
    cases
}

/// Every subset of a set of reasons.
pub fn subsets(of: Blocks) -> Vec<Blocks> {
    (0..=of.0).filter(|bits| bits & !of.0 == 0).map(Blocks).collect()
}
