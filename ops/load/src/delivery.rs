//! A message from its claim to its result, beside a bare loop over the mail library that sends as many to the same sink.
//!
//! The measure is CPU per message: user and system time of *all* processes of the product and of its private PostgreSQL and
//! RabbitMQ, from the moment when the dispatcher may begin until every result is recorded. So dispatch, claim, decision,
//! rendering, signature, session, result and whatever the servers do meanwhile count; the launch itself does not, which has a
//! bench of its own ([`crate::freeze`]). The bare side is what [`bare`] says; the sink counts for nobody.
//!
//! Twice: with every message signed by the same signer on both sides, and without signatures on either. Then the memory of
//! the product before a backlog of a million, beside one of ten thousand.

mod bare;
mod launches;
mod memory;
mod spent;
mod stage;

use std::sync::Arc;
use std::time::{Duration, Instant};

use channels::email::DkimSigner;
use serde::Serialize;

use crate::pairs::{Bound, Pairs, Report};
use bare::Bare;
use launches::{Hold, House};
use spent::{Processes, Spent};
use stage::{SELECTOR, SENDER_DOMAIN, Signing, Stage};

const ROUNDS: usize = 5;
/// Messages of one signed round, and of the small backlog.
const SMALL: u32 = 10_000;
/// Of one without signatures, where the rest counts: more than the dispatcher publishes ahead, as in a large launch.
const MIDDLE: u32 = 30_000;
/// A backlog that no process may hold in memory.
const LARGE: u32 = 1_000_000;

/// What is printed.
#[derive(Debug, Serialize)]
struct Figures {
    bench: &'static str,
    signed: Side,
    unsigned: Side,
    memory: Report,
}

/// With or without signatures.
#[derive(Debug, Serialize)]
struct Side {
    cpu: Report,
    /// Messages a second, round by round.
    rate: Pairs,
    /// Of the product's side, round by round: microseconds per message of the product, PostgreSQL and RabbitMQ.
    parts: Vec<[f64; 3]>,
}

/// Runs the bench.
pub async fn run() -> anyhow::Result<()> {
    let mut stage = Stage::set().await?;
    let small = House::of(&mut stage, "small", SMALL).await?;
    let signer = DkimSigner::new(SENDER_DOMAIN, SELECTOR, &stage.signing_key()?)?;
    let port = stage.sink.port();
    let signed = Bare::new(port, Some(signer))?;
    let signed = compare(&mut stage, small, Signing::Product, signed, Bound::AtMost(1.7)).await?;
    let middle = House::of(&mut stage, "middle", MIDDLE).await?;
    let unsigned = Bare::new(port, None)?;
    let unsigned = compare(&mut stage, middle, Signing::Relay, unsigned, Bound::AtMost(3.0)).await?;
    let large = House::of(&mut stage, "large", LARGE).await?;
    let memory = memory::compare(&mut stage, small, large).await?;
    let figures = Figures { bench: "delivery", signed, unsigned, memory };
    println!("{}", serde_json::to_string_pretty(&figures)?);
    figures.signed.cpu.keep_bound()?;
    figures.unsigned.cpu.keep_bound()?;
    figures.memory.keep_bound()
}

async fn compare(
    stage: &mut Stage,
    house: House,
    signing: Signing,
    bare: Bare,
    bound: Bound,
) -> anyhow::Result<Side> {
    let (mut cpu, mut rate, mut parts) = (Pairs::default(), Pairs::default(), Vec::new());
    let bare = Arc::new(bare);
    stage.start(signing).await?;
    // One round before the first that counts, to fill the caches of both sides alike.
    for round in 0..=ROUNDS {
        let (spent, took) = ours(stage, house, &format!("{signing:?} {round}")).await?;
        let (bare_spent, bare_took) = alone(stage, &bare, house).await?;
        if round > 0 {
            cpu.push(per_message(house, spent.total()), per_message(house, bare_spent));
            rate.push(per_second(house, took), per_second(house, bare_took));
            parts.push([spent.product, spent.postgres, spent.rabbitmq].map(|part| per_message(house, part)));
        }
    }
    stage.stop()?;
    let (bench, whose) = match signing {
        Signing::Product => ("delivery: signed", "signed"),
        Signing::Relay => ("delivery: unsigned", "unsigned"),
    };
    let unit = format!("microseconds of CPU per {whose} message, {} messages a round", house.people);
    Ok(Side { cpu: cpu.report(bench, unit, bound), rate, parts })
}

/// One launch to everybody, from dispatch to the last result.
async fn ours(stage: &mut Stage, house: House, key: &str) -> anyhow::Result<(Spent, Duration)> {
    let hold = Hold::of(stage).await?;
    let launch = house.launch(stage, key)?;
    let (taken, before) = (stage.sink.taken()?, stage.spent()?);
    let start = Instant::now();
    hold.release().await?;
    launch.done(stage).await?;
    let (took, spent) = (start.elapsed(), stage.spent()? - before);
    sent(stage, taken, house)?;
    Ok((spent, took))
}

/// As many messages by the bare loop, which runs in this process.
async fn alone(stage: &mut Stage, bare: &Arc<Bare>, house: House) -> anyhow::Result<(Duration, Duration)> {
    let taken = stage.sink.taken()?;
    let here = std::process::id();
    let before = Processes::now()?.alone(here);
    let start = Instant::now();
    bare.send(house.people as usize).await?;
    let (took, spent) = (start.elapsed(), Processes::now()?.alone(here) - before);
    sent(stage, taken, house)?;
    Ok((spent, took))
}

fn sent(stage: &mut Stage, before: u64, house: House) -> anyhow::Result<()> {
    let sent = stage.sink.taken()? - before;
    anyhow::ensure!(sent == u64::from(house.people), "the sink took {sent} messages");
    Ok(())
}

fn per_message(house: House, spent: Duration) -> f64 {
    (spent.as_secs_f64() * 1e6 / f64::from(house.people)).round()
}

fn per_second(house: House, took: Duration) -> f64 {
    (f64::from(house.people) / took.as_secs_f64()).round()
}
