//! Threads that make messages: rendering and signing take most of the time of a message, and on the threads of the
//! sessions they would keep heartbeats and replies waiting.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use chrono::{DateTime, Utc};
use crossbeam_channel::{Receiver, Sender, unbounded};
use model::reply::Fault;
use store::claim::Claimed;
use store::result::{Ending, Report};

use super::compose::{Ticket, Unmade, compose};
use super::occasions::Recipe;
use super::ready::{BEGIN_WITHIN, Ready};
use super::recorder::Ended;
use super::{LaneSettings, Shared};

/// One message to make.
pub(super) struct Job {
    pub(super) ticket: Ticket,
    pub(super) claimed: Claimed,
    pub(super) recipe: Recipe,
    /// The business clock at the claim.
    pub(super) now: DateTime<Utc>,
}

pub(super) struct Press {
    /// `None` once it is closed.
    jobs: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Press {
    /// Starts the threads; what they make goes to `ready`.
    pub(super) fn start(
        shared: &Arc<Shared>,
        ready: &Arc<Ready>,
        settings: LaneSettings,
    ) -> io::Result<Self> {
        let (jobs, waiting) = unbounded();
        let threads = (0..settings.threads.get())
            .map(|number| {
                let (shared, ready, waiting) =
                    (Arc::clone(shared), Arc::clone(ready), Receiver::clone(&waiting));
                Builder::new()
                    .name(format!("press-{}-{number}", settings.lane))
                    .spawn(move || work(&shared, &ready, &waiting))
            })
            .collect::<io::Result<_>>()?;
        Ok(Self { jobs: Some(jobs), threads })
    }

    /// Makes the message some time soon. The threads end only after [`Self::close`], so they take it.
    pub(super) fn submit(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // Fails only when every thread has panicked outside of its work; the lease is then released by its age.
            let _ = jobs.send(job);
        }
    }

    /// Waits until everything is made.
    pub(super) fn close(mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn work(shared: &Shared, ready: &Ready, waiting: &Receiver<Job>) {
    for job in waiting {
        make(shared, ready, job);
    }
}

fn make(shared: &Shared, ready: &Ready, job: Job) {
    let Job { ticket, claimed, recipe, now } = job;
    if ticket.asked.elapsed() > BEGIN_WITHIN {
        return unmade(shared, ticket, Unmade::NotNow);
    }
    let recipe = match recipe {
        Recipe::Ready(recipe) => recipe,
        Recipe::Hopeless(_) => return unmade(shared, ticket, Unmade::Never(Fault::Content)),
    };
    let signer = shared.parts.signer.as_deref();
    // A template that panics fails its message, once, and no other one.
    let made = catch_unwind(AssertUnwindSafe(|| compose(&recipe, ticket.clone(), &claimed, now, signer)));
    match made {
        Ok(Ok(letter)) => ready.push(letter),
        Ok(Err(why)) => unmade(shared, ticket, why),
        Err(_panic) => {
            tracing::error!(launch.id = %ticket.lease.occurrence, contact.id = %ticket.lease.contact, "send.panic");
            unmade(shared, ticket, Unmade::Never(Fault::Content));
        }
    }
}

/// A message that can never be made has failed and is not tried again (delivery 2.12).
fn unmade(shared: &Shared, ticket: Ticket, why: Unmade) {
    let report = match why {
        Unmade::NotNow => Report::without_reply(ticket.lease, Ending::Released, shared.chance()),
        Unmade::Never(fault) => Report {
            fault: Some(fault),
            address_invalid: fault == Fault::Recipient,
            ..Report::without_reply(ticket.lease, Ending::Failed, 0)
        },
    };
    shared.recorder.submit(Ended { ticket, report: Some(report), mark: None });
}
