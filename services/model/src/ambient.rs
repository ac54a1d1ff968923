//! The two things a program takes from the world without asking, time and chance, as arguments.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The machine clock of this process.
///
/// Lawful questions (what day is it, has a consent expired) use the *business clock*, which a transaction of `store`
/// reads from the database; this clock serves time stamps of local spools and measurements only.
pub trait Clock: Send + Sync {
    /// The instant, now.
    fn now(&self) -> DateTime<Utc>;
}

/// Where random bytes come from.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with unpredictable values.
    fn fill(&self, bytes: &mut [u8]);

    /// A random (version 4) uuid.
    fn uuid(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}
