//! The worker's part in the dialogue: may the dot be written, and what was written (delivery 2.4).

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use channels::email::{Delivery, DotRefused, Wire};
use model::reply::Outcome;
use spool::journal::{AttemptKey, DotMark, FinalReply};
use store::claim::Again;

use super::Shared;
use super::compose::Ticket;
use crate::failpoint::failpoint;

/// A claim is good for so long: later no dot may be begun (delivery G1).
const GOOD_FOR: Duration = Duration::from_secs(5);
/// A claim as old as this is decided again before its dot.
const AGAIN_AFTER: Duration = Duration::from_secs(4);
/// A dialogue that has not come to its dot by then is broken off, so that a refusal is settled within 15 s.
const BROKEN_OFF_AFTER: Duration = Duration::from_secs(13);

/// How far a message is. Shared with whoever watches the time, who cannot touch the wire meanwhile.
pub(super) struct Progress(Mutex<State>);

struct State {
    /// When the last authorisation was asked for.
    authorised: Instant,
    dotted: bool,
}

impl Progress {
    pub(super) fn of(ticket: &Ticket) -> Self {
        Self(Mutex::new(State { authorised: ticket.asked, dotted: false }))
    }

    /// Returns when the message has not come to its dot in time; never once it has.
    pub(super) async fn overdue(&self) {
        loop {
            let limit = {
                let state = self.state();
                if state.dotted { None } else { Some(state.authorised + BROKEN_OFF_AFTER) }
            };
            match limit {
                None => std::future::pending().await,
                Some(limit) if limit <= Instant::now() => return,
                Some(limit) => tokio::time::sleep_until(limit.into()).await,
            }
        }
    }

    fn authorised(&self) -> Instant {
        self.state().authorised
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One message's wire.
pub(super) struct SendWire<'a> {
    shared: &'a Shared,
    ticket: &'a Ticket,
    key: AttemptKey,
    progress: &'a Progress,
    /// The *D* of this attempt.
    pub(super) mark: Option<DotMark>,
    /// The attempt was ended when it was decided again: there is nothing to report.
    pub(super) ended: bool,
}

impl<'a> SendWire<'a> {
    pub(super) fn new(shared: &'a Shared, ticket: &'a Ticket, progress: &'a Progress) -> Self {
        Self { shared, ticket, key: ticket.journal_key(), progress, mark: None, ended: false }
    }
}

impl Wire for SendWire<'_> {
    async fn still_authorised(&mut self) -> bool {
        if self.progress.authorised().elapsed() <= AGAIN_AFTER {
            return true;
        }
        let asked = Instant::now();
        match self.shared.parts.store.reauthorise(self.ticket.institution, self.ticket.lease).await {
            Ok(Again::Authorised) => {
                self.progress.state().authorised = asked;
                true
            }
            Ok(Again::Ended(_) | Again::HandedBack | Again::Lost) => {
                self.ended = true;
                false
            }
            Err(error) => {
                tracing::warn!(%error, launch.id = %self.ticket.lease.occurrence, "send.not_authorised_again");
                false
            }
        }
    }

    fn before_dot(&mut self) -> Result<Instant, DotRefused> {
        let deadline = self.progress.authorised() + GOOD_FOR;
        if Instant::now() >= deadline {
            return Err(DotRefused::ClaimExpired);
        }
        failpoint!("wire.before_dot");
        match self.shared.journal.dot(&self.key) {
            Ok(mark) => self.mark = Some(mark),
            Err(error) => {
                tracing::error!(%error, "send.journal_broken");
                self.shared.health.break_journal();
                return Err(DotRefused::NotRecorded);
            }
        }
        self.progress.state().dotted = true;
        Ok(deadline)
    }

    fn after_dot(&mut self, end: &Delivery) {
        failpoint!("wire.after_dot");
        let reply = match end {
            Delivery::Accepted(reply) | Delivery::Deferred(reply) | Delivery::Failed(reply) => {
                FinalReply { code: reply.code, enhanced: reply.enhanced, outcome: reply.class.outcome }
            }
            // The dot was withheld after all: whoever replays the journal may try the message again.
            Delivery::NothingSent(_) => FinalReply { code: 0, enhanced: None, outcome: Outcome::Deferred },
            Delivery::Unknown(_) => return,
        };
        if let Err(error) = self.shared.journal.reply(&self.key, &reply) {
            tracing::error!(%error, "send.journal_broken");
            self.shared.health.break_journal();
        }
    }
}
