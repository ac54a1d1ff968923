//! A simulated person, and a simulated scanner of a mail gateway.

use std::time::Duration;

use anyhow::Context as _;
use model::ids::{ContactId, OccurrenceId};
use model::token::{CLICK_PATH, Token, TokenKeys};
use servers::sink::Captured;
use store::launch::{Clicks, clicks};

use super::{PUBLIC_URL, QUARANTINE, Stage, UNTIL_SOMEBODY_READS, recency};
use crate::demo::{http, mail};
use crate::say::say;

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// What came of the hits.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Hits judged to be a person's.
    pub clicked_human: i64,
    /// Hits judged to be a machine's.
    pub hits_machine: i64,
    /// Contacts whose recency moved.
    pub recency_moved: u64,
}

/// One person clicks on one link, one scanner fetches a whole message twice; then the verdicts are waited for.
///
/// # Errors
/// When a link does not lead where it should.
pub async fn read_and_click(stage: &Stage, occurrence: OccurrenceId) -> anyhow::Result<Reading> {
    let (person, scanned) = stage.sink.look(|state| {
        let mut taken: Vec<&Captured> = state.accepted.iter().collect();
        // The order of acceptance is chance, the order of recipients is not.
        taken.sort_by(|a, b| a.to.cmp(&b.to));
        (taken.first().copied().cloned(), taken.last().copied().cloned())
    });
    let (person, scanned) = (person.context("a captured message")?, scanned.context("a captured message")?);
    show(&person)?;
    let (reader, machine) = (recipient(stage, &person)?, recipient(stage, &scanned)?);
    let before = (recency(stage, reader).await?, recency(stage, machine).await?);

    let machine_hits = scan(stage, &scanned).await?;
    stage.pass_time(UNTIL_SOMEBODY_READS).await?;
    let link = tracked(&person).into_iter().next().context("a tracked link in the message")?;
    let answer = http::get(stage.house.tracker.listen, &link, BROWSER).await?;
    anyhow::ensure!(answer.status == 302, "a tracked link answered {} instead of 302", answer.status);
    let target = answer.header("location").context("a place to go to")?;
    say!("   the person is led to {target}")?;
    wait_for(stage, occurrence, |seen| seen.hits == machine_hits + 1).await?;
    stage.pass_time(QUARANTINE).await?;
    let seen = wait_for(stage, occurrence, |seen| seen.pending == 0).await?;

    let after = (recency(stage, reader).await?, recency(stage, machine).await?);
    say!("   the person's recency: {} → {}", day(before.0), day(after.0))?;
    say!("   the scanned contact's: {} → {}", day(before.1), day(after.1))?;
    let moved = u64::from(before.0 != after.0) + u64::from(before.1 != after.1);
    Ok(Reading { clicked_human: seen.human, hits_machine: seen.machine, recency_moved: moved })
}

fn show(message: &Captured) -> anyhow::Result<()> {
    say!("   one of the captured messages, as text:")?;
    for line in mail::text_part(message).lines().take(8) {
        say!("   | {}", line.trim_end())?;
    }
    Ok(())
}

/// Fetches every address of the message twice, as security gateways do; returns how many hits on tracked links that makes.
async fn scan(stage: &Stage, message: &Captured) -> anyhow::Result<i64> {
    let mut hits = 0;
    for _ in 0..2 {
        for link in mail::links(&mail::text_part(message)) {
            // The links of this house only: the scanner does not leave this machine.
            if link.starts_with(PUBLIC_URL) {
                http::get(stage.house.tracker.listen, &link, BROWSER).await?;
                hits += i64::from(link.contains(CLICK_PATH));
            }
        }
    }
    Ok(hits)
}

fn tracked(message: &Captured) -> Vec<String> {
    mail::links(&mail::text_part(message)).into_iter().filter(|link| link.contains(CLICK_PATH)).collect()
}

/// Whose message it is: the Message-ID is a sealed token.
fn recipient(stage: &Stage, message: &Captured) -> anyhow::Result<ContactId> {
    let id = message.message_id.as_deref().context("a Message-ID")?;
    let keys = TokenKeys::new(stage.house.keys.token.clone());
    let token =
        Token::from_message_id(id.trim_matches(['<', '>']), &keys).ok().context("a Message-ID of ours")?;
    Ok(token.contact)
}

async fn wait_for(
    stage: &Stage,
    occurrence: OccurrenceId,
    enough: impl Fn(&Clicks) -> bool,
) -> anyhow::Result<Clicks> {
    loop {
        let seen = stage
            .house
            .app
            .scoped(stage.silo, move |mut tx| async move {
                let seen = clicks(&mut tx, occurrence).await?;
                tx.commit(seen).await
            })
            .await?;
        if enough(&seen) {
            return Ok(seen);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn day(recency: Option<chrono::NaiveDate>) -> String {
    recency.map_or_else(|| "unknown".to_owned(), |day| day.to_string())
}
