//! Who may be contacted: one pure function, [`decide()`], and the bits it speaks in.
//!
//! Every reason for leaving a contact out is one bit of [`Blocks`]; the first that the purpose minds, in the order in which the
//! rules are asked, is *the* reason, the others are kept as secondary. The same bits are stored in the gate, in the ledger and
//! in the statement that decides a whole audience at once, so that an audience is an exact partition.
//!
//! Cast: the *gate* holds a contact's answers at institution scope, a *scope* those of one organisation or topic,
//! a [`Question`] is what a message would need, a [`Decision`] what came of it. Facts that age are dates here and
//! are compared with the day that the question binds.

mod blocks;
mod decide;
mod tracking;
mod replay;
mod behind;

pub use behind::{Covering, behind, behind_permission};
pub use blocks::{Blocks, Reason};
pub use decide::{
    Basis, Decision, GateFacts, OPEN_END, Question, RenewalWindow, ScopeFacts, blocks, decide,
    retention_cutoff,
};
pub use replay::{
    Answers, Circumstances, Evidence, INSTITUTION, Known, Repeat, Replayed, Scope, answers, replay,
};
pub use tracking::may_track;
