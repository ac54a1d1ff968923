//! Messages that are made and wait for a session, the oldest first.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::compose::Letter;

/// A message that no session took for so long after its claim is given back: the claim would be too old at the dot, and
/// as long as it is open no refusal of its recipient is settled (G1).
pub(super) const BEGIN_WITHIN: Duration = Duration::from_secs(4);

#[derive(Default)]
pub(super) struct Ready {
    letters: Mutex<VecDeque<Letter>>,
    more: Notify,
}

impl Ready {
    pub(super) fn push(&self, letter: Letter) {
        self.letters().push_back(letter);
        self.more.notify_one();
    }

    /// The next message, as soon as there is one. Dropping the future loses nothing.
    pub(super) async fn pop(&self) -> Letter {
        loop {
            if let Some(letter) = self.letters().pop_front() {
                return letter;
            }
            self.more.notified().await;
        }
    }

    /// Takes out what waited too long.
    pub(super) fn too_old(&self) -> Vec<Letter> {
        let mut letters = self.letters();
        let (old, young) =
            letters.drain(..).partition(|letter: &Letter| letter.ticket.asked.elapsed() > BEGIN_WITHIN);
        *letters = young;
        let old: VecDeque<Letter> = old;
        old.into()
    }

    fn letters(&self) -> MutexGuard<'_, VecDeque<Letter>> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
