//! A process that cannot do its work any more ends, and its exit code says that nobody wanted it to.

use crate::support::product;
use crate::support::roles::Arrangement;

#[test]
fn a_worker_that_was_taken_over_ends_with_a_failure() {
    product::run(Arrangement::SeparateProcesses, |product| {
        product.caused.faults = true;
        product.owner.execute("UPDATE worker SET ended_at = beat_at WHERE role = 'work'");
        assert!(!product.roles.succeeded("work"));
    });
}
