//! Whether following a link may be recorded for one contact (TR-24, TR-25).

use crate::vocabulary::ClickTracking;

/// Whether clicks may be recorded: `refused` when a no at any scope covers the message, `granted` when a yes that stands does. No
/// answer to another question speaks for this one. `services/store/src/hit/take.sql` states the same rule over rows.
#[must_use]
pub const fn may_track(policy: ClickTracking, refused: bool, granted: bool) -> bool {
    match policy {
        ClickTracking::UnlessRefused => !refused,
        ClickTracking::OnlyIfGranted => granted && !refused,
        ClickTracking::Off => false,
    }
}
