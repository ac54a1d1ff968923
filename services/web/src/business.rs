//! The business clock of a process that must know the time without the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use model::ambient::Clock;

/// The machine clock and the last known offset (delivery A.7).
pub(crate) struct BusinessClock {
    machine: Arc<dyn Clock>,
    offset_us: AtomicI64,
}

impl BusinessClock {
    pub(crate) fn new(machine: Arc<dyn Clock>, offset: TimeDelta) -> Self {
        Self { machine, offset_us: AtomicI64::new(microseconds(offset)) }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        let offset = TimeDelta::microseconds(self.offset_us.load(Ordering::Relaxed));
        let now = self.machine.now();
        now.checked_add_signed(offset).unwrap_or(now)
    }

    /// Takes over what the database says; whether that is news.
    pub(crate) fn learn(&self, offset: TimeDelta) -> bool {
        let offset_us = microseconds(offset);
        self.offset_us.swap(offset_us, Ordering::Relaxed) != offset_us
    }
}

fn microseconds(offset: TimeDelta) -> i64 {
    offset.num_microseconds().unwrap_or(0)
}
