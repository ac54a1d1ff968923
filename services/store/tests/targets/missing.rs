//! The counts of contacts that a leaf cannot judge, against the reference evaluator.

use std::collections::BTreeMap;
use std::sync::Arc;

use audience::testing::{Drawn, Generator};
use audience::{ContactFacts, Truth, explain};
use chrono::NaiveDate;
use sqlx::ConnectOptions as _;
use store::audience::unknown;
use store::testing::Database;

use crate::{shape, stored};

const POPULATION: i64 = 120;
const QUERIES: usize = 300;

#[tokio::test(flavor = "multi_thread")]
async fn a_leaf_is_unknown_for_as_many_contacts_as_the_evaluator_says() {
    let mut generator = Generator::new(20_000_401);
    let population: Vec<ContactFacts> =
        generator.population(POPULATION).into_iter().map(shape::as_stored).collect();
    let database = Database::fresh().await;
    let (silo, neighbour) = (database.institution("targets").await, database.institution("neighbour").await);
    let mut owner = database.owner.connect().await.unwrap();
    for institution in [silo, neighbour] {
        stored::store(&mut owner, institution, generator.world(), &population).await;
    }
    let queries: Arc<Vec<Drawn>> = Arc::new((0..QUERIES).map(|_| generator.query()).collect());
    let today = generator.world().today;
    let asked = Arc::clone(&queries);
    let found = database.app.scoped(silo, move |mut tx| async move {
        let mut found = Vec::new();
        for drawn in asked.iter() {
            found.push(unknown(&mut tx, &drawn.checked, today).await?);
        }
        tx.commit(found).await
    });
    let mut leaves = 0;
    for (drawn, found) in queries.iter().zip(found.await.unwrap()) {
        let mut meant = unknown_by_leaf(drawn, &population, today);
        for leaf in found {
            let count = meant.remove(&leaf.at);
            assert_eq!(Some(leaf.contacts), count, "{} of {}", leaf.at, drawn.query);
            leaves += usize::from(leaf.contacts > 0);
        }
        assert!(meant.values().all(|contacts| *contacts == 0), "{meant:?} are not told of {}", drawn.query);
    }
    assert!(leaves > QUERIES / 2, "only {leaves} leaves were unknown for anybody");
}

/// For how many contacts each leaf of a query is unknown.
fn unknown_by_leaf(drawn: &Drawn, population: &[ContactFacts], today: NaiveDate) -> BTreeMap<String, i64> {
    let mut counts = BTreeMap::new();
    for facts in population {
        for leaf in explain(&drawn.checked, facts, today).leaves {
            *counts.entry(leaf.at).or_default() += i64::from(leaf.truth == Truth::Unknown);
        }
    }
    counts
}
