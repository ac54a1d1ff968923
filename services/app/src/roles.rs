//! The roles: what runs until it is told to stop, in one process or in several.
//!
//! A [`House`] is what all of them stand on. Each role is one file that starts its tasks and returns; stopping is one token,
//! and every task ends by itself after it.

mod house;
mod failure;
mod schedule;
mod work;
mod track;

use anyhow::Context as _;
use tokio_util::task::TaskTracker;

use crate::lifecycle;
use crate::say::say;
use crate::settings::Settings;

pub use failure::Failure;
pub use house::{House, host};

/// A role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Claims, renders, signs and sends; takes over hits.
    Work,
    /// Dispatches, sweeps, reconciles, judges, settles and seals.
    Schedule,
    /// Tracked links and refusals.
    Track,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Schedule, Self::Work, Self::Track];

    const fn word(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Schedule => "schedule",
            Self::Track => "track",
        }
    }
}

/// Runs roles in this process until a signal, then lets them finish.
///
/// # Errors
/// Within five seconds when something that a role needs is not there: one sentence that says what. Later, what a role could not
/// go on after.
pub async fn run(settings: &Settings, roles: &[Role]) -> anyhow::Result<()> {
    let stop = lifecycle::stop_token()?;
    let house = House::open(settings, roles, &stop).await?;
    let tasks = TaskTracker::new();
    let started = start_all(roles, &house, &tasks).await;
    if started.is_err() {
        // What did start signs off like in any other stop: nobody has to take anything over from this process.
        stop.cancel();
    }
    tasks.close();
    stop.cancelled().await;
    tasks.wait().await;
    house.close().await;
    started.and(house.failure.outcome())
}

async fn start_all(roles: &[Role], house: &House, tasks: &TaskTracker) -> anyhow::Result<()> {
    for role in roles {
        start(*role, house, tasks).await.with_context(|| format!("role {}", role.word()))?;
    }
    let names: Vec<&str> = roles.iter().map(|role| role.word()).collect();
    say!("ready: {}", names.join(", "))?;
    Ok(())
}

/// Starts one role on the tasks; returns when it is ready for work.
///
/// # Errors
/// When the role cannot start.
pub async fn start(role: Role, house: &House, tasks: &TaskTracker) -> anyhow::Result<()> {
    match role {
        Role::Work => work::start(house, tasks).await,
        Role::Schedule => schedule::start(house, tasks),
        Role::Track => track::start(house, tasks).await,
    }
}
