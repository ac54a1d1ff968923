//! After every act the projections are what the evidence says; refusals never let anybody in; no order of arrival matters.

use std::collections::BTreeSet;

use model::permission::{Blocks, Decision, GateFacts, Question, RenewalWindow, ScopeFacts, decide};
use model::vocabulary::{Purpose, UnsetMeans};

use crate::act::{Act, beginning, today};
use crate::chance::{Chance, seed};
use crate::expected::{File, Permission};
use crate::scene::Scene;

const SEQUENCES: usize = 25;
const ACTS: usize = 40;

async fn begun(scene: &Scene, chance: &Chance) -> File {
    let file = beginning(chance);
    for (contact, person) in &file.people {
        scene.add(*contact, person).await;
    }
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn the_projections_are_what_the_evidence_says_after_every_act() {
    let (first, seed) = (Scene::new().await, seed());
    let mut seen = Seen::default();
    for sequence in 0..SEQUENCES {
        let code = format!("sequence {sequence}");
        let (scene, chance) = (first.beside(&code).await, Chance::new(&format!("{seed} {code}")));
        let mut file = begun(&scene, &chance).await;
        let mut before = scene.permission().await;
        let mut acts = Vec::new();
        for _ in 0..ACTS {
            let act = Act::drawn(&chance);
            act.happen(&scene).await;
            act.note(&mut file);
            acts.push(act);
            let after = scene.permission().await;
            assert_eq!(after, file.permission(), "{code}, after the last of {acts:#?}");
            if let Some(Act::Refuses(..)) = acts.last() {
                let let_in = allowed(&after).difference(&allowed(&before)).next().copied();
                assert_eq!(let_in, None, "{code}: a refusal let somebody in, the last of {acts:#?}");
            }
            before = after;
        }
        seen.add(&before);
        assert_eq!(scene.differences().await, 0, "{code}");
    }
    seen.assert_everything();
}

/// Who may be contacted, for which question, in whose name.
fn allowed(permission: &Permission) -> BTreeSet<(i64, usize, i32, i32)> {
    let mut allowed = BTreeSet::new();
    for (number, question) in questions().iter().enumerate() {
        for (contact, gate) in &permission.gates {
            let gate = GateFacts {
                blocks: gate.blocks,
                proof: gate.proof,
                consent_until: gate.consent_until,
                of_age_on: gate.of_age_on,
                suppressed_until: gate.suppressed_until,
            };
            for (organisation, topic) in [(0, 0), (1, 0), (2, 0), (1, 7), (1, 9)] {
                let covers = |scope: &(i32, i32)| {
                    [0, organisation].contains(&scope.0) && [0, topic].contains(&scope.1)
                };
                let scopes: Vec<ScopeFacts> = permission
                    .scopes
                    .iter()
                    .filter(|((of, scope), _)| of == contact && covers(scope))
                    .map(|(_, scope)| ScopeFacts {
                        blocks: scope.blocks,
                        proof: scope.proof,
                        consent_until: scope.consent_until,
                        soft_opt_in: scope.soft_opt_in,
                    })
                    .collect();
                let decision = decide(question, &gate, &scopes, Some(today()), Blocks::NONE);
                if matches!(decision, Decision::Allow { .. }) {
                    allowed.insert((*contact, number, organisation, topic));
                }
            }
        }
    }
    allowed
}

fn questions() -> Vec<Question> {
    let ask = |purpose, unset_means| Question {
        purpose,
        unset_means,
        retention_months: 36,
        today: today(),
        renewal: Some(RenewalWindow { from: today(), until: today() }),
    };
    let of =
        |purpose: &Purpose| UnsetMeans::ALL.iter().map(|means| ask(*purpose, *means)).collect::<Vec<_>>();
    Purpose::ALL.iter().flat_map(of).collect()
}

/// What the random sequences led to.
#[derive(Default)]
struct Seen {
    bits: i32,
    scope_bits: i32,
    answers: BTreeSet<(i16, i16)>,
    lapsed: bool,
    bought: bool,
    of_age: BTreeSet<bool>,
    suppressed: BTreeSet<bool>,
    allowed: bool,
}

impl Seen {
    fn add(&mut self, permission: &Permission) {
        for gate in permission.gates.values() {
            self.bits |= gate.blocks.0;
            self.lapsed |= gate.consent_until.is_some_and(|until| until < today());
            self.of_age.insert(gate.of_age_on.is_some());
            self.suppressed.insert(gate.suppressed_until.is_some());
        }
        for scope in permission.scopes.values() {
            self.scope_bits |= scope.blocks.0;
            self.bought |= scope.soft_opt_in;
        }
        let answers = permission.answers.values();
        self.answers.extend(answers.map(|standing| (standing.answer.number(), standing.proof.number())));
        self.allowed |= !allowed(permission).is_empty();
    }

    /// A sequence that never restricts or allows anything would prove nothing.
    fn assert_everything(&self) {
        let never =
            Blocks::of(&[model::permission::Reason::Anonymised, model::permission::Reason::AddressInvalid]);
        assert_eq!(self.bits, Blocks::STORED.0 & !never.0, "every bit that these acts can set");
        assert_eq!(self.scope_bits, Blocks::REFUSALS.0);
        // Attested and proven yes; a no, whatever its proof.
        assert!(
            [(1, 1), (1, 2), (2, 0), (2, 2)].iter().all(|answer| self.answers.contains(answer)),
            "{:?}",
            self.answers
        );
        assert!(!self.answers.contains(&(1, 0)), "a claim grants nothing");
        assert!(self.lapsed && self.bought && self.allowed);
        assert_eq!((self.of_age.len(), self.suppressed.len()), (2, 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_order_of_arrival_makes_a_difference() {
    const ORDERS: usize = 4;
    let (first, seed) = (Scene::new().await, seed());
    for round in 0..6 {
        let chance = Chance::new(&format!("{seed} round {round}"));
        let file = beginning(&chance);
        let acts: Vec<Act> = (0..60).map(|_| Act::evidence(&chance)).collect();
        let mut expected = file.clone();
        acts.iter().for_each(|act| act.note(&mut expected));
        for order in 0..ORDERS {
            let scene = first.beside(&format!("round {round} order {order}")).await;
            for (contact, person) in &file.people {
                scene.add(*contact, person).await;
            }
            // Whatever is sent twice counts once.
            for act in chance.shuffled(&[acts.clone(), acts[..10].to_vec()].concat()) {
                act.happen(&scene).await;
            }
            assert_eq!(scene.permission().await, expected.permission(), "round {round}, order {order}");
        }
    }
}
