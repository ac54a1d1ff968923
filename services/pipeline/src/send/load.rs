//! What a lane has under way, and what it could take.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::pace::Pace;

#[derive(Default)]
struct State {
    /// Rows that the claimer would like to take.
    waiting: usize,
    /// Open sessions.
    open: usize,
    /// Claims without a recorded end.
    under_way: usize,
    pace: Pace,
}

#[derive(Default)]
pub(super) struct Load {
    state: Mutex<State>,
    changed: Notify,
}

impl Load {
    /// Waits until some of `rows` could be under way, and says how many: not the first free place but half of all, so that
    /// claims stay batches. Asks for sessions when there are none.
    pub(super) async fn room(&self, rows: usize) -> usize {
        self.waits(rows);
        self.when(|state| state.room(rows)).await
    }

    /// So many rows wait to be claimed. Without any, sessions may close when they have nothing to do.
    pub(super) fn waits(&self, rows: usize) {
        self.state().waiting = rows;
        self.changed.notify_waiters();
    }

    /// Waits until there is work for a session of this number, counted from 0.
    pub(super) async fn wanted(&self, session: usize) {
        self.when(|state| (state.waiting + state.under_way > session).then_some(())).await;
    }

    pub(super) fn opened(&self) {
        self.state().open += 1;
        self.changed.notify_waiters();
    }

    pub(super) fn closed(&self) {
        self.state().open -= 1;
        self.changed.notify_waiters();
    }

    pub(super) fn took(&self, claims: usize) {
        self.state().under_way += claims;
    }

    /// The result of a claim is recorded, so long after the claim was asked for.
    pub(super) fn ended(&self, age: Duration) {
        {
            let mut state = self.state();
            state.under_way -= 1;
            let open = state.open;
            state.pace.ended(age, open);
        }
        self.changed.notify_waiters();
    }

    /// Waits until nothing is under way.
    pub(super) async fn idle(&self) {
        self.when(|state| (state.under_way == 0).then_some(())).await;
    }

    async fn when<T>(&self, mut ready: impl FnMut(&mut State) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // From here on no change is missed.
            changed.as_mut().enable();
            if let Some(found) = ready(&mut self.state()) {
                return found;
            }
            changed.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn room(&mut self, rows: usize) -> Option<usize> {
        let limit = self.pace.limit(self.open);
        let free = limit.saturating_sub(self.under_way);
        if limit > 0 && free >= limit.div_ceil(2).min(rows) {
            return Some(free.min(rows));
        }
        if limit > 0 {
            self.pace.full();
        }
        None
    }
}
