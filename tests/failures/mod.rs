//! What the product stands on breaks while a campaign runs and people say no (delivery 4.3).
//!
//! Each fault hits a campaign of [`fire::messages`] messages, while refusals arrive at random moments through the tracker
//! and through the store. After it: nothing lost, nothing sent twice, nothing sent to anybody who had refused, and no
//! more messages `unknown` than replies were really lost. `docs/faults.md` lists the faults and keeps the results of the
//! long form.

mod worker_is_killed;
mod relay_is_slow;
mod broker_breaks;
mod database_restarts;
#[cfg(feature = "failpoints")]
mod dispatcher_is_killed;

mod fire;
mod record;
mod refusers;
