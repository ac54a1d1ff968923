//! Compiled SQL against the reference evaluator, on random queries and a random population, through the statement that counts,
//! lists and launches.

use std::sync::Arc;

use audience::testing::{Drawn, Generator};
use audience::{ContactFacts, Query, Truth, evaluate, explain};
use chrono::NaiveDate;
use model::ids::{ContactId, InstitutionId, OrganisationId, TopicId};
use model::permission::{Question, Reason};
use model::vocabulary::{Channel, Purpose, UnsetMeans};
use sqlx::ConnectOptions as _;
use store::audience::{Audience, MOST_TARGETS, Target, Targets};
use store::facts;
use store::testing::Database;

use crate::coverage::Coverage;
use crate::{shape, stored};

const POPULATION: i64 = 300;
/// Random trees, unless `RAPPEL_TREES` says how many.
const QUERIES: usize = 5_000;
/// Contacts whose answers are looked at leaf by leaf for the table of coverage.
const EXPLAINED: usize = 12;
const EXCLUSIONS: usize = 500;
const QUERIES_PER_TRANSACTION: usize = 250;

fn seed() -> u64 {
    let seed = std::env::var("RAPPEL_SEED").map_or(20_000_331, |text| text.parse().unwrap());
    println!("RAPPEL_SEED={seed}");
    seed
}

