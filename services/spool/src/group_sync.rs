//! One fsync for everybody who waits: the first caller leads, the others are carried.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::Offset;

/// How far the disk is known to hold the spool.
#[derive(Debug)]
pub struct GroupSync {
    progress: Mutex<Progress>,
    changed: Condvar,
}

#[derive(Debug)]
struct Progress {
    durable: Offset,
    leading: bool,
    failed: bool,
}

/// An fsync failed: what the disk holds is not known, and a second fsync would not tell (the kernel may have dropped the
/// pages).
#[derive(Debug)]
pub struct SyncFailed;

impl GroupSync {
    /// Everything before `durable` is on disk.
    pub fn new(durable: Offset) -> Self {
        Self {
            progress: Mutex::new(Progress { durable, leading: false, failed: false }),
            changed: Condvar::new(),
        }
    }

    /// Everything before this is on disk.
    pub fn durable(&self) -> Offset {
        self.lock().durable
    }

    /// Returns when everything before `upto` is on disk. `sync` makes all that was written so far durable and says
    /// how far that is; it runs once for all who wait.
    pub fn wait(&self, upto: Offset, sync: impl FnOnce() -> Option<Offset>) -> Result<(), SyncFailed> {
        let mut progress = self.lock();
        // A sync that began before our write may not cover it, hence as many rounds as it takes.
        while progress.leading && progress.durable < upto && !progress.failed {
            progress = self.changed.wait(progress).unwrap_or_else(PoisonError::into_inner);
        }
        if progress.failed {
            return Err(SyncFailed);
        }
        if progress.durable >= upto {
            return Ok(());
        }
        progress.leading = true;
        drop(progress);
        let reached = sync();
        let mut progress = self.lock();
        progress.leading = false;
        match reached {
            Some(end) => progress.durable = progress.durable.max(end),
            None => progress.failed = true,
        }
        self.changed.notify_all();
        reached.map(|_| ()).ok_or(SyncFailed)
    }

    /// No update of `Progress` is left half done by a panic, so a poisoned lock is a usable one.
    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    /// Who comes while the leader syncs waits for one more sync, and all of them share it.
    #[test]
    fn those_who_wait_share_one_sync() {
        const FOLLOWERS: u64 = 8;
        let group = GroupSync::new(Offset(0));
        let written = AtomicU64::new(1);
        let syncs = AtomicU64::new(0);
        let (entered, leader_syncs) = mpsc::channel();
        let (release, go_on) = mpsc::channel::<()>();
        thread::scope(|scope| {
            let group = &group;
            let (written, syncs) = (&written, &syncs);
            scope.spawn(move || {
                group.wait(Offset(1), || {
                    let end = written.load(Ordering::SeqCst);
                    entered.send(()).unwrap();
                    go_on.recv().unwrap();
                    Some(Offset(end))
                })
            });
            leader_syncs.recv().unwrap();
            let end = written.fetch_add(FOLLOWERS, Ordering::SeqCst) + FOLLOWERS;
            let followers: Vec<_> = (2..=end)
                .map(|upto| {
                    scope.spawn(move || {
                        group.wait(Offset(upto), || {
                            syncs.fetch_add(1, Ordering::SeqCst);
                            Some(Offset(written.load(Ordering::SeqCst)))
                        })
                    })
                })
                .collect();
            release.send(()).unwrap();
            for follower in followers {
                follower.join().unwrap().unwrap();
            }
        });
        assert_eq!(syncs.into_inner(), 1);
        assert_eq!(group.durable(), Offset(9));
    }

    #[test]
    fn a_failed_sync_fails_everybody_from_then_on() {
        let group = GroupSync::new(Offset(5));
        assert!(group.wait(Offset(5), || None).is_ok());
        assert!(group.wait(Offset(6), || None).is_err());
        assert!(group.wait(Offset(6), || Some(Offset(6))).is_err());
        assert_eq!(group.durable(), Offset(5));
    }
}
