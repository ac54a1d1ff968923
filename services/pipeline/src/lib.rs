//! The queue port and what works behind it: dispatcher, workers, consumers, reconcilers.

mod failpoint;
pub mod queue;
pub mod dispatch;
pub mod send;
pub mod recover;
pub mod hits;
pub mod judge;
pub mod keep;
pub mod score;
