//! Role `schedule`: the loops that find work by looking, and repair what others left.

use std::sync::Arc;
use std::time::Duration;

use pipeline::dispatch::{DispatchSettings, Dispatcher};
use pipeline::judge::Judge;
use pipeline::keep::Keeper;
use pipeline::score::Scorer;
use tokio_util::task::TaskTracker;

use super::House;

/// Seconds of work that the broker holds ahead of the workers.
const WINDOW_SECONDS: usize = 4;

/// Starts dispatcher, judge, keeper and scorer.
///
/// # Errors
/// When the dispatcher's store is missing.
pub fn start(house: &House, tasks: &TaskTracker) -> anyhow::Result<()> {
    let tick = Duration::from_millis(house.schedule.tick_ms);
    let settings = DispatchSettings {
        tick,
        window: (WINDOW_SECONDS * house.relay.rate_per_second as usize).clamp(200, 20_000),
        republish_after: Duration::from_secs(u64::from(house.schedule.republish_after_s)),
    };
    let publisher = house.port.publisher(house.stop.clone());
    let dispatcher = Dispatcher::new(house.dispatcher()?, publisher, Arc::clone(&house.entropy), settings);
    tasks.spawn(dispatcher.run(house.stop.clone()));
    tasks.spawn(Judge::new(house.app.clone()).run(tick, house.stop.clone()));
    let keeper = Keeper::new(house.app.clone(), house.dispatcher()?, Arc::clone(&house.entropy));
    tasks.spawn(keeper.run(tick, house.stop.clone()));
    tasks.spawn(Scorer::new(house.app.clone()).run(house.stop.clone()));
    Ok(())
}
