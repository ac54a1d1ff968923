//! The memory of the product before a small backlog and before a large one: the backlog is the database's.

use super::launches::House;
use super::stage::{Signing, Stage, glance};
use crate::pairs::{Bound, Pairs, Report};

/// Messages sent when the memory is read: enough to have had every buffer in use.
const SENT: u64 = 8_000;
const BOUND: Bound = Bound::AtMost(1.2);

/// Reads, for either backlog in processes of their own, the most memory that they have had when as many messages are sent.
pub async fn compare(stage: &mut Stage, small: House, large: House) -> anyhow::Result<Report> {
    let mut pairs = Pairs::default();
    let key = "memory";
    let bare = peak(stage, small, key).await?;
    pairs.push(peak(stage, large, key).await?, bare);
    let unit = format!(
        "KiB of VmHWM of all roles after {SENT} messages, with a backlog of {} (ours) and of {} (bare)",
        large.people, small.people
    );
    Ok(pairs.report("delivery: memory", unit, BOUND))
}

async fn peak(stage: &mut Stage, house: House, key: &str) -> anyhow::Result<f64> {
    let launch = house.launch(stage, key)?;
    let before = stage.sink.taken()?;
    stage.start(Signing::Product).await?;
    while stage.sink.taken()? < before + SENT {
        glance().await;
    }
    let peak: u64 = stage.peaks()?.iter().sum();
    launch.cancel(stage).await?;
    stage.stop()?;
    Ok(peak as f64)
}
