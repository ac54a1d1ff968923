//! A seeded source of contacts and queries.

use model::ids::ContactId;
use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::contacts::contact;
use super::queries::query;
use super::world::World;
use crate::check::CheckedQuery;
use crate::evaluate::evaluate;
use crate::facts::ContactFacts;
use crate::tree::Query;
use crate::truth::Truth;

/// Draws, the same ones for the same seed.
pub struct Generator {
    world: World,
    runner: TestRunner,
    queries: BoxedStrategy<(Query, CheckedQuery)>,
}

/// A query and its checked form.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// As written.
    pub query: Query,
    /// As run.
    pub checked: CheckedQuery,
}

impl Generator {
    /// How many queries [`Self::splitting_query`] tries before it settles for one that does not split.
    const TRIES: usize = 20;

    /// A generator over the default world.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let world = World::default();
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let config = Config { max_local_rejects: u32::MAX, ..Config::default() };
        let queries = query(&world).boxed();
        Self { world, runner: TestRunner::new_with_rng(config, rng), queries }
    }

    /// Where everything is drawn from.
    #[must_use]
    pub const fn world(&self) -> &World {
        &self.world
    }

    /// Contacts with the keys 1 to `size`.
    pub fn population(&mut self, size: i64) -> Vec<ContactFacts> {
        (1..=size)
            .map(|id| {
                let strategy = contact(&self.world, ContactId(id));
                draw(&mut self.runner, &strategy)
            })
            .collect()
    }

    /// A query of any kind.
    pub fn query(&mut self) -> Drawn {
        let (query, checked) = draw(&mut self.runner, &self.queries);
        Drawn { query, checked }
    }

    /// A query that selects some of `population` and not all, if a few tries find one.
    pub fn splitting_query(&mut self, population: &[ContactFacts]) -> Drawn {
        let mut drawn = self.query();
        for _ in 1..Self::TRIES {
            let selects =
                |facts: &ContactFacts| evaluate(&drawn.checked, facts, self.world.today) == Truth::True;
            let first = population.first().is_some_and(selects);
            if population.iter().any(|facts| selects(facts) != first) {
                break;
            }
            drawn = self.query();
        }
        drawn
    }
}

fn draw<S: Strategy>(runner: &mut TestRunner, strategy: &S) -> S::Value {
    loop {
        // A rejected draw is drawn again.
        if let Ok(tree) = strategy.new_tree(runner) {
            return tree.current();
        }
    }
}
