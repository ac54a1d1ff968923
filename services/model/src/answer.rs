//! How a contact's answers to one question combine into the current one (design, sections 2 and 5).
//!
//! The result does not depend on the order in which the records arrived. `store/src/gate/project_answers.sql` states the
//! same rule over rows.

use chrono::{DateTime, Utc};

use crate::vocabulary::{Answer, Proof};

/// One record of the evidence log, as far as the combination needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// The answer given.
    pub answer: Answer,
    /// What stands behind it.
    pub proof: Proof,
    /// When the person gave it; for a snapshot, when the snapshot was taken.
    pub happened_at: DateTime<Utc>,
}

/// The current answer.
///
/// A no stands until a *proven* yes that happened later; at the same instant the no wins. An effective yes stands until a later
/// no, or an unset that is not older: an unset can only restrict. A claimed yes grants nothing (LA-26).
#[must_use]
pub fn current(records: &[Record]) -> Answer {
    let latest = |wanted: &dyn Fn(&Record) -> bool| {
        records.iter().filter(|record| wanted(record)).map(|record| record.happened_at).max()
    };
    let no = latest(&|record| record.answer == Answer::No);
    let proven = latest(&|record| record.answer == Answer::Yes && record.proof == Proof::Proven);
    let yes = latest(&|record| record.answer == Answer::Yes && record.proof != Proof::Claim);
    let unset = latest(&|record| record.answer == Answer::Unset);
    if no.is_some() && no >= proven {
        Answer::No
    } else if yes.is_some() && yes > unset {
        Answer::Yes
    } else {
        Answer::Unset
    }
}
