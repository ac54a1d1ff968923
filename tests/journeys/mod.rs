//! One file per promise, as the product's users see it, over the real binary.
//!
//! Every journey that needs running processes is made twice: in one process, and with a process per role.

mod launch_reaches_inbox;
mod unsubscribe_stops_everything;
mod refused_between_launch_and_claim;
mod pause_resume_cancel;
mod temporary_failures_are_retried;
mod permanent_failures;
mod two_institutions_never_meet;
mod imports_repeat_and_reorder;
mod files_come_into_a_folder;
#[cfg(feature = "failpoints")]
mod a_watcher_is_killed;
mod bad_input_says_what_is_wrong;
mod a_wrong_installation_is_named;
mod a_worker_that_cannot_go_on_fails;
mod evidence_is_checkpointed;

/// Makes each story a test in both arrangements.
macro_rules! in_both_arrangements {
    ($($story:ident),* $(,)?) => {$(
        mod $story {
            use crate::support::product;
            use crate::support::roles::Arrangement;

            #[test]
            fn in_one_process() {
                product::run(Arrangement::OneProcess, super::$story);
            }

            #[test]
            fn as_separate_processes() {
                product::run(Arrangement::SeparateProcesses, super::$story);
            }
        }
    )*};
}

use in_both_arrangements;
