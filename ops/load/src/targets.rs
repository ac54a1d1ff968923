//! Five shapes of targets over a million contacts and ten million activities, each beside the best hand-written SQL for it.
//!
//! Ours is what the product asks: the compiled target in a transaction of the store, planned as an audience is. The other side
//! was written by hand for this one question, with a comment that says which forms were tried and why this one stays; it runs
//! under the same role and the same row-level security, with whatever settings serve it best. Both count the contacts that they
//! select over the same rows (nobody writes), and both must select the same ones, or the bench fails. So it does when a plan of
//! ours asks for every row what could be asked once.

mod by_hand;
mod options;

use std::time::Instant;

use anyhow::Context as _;
use audience::{CheckedQuery, Query, check};
use model::ids::InstitutionId;
use serde::Serialize;
use sqlx::ConnectOptions as _;
use store::testing::{Database, matching, theatre};

use crate::pairs::{Bound, Pairs, Report};
use by_hand::ByHand;
pub use options::Options;

const BOUND: Bound = Bound::AtMost(1.3);

/// A target and the statement that selects the same contacts.
struct Shape {
    name: &'static str,
    target: &'static str,
    by_hand: &'static str,
}

macro_rules! shapes {
    ($($name:literal)*) => {
        [$(Shape {
            name: $name,
            target: include_str!(concat!("targets/", $name, ".json")),
            by_hand: include_str!(concat!("targets/", $name, ".sql")),
        }),*]
    };
}

const SHAPES: [Shape; 5] = shapes!("attributes" "renewal" "behaviour" "count" "nested");

/// What is printed.
#[derive(Debug, Serialize)]
struct Figures {
    bench: &'static str,
    contacts: i64,
    activities: i64,
    shapes: Vec<Figure>,
}

#[derive(Debug, Serialize)]
struct Figure {
    /// How many contacts both sides select.
    selected: usize,
    #[serde(flatten)]
    time: Report,
}

/// Runs the bench.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let database = Database::fresh().await;
    let silo = database.institution("targets").await;
    let mut owner = database.owner.connect().await?;
    theatre::fill(&mut owner, silo, options.contacts).await;
    let activities = sqlx::query_scalar("SELECT count(*) FROM activity").fetch_one(&mut owner).await?;
    let mut bench = Bench { by_hand: ByHand::enter(&database, silo).await?, database, silo };
    let mut shapes = Vec::new();
    for shape in SHAPES.iter().filter(|shape| options.only.as_deref().is_none_or(|only| only == shape.name)) {
        shapes.push(bench.measure(shape, options).await.context(shape.name)?);
    }
    let figures = Figures { bench: "targets", contacts: options.contacts, activities, shapes };
    println!("{}", serde_json::to_string_pretty(&figures)?);
    let missed: Vec<String> = figures
        .shapes
        .iter()
        .filter_map(|shape| shape.time.keep_bound().err())
        .map(|error| error.to_string())
        .collect();
    anyhow::ensure!(missed.is_empty(), "{}", missed.join("; "));
    Ok(())
}

/// Both sides.
struct Bench {
    database: Database,
    silo: InstitutionId,
    by_hand: ByHand,
}

impl Bench {
    async fn measure(&mut self, shape: &Shape, options: &Options) -> anyhow::Result<Figure> {
        let target = self.checked(shape.target).await?;
        let selected = self.same_contacts(&target, shape).await?;
        self.look_at_plans(&target, shape, options.explain).await?;
        let mut pairs = Pairs::default();
        for round in 0..=options.rounds {
            let (theirs, bare) = self.by_hand.count(shape.by_hand).await?;
            let (matched, ours) = self.ours(&target).await?;
            anyhow::ensure!(matched == theirs, "compiled {matched}, by hand {theirs}");
            // The round before the first that counts fills the caches of both sides alike.
            if round > 0 {
                pairs.push(ours, bare);
            }
        }
        Ok(Figure { selected, time: pairs.report(shape.name, "seconds".to_owned(), BOUND) })
    }

    async fn checked(&self, json: &str) -> anyhow::Result<CheckedQuery> {
        let query = Query::from_json(json)?;
        let named = query.clone();
        let load = |mut tx| async move {
            let catalogue = store::catalogue::load(&mut tx, &named).await?;
            tx.commit(catalogue).await
        };
        let catalogue = self.database.app.scoped(self.silo, load).await?;
        check(&query, &catalogue).map_err(|errors| anyhow::anyhow!("{errors:?}"))
    }

    /// The count, and the seconds that it took.
    async fn ours(&self, target: &CheckedQuery) -> anyhow::Result<(i64, f64)> {
        let target = target.clone();
        let counted = self.database.app.scoped(self.silo, |mut tx| async move {
            let start = Instant::now();
            let count = matching::count(&mut tx, &target, theatre::today()).await?;
            tx.commit((count, start.elapsed().as_secs_f64())).await
        });
        Ok(counted.await?)
    }

    /// Compares who is selected, not only how many; their number.
    async fn same_contacts(&mut self, target: &CheckedQuery, shape: &Shape) -> anyhow::Result<usize> {
        let target = target.clone();
        let compiled = self.database.app.scoped(self.silo, |mut tx| async move {
            let contacts = matching::contacts(&mut tx, &target, theatre::today()).await?;
            tx.commit(contacts).await
        });
        let (compiled, by_hand) = (compiled.await?, self.by_hand.contacts(shape.by_hand).await?);
        anyhow::ensure!(
            compiled == by_hand,
            "the compiled target selects {} contacts, the statement by hand {}, and not the same ones",
            compiled.len(),
            by_hand.len()
        );
        anyhow::ensure!(!compiled.is_empty(), "nobody is selected, and nothing is compared");
        Ok(compiled.len())
    }

    /// Refuses a plan of ours that asks something anew for every contact, and prints both plans when that is wanted.
    async fn look_at_plans(
        &mut self,
        target: &CheckedQuery,
        shape: &Shape,
        print: bool,
    ) -> anyhow::Result<()> {
        let target = target.clone();
        let compiled = self.database.app.scoped(self.silo, |mut tx| async move {
            let plan = matching::plan(&mut tx, &target, theatre::today()).await?;
            tx.commit(plan).await
        });
        let compiled = compiled.await?;
        if print {
            // Beside the figures, so that those stay one JSON object.
            let by_hand = self.by_hand.plan(shape.by_hand).await?;
            eprintln!("{}, compiled:\n{}\n", shape.name, compiled.join("\n"));
            eprintln!("{}, by hand:\n{}\n", shape.name, by_hand.join("\n"));
        }
        // One that is answered once is called `hashed SubPlan` in a filter.
        let row_by_row = compiled.iter().find(|line| line.contains("(SubPlan"));
        anyhow::ensure!(
            row_by_row.is_none(),
            "asked for every row: {}",
            row_by_row.map_or("", |line| line.trim())
        );
        Ok(())
    }
}
