//! How old a published row must be before it is published again.

use std::time::Duration;

/// However little comes of it, nothing stays longer unpublished than this.
const LONGEST: Duration = Duration::from_secs(600);

/// When publishing again moved nothing, nobody consumes, and more copies in the queue are only more to throw away: the next
/// time is twice as far. A broker that lost its messages is refilled by the first one.
#[derive(Debug)]
pub(super) struct Patience {
    first: Duration,
    age: Duration,
    swept: u64,
}

impl Patience {
    pub(super) fn new(first: Duration) -> Self {
        Self { first, age: first, swept: 0 }
    }

    /// Rows that were published this long ago are published again.
    pub(super) fn age(&self) -> Duration {
        self.age
    }

    /// So many rows were that old.
    pub(super) fn swept(&mut self, rows: u64) {
        if rows == 0 {
            return;
        }
        let fruitless = rows == self.swept;
        self.swept = rows;
        self.age = if fruitless { (self.age * 2).min(LONGEST.max(self.first)) } else { self.first };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_while_the_same_rows_come_back_and_starts_anew_when_they_move() {
        let minute = Duration::from_secs(60);
        let mut patience = Patience::new(minute);
        let mut ages = Vec::new();
        for rows in [800, 0, 800, 0, 800, 800, 800, 800, 300, 0] {
            patience.swept(rows);
            ages.push(patience.age().as_secs() / 60);
        }
        assert_eq!(ages, [1, 1, 2, 2, 4, 8, 10, 10, 1, 1]);
    }
}