fn queries() -> usize {
    std::env::var("RAPPEL_TREES").map_or(QUERIES, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn sql_selects_whom_the_reference_evaluator_selects() {
    let mut generator = Generator::new(seed());
    let generated: Vec<ContactFacts> =
        generator.population(POPULATION).into_iter().map(shape::as_stored).collect();
    let database = Database::fresh().await;
    // The neighbour has the same contacts: what it holds must never be selected, nor taken for a fact of this institution.
    let (silo, neighbour) = (database.institution("targets").await, database.institution("neighbour").await);
    let mut owner = database.owner.connect().await.unwrap();
    for (institution, population) in [(silo, generated.clone()), (neighbour, shifted(&generated))] {
        stored::store(&mut owner, institution, generator.world(), &population).await;
    }
    let population = load(&database, silo).await;
    for (stored, generated) in population.iter().zip(&generated) {
        assert_eq!(stored, generated, "facts::load gives back what was stored");
    }
    assert_eq!(population.len(), generated.len());
    let queries: Arc<Vec<Drawn>> = Arc::new((0..queries()).map(|_| generator.query()).collect());
    let today = generator.world().today;
    let selected = select_all(&database, silo, &queries, today).await;
    compare(&population, &queries, &selected, today);
}

/// The same facts, each on the contact after the one that has them.
fn shifted(population: &[ContactFacts]) -> Vec<ContactFacts> {
    let mut shifted = population.to_vec();
    shifted.rotate_left(1);
    for (facts, original) in shifted.iter_mut().zip(population) {
        facts.contact = original.contact;
        facts.identity.external_id.clone_from(&original.identity.external_id);
    }
    shifted
}

async fn load(database: &Database, silo: InstitutionId) -> Vec<ContactFacts> {
    let load = |mut tx| async move {
        // Somebody who does not exist is left out.
        let ids: Vec<ContactId> = (0..=POPULATION).map(ContactId).collect();
        let loaded = facts::load(&mut tx, &ids).await?;
        tx.commit(loaded).await
    };
    database.app.scoped(silo, load).await.unwrap().into_iter().map(shape::in_order).collect()
}

/// Whom each query selects, in the database. Two transactions at a time.
async fn select_all(
    database: &Database,
    silo: InstitutionId,
    queries: &Arc<Vec<Drawn>>,
    today: NaiveDate,
) -> Vec<Vec<ContactId>> {
    let halves = [0, 1].map(|half| {
        let (app, queries) = (database.app.clone(), Arc::clone(queries));
        tokio::spawn(async move {
            let mut selected = Vec::new();
            for chunk in
                (0..queries.len()).collect::<Vec<_>>().chunks(QUERIES_PER_TRANSACTION).skip(half).step_by(2)
            {
                let (queries, chunk) = (Arc::clone(&queries), chunk.to_vec());
                let found = app.scoped(silo, move |mut tx| async move {
                    let mut found = Vec::new();
                    for index in chunk {
                        let members =
                            audience(&queries[index], today).list(&mut tx).await.unwrap_or_else(|error| {
                                panic!("{error} in {}", queries[index].query);
                            });
                        found.push((index, members.iter().map(|member| member.contact).collect()));
                    }
                    tx.commit(found).await
                });
                selected.extend(found.await.unwrap());
            }
            selected
        })
    });
    let [first, second] = halves;
    let mut selected: Vec<(usize, Vec<ContactId>)> = first.await.unwrap();
    selected.extend(second.await.unwrap());
    selected.sort_unstable();
    assert!(selected.iter().map(|(index, _)| *index).eq(0..queries.len()));
    selected.into_iter().map(|(_, contacts)| contacts).collect()
}

fn audience(drawn: &Drawn, today: NaiveDate) -> Audience {
    Audience {
        targets: Targets::one(named("drawn", drawn)),
        question: Question {
            purpose: Purpose::Marketing,
            unset_means: UnsetMeans::Explicit,
            retention_months: 36,
            today,
            renewal: None,
        },
        channel: Channel::Email,
        organisation: OrganisationId(1),
        topic: TopicId::NONE,
        cap: None,
        holdout: None,
    }
}

fn named(name: &str, drawn: &Drawn) -> Target {
    Target { name: name.to_owned(), written: drawn.query.clone(), checked: drawn.checked.clone() }
}

/// An exclusion leaves in whom the evaluator answers with false, and out whoever is unknown to it.
#[tokio::test(flavor = "multi_thread")]
async fn an_exclusion_leaves_in_whom_the_reference_evaluator_rules_out() {
    let mut generator = Generator::new(seed());
    let generated: Vec<ContactFacts> =
        generator.population(POPULATION).into_iter().map(shape::as_stored).collect();
    let database = Database::fresh().await;
    let silo = database.institution("exclusions").await;
    stored::store(&mut database.owner.connect().await.unwrap(), silo, generator.world(), &generated).await;
    let population = load(&database, silo).await;
    let today = generator.world().today;
    let everybody =
        Query::from_json(r#"{"leaf": "identity", "field": "external_id", "is_present": true}"#).unwrap();
    let everybody = Target::new("everybody", everybody, &generator.world().catalogue).unwrap();
    let (mut unknown, mut ruled_out) = (0, 0);
    for _ in 0..EXCLUSIONS {
        let drawn = generator.query();
        let targets = Targets { targets: vec![everybody.clone()], exclude: vec![named("drawn", &drawn)] };
        let asked = Audience { targets, ..audience(&drawn, today) };
        let listing = database.app.scoped(silo, move |mut tx| async move {
            let members = asked.list(&mut tx).await?;
            tx.commit(members).await
        });
        let members = listing.await.unwrap();
        assert_eq!(members.len(), population.len());
        for (member, facts) in members.iter().zip(&population) {
            let truth = evaluate(&drawn.checked, facts, today);
            assert_eq!(member.blocks.has(Reason::ExcludedTarget), truth != Truth::False, "{}", drawn.query);
            let bits = match truth {
                Truth::False => 0,
                Truth::True => 1,
                Truth::Unknown => 1 << MOST_TARGETS,
            };
            assert_eq!(member.exclusions, bits, "{truth:?} in {}", drawn.query);
            unknown += usize::from(truth == Truth::Unknown);
            ruled_out += usize::from(truth == Truth::False);
        }
    }
    assert!(unknown > 1_000 && ruled_out > 1_000, "{unknown} unknown, {ruled_out} ruled out");
}

fn compare(population: &[ContactFacts], queries: &[Drawn], selected: &[Vec<ContactId>], today: NaiveDate) {
    let mut coverage = Coverage::default();
    let mut splitting = 0;
    for (index, (drawn, found)) in queries.iter().zip(selected).enumerate() {
        let meant: Vec<ContactId> = population
            .iter()
            .filter(|facts| evaluate(&drawn.checked, facts, today) == Truth::True)
            .map(|facts| facts.contact)
            .collect();
        if *found != meant {
            disagree(population, drawn, found, &meant, today);
        }
        splitting += usize::from(!meant.is_empty() && meant.len() < population.len());
        let some = population.iter().cycle().skip(index * EXPLAINED).take(EXPLAINED);
        let explanations: Vec<_> = some.map(|facts| explain(&drawn.checked, facts, today)).collect();
        coverage.add(&drawn.query, &explanations);
    }
    println!("{coverage}");
    println!(
        "{splitting} of {} queries select some of {} contacts and not all",
        queries.len(),
        population.len()
    );
    coverage.assert_every_operator();
    coverage.assert_missing_values();
    assert!(splitting * 10 >= queries.len() * 3, "only {splitting} of {} queries divide", queries.len());
}

/// Fails, with everything that is needed to see why.
fn disagree(
    population: &[ContactFacts],
    drawn: &Drawn,
    found: &[ContactId],
    meant: &[ContactId],
    today: NaiveDate,
) -> ! {
    let differs = |facts: &&ContactFacts| found.contains(&facts.contact) != meant.contains(&facts.contact);
    let contact = population.iter().find(differs);
    let explanation = contact.map(|facts| explain(&drawn.checked, facts, today));
    panic!(
        "SQL selects {}, the evaluator {} of {} contacts on {today} with\n{}\nThe first who differs: {contact:#?}\n{explanation:#?}",
        found.len(),
        meant.len(),
        population.len(),
        drawn.query,
    );
}
