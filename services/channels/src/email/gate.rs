//! The last permission before the wire, shared by a session and its stream.
//!
//! Body and dot go out together, in as many writes as the system takes them. The stream looks here before each: nothing of
//! them is written once the deadline has passed, and what was written is counted.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Body and dot on their way.
#[derive(Debug)]
struct Content {
    /// Octets in front of the dot. Encryption only adds to them, so with fewer out, nothing of the dot is.
    body: usize,
    /// Nothing is written from then on.
    deadline: Instant,
    /// Octets that are out.
    written: usize,
}

#[derive(Debug, Default)]
struct State {
    /// From the permission for the dot to the reply.
    content: Option<Content>,
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

    /// What follows is a body of so many octets and the dot, which must be out before `deadline`.
    pub(crate) fn allow_dot(&self, body: usize, deadline: Instant) {
        self.state().content = Some(Content { body, deadline, written: 0 });
    }

    /// The dot is answered.
    pub(crate) fn dot_is_over(&self) {
        self.state().content = None;
    }

    /// Nothing may be written from now on, not even by what closes the connection.
    pub(crate) fn shut(&self) {
        self.state().shut = true;
    }

    pub(crate) fn is_shut(&self) -> bool {
        self.state().shut
    }

    /// Whether the dot follows, and nothing of it is out yet.
    pub(crate) fn dot_is_to_come(&self) -> bool {
        self.state().content.as_ref().is_some_and(|content| content.written <= content.body)
    }

    /// Whether any octet of the dot may be out.
    pub(crate) fn dot_may_be_out(&self) -> bool {
        self.state().content.as_ref().is_some_and(|content| content.written > content.body)
    }

    /// Whether a write may go on at `now`; a refusal is for good.
    pub(crate) fn admits_write(&self, now: Instant) -> bool {
        let mut state = self.state();
        state.shut |= state.content.as_ref().is_some_and(|content| now >= content.deadline);
        !state.shut
    }

    /// So many octets are out.
    pub(crate) fn wrote(&self, octets: usize) {
        if let Some(content) = &mut self.state().content {
            content.written += octets;
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
        gate.wrote(100);
        gate.allow_dot(10, now + Duration::from_secs(1));
        assert!(gate.admits_write(now) && gate.dot_is_to_come() && !gate.dot_may_be_out());
        gate.wrote(10);
        assert!(gate.admits_write(now) && gate.dot_is_to_come() && !gate.dot_may_be_out(), "only the body");
        assert!(!gate.admits_write(now + Duration::from_secs(1)));
        gate.dot_is_over();
        assert!(!gate.admits_write(now), "not even what closes the connection");
    }

    #[test]
    fn one_octet_more_than_the_body_may_be_the_dot() {
        let (gate, now) = (Gate::default(), Instant::now());
        gate.allow_dot(10, now + Duration::from_secs(1));
        gate.wrote(11);
        assert!(!gate.dot_is_to_come() && gate.dot_may_be_out() && gate.admits_write(now));
        gate.dot_is_over();
        assert!(!gate.dot_may_be_out() && gate.admits_write(now + Duration::from_secs(3)));
    }
}
