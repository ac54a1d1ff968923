//! The last permission before the wire, shared by a session and its stream.
//!
//! The mail library writes body and dot without a seam. So the permission for the dot is given between two writes, and
//! the stream looks at it in each: it refuses for good once the deadline has passed and no octet of the dot is out.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

#[derive(Debug, Default)]
struct State {
    /// Set while the dot may be written, until its reply is read: since when, and by when it must be begun.
    dot: Option<(Instant, Instant)>,
    /// Octets written since the permission.
    written: usize,
    /// Nothing may be written any more.
    shut: bool,
    /// Reading goes octet by octet, so that nothing is read ahead.
    careful: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Gate(Mutex<State>);

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What follows is the dot, and its first octet must be out before `deadline`.
    pub(crate) fn allow_dot(&self, deadline: Instant) {
        let mut state = self.state();
        (state.dot, state.written) = (Some((Instant::now(), deadline)), 0);
    }

    /// The dot is answered.
    pub(crate) fn dot_is_over(&self) {
        self.state().dot = None;
    }

    /// Nothing may be written from now on, not even by what closes the connection.
    pub(crate) fn shut(&self) {
        self.state().shut = true;
    }

    pub(crate) fn is_shut(&self) -> bool {
        self.state().shut
    }

    /// When the permission for the dot was given; `None` before that and after its reply.
    pub(crate) fn dot_allowed_at(&self) -> Option<Instant> {
        self.state().dot.map(|(since, _)| since)
    }

    /// Whether the next octet is the first of the dot.
    pub(crate) fn dot_comes_next(&self) -> bool {
        let state = self.state();
        state.dot.is_some() && state.written == 0
    }

    /// Whether any octet of the dot is out.
    pub(crate) fn dot_may_be_out(&self) -> bool {
        let state = self.state();
        state.dot.is_some() && state.written > 0
    }

    /// Whether a write may go on at `now`; a refusal is for good.
    pub(crate) fn admits_write(&self, now: Instant) -> bool {
        let mut state = self.state();
        let too_late = state.written == 0 && state.dot.is_some_and(|(_, deadline)| now >= deadline);
        state.shut |= too_late;
        !state.shut
    }

    /// So many octets are out.
    pub(crate) fn wrote(&self, octets: usize) {
        let mut state = self.state();
        if state.dot.is_some() {
            state.written += octets;
        }
    }

    pub(crate) fn read_carefully(&self, careful: bool) {
        self.state().careful = careful;
    }

    pub(crate) fn reads_carefully(&self) -> bool {
        self.state().careful
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_dot_has_a_deadline_and_a_refusal_is_for_good() {
        let (gate, now) = (Gate::default(), Instant::now());
        assert!(gate.admits_write(now) && !gate.dot_may_be_out());
        gate.wrote(100);
        gate.allow_dot(now + Duration::from_secs(1));
        assert!(gate.admits_write(now) && !gate.dot_may_be_out(), "the body does not count as dot");
        assert!(!gate.admits_write(now + Duration::from_secs(1)));
        gate.dot_is_over();
        assert!(!gate.admits_write(now), "not even what closes the connection");
    }

    #[test]
    fn a_dot_that_has_begun_may_be_finished() {
        let (gate, now) = (Gate::default(), Instant::now());
        gate.allow_dot(now + Duration::from_secs(1));
        gate.wrote(2);
        assert!(gate.admits_write(now + Duration::from_secs(2)) && gate.dot_may_be_out());
        gate.dot_is_over();
        assert!(!gate.dot_may_be_out() && gate.admits_write(now + Duration::from_secs(3)));
    }
}
