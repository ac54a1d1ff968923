//! A campaign under fire: the audience, the launch, the refusals, the fault, and what must be true at the end.

use serde_json::{Value, json};

use super::record::{self, Outcome};
use super::refusers::Refusers;
use crate::support::campaign::Campaign;
use crate::support::chance::Chance;
use crate::support::files::{Person, house_of};
use crate::support::launches::Launch;
use crate::support::product::{self, Product};
use crate::support::roles::Arrangement;
use crate::support::servers::Postgres;
use crate::support::wait;

/// How many people refuse while the campaign runs.
pub const REFUSALS: usize = 50;
/// Sessions of the worker that carry newsletters (the settings say so): no more replies than this can be lost at once.
pub const SESSIONS: usize = 4;

/// Messages of a campaign: `RAPPEL_FAULTS=full` for the long form.
pub fn messages() -> usize {
    if is_full() { 20_000 } else { 1_500 }
}

pub fn is_full() -> bool {
    std::env::var("RAPPEL_FAULTS").is_ok_and(|form| form == "full")
}

/// What a fault works on.
pub struct Fire<'a> {
    pub product: &'a mut Product,
    pub chance: Chance,
    pub launch: Launch,
    messages: usize,
}

/// A fault to be tried.
pub struct Trial {
    /// Its name in `docs/faults.md`.
    pub name: &'static str,
    /// Recipients beside the ordinary ones, for whom the relay behaves in its own way.
    pub scripted: Vec<Person>,
    /// Needs a PostgreSQL of its own.
    pub own_postgres: bool,
    /// What is done before the launch.
    pub before: fn(&mut Product),
}

impl Trial {
    pub fn of(name: &'static str) -> Self {
        Self { name, scripted: Vec::new(), own_postgres: false, before: |_| {} }
    }

    /// Runs the campaign with `fault`, which says how many messages may be unknown after it.
    pub fn run(self, fault: impl FnOnce(&mut Fire<'_>) -> usize) {
        let postgres = if self.own_postgres { Postgres::own() } else { Postgres::shared() };
        product::run_on(postgres, Arrangement::SeparateProcesses, |product| {
            product.caused.faults = true;
            let chance = Chance::of_this_run();
            (self.before)(product);
            let mut fire = Fire::open(product, chance, self.scripted);
            let refusers = Refusers::start(fire.product, &mut fire.chance, &fire.launch, fire.messages);
            let unknown = fault(&mut fire);
            fire.product.caused.unknown = i64::try_from(unknown).unwrap();
            let status = fire.product.settled(&fire.launch);
            let refused = refusers.join();
            assert_eq!(refused, REFUSALS, "every refusal was taken in the end");
            let outcome = Outcome::of(fire.product, &status, refused, unknown);
            outcome.check();
            record::keep(self.name, &outcome);
        });
    }
}

impl<'a> Fire<'a> {
    fn open(product: &'a mut Product, chance: Chance, scripted: Vec<Person>) -> Self {
        product.institution("masques");
        let ordinary = (0..messages()).map(|number| Person::new(format!("reader-{number}")));
        // The scripted ones come first, so that the fault finds them early.
        let persons: Vec<Person> = scripted.into_iter().chain(ordinary).collect();
        product.import("masques", &house_of(&persons));
        let (launch, waterfall) = product.launch(&Campaign::news("masques", "fire"));
        assert_eq!(waterfall["planned"], json!(persons.len()));
        Self { product, chance, launch, messages: persons.len() }
    }

    /// Waits until about so many per cent of the messages were taken.
    pub fn wait_for_percent(&self, percent: u64) {
        let enough = self.messages * usize::try_from(percent).unwrap() / 100;
        let came = self.product.sink.wait_for(|sink| sink.accepted.len() >= enough, wait::PATIENCE);
        assert!(came, "{percent} % were not sent; status {}", self.status());
    }

    /// So many moments of the campaign, in per cent, in their order.
    pub fn moments(&mut self, number: usize) -> Vec<u64> {
        let mut moments: Vec<u64> = (0..number).map(|_| self.chance.between(5, 85)).collect();
        moments.sort_unstable();
        moments
    }

    pub fn status(&self) -> Value {
        self.product.status(&self.launch)
    }
}
