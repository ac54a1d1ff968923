//! A seeded source of choices.

use model::ambient::Entropy as _;
use store::testing::SeededEntropy;
use uuid::Uuid;

/// What the draws of a test begin with; `RAPPEL_SEED` gives another.
pub fn seed() -> String {
    let seed = std::env::var("RAPPEL_SEED").unwrap_or_else(|_| "1".to_owned());
    println!("RAPPEL_SEED={seed}");
    seed
}

/// Draws, the same ones for the same seed.
pub struct Chance(SeededEntropy);

impl Chance {
    pub fn new(seed: &str) -> Self {
        Self(SeededEntropy::new(seed))
    }

    /// A number below `end`.
    pub fn below(&self, end: usize) -> usize {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        u32::from_le_bytes(bytes) as usize % end
    }

    pub fn one_of<'a, T>(&self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// True once in `times`, on average.
    pub fn once_in(&self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub fn uuid(&self) -> Uuid {
        self.0.uuid()
    }

    /// The same things in another order.
    pub fn shuffled<T: Clone>(&self, things: &[T]) -> Vec<T> {
        let mut shuffled = things.to_vec();
        for end in (1..shuffled.len()).rev() {
            shuffled.swap(end, self.below(end + 1));
        }
        shuffled
    }
}
