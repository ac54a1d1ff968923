//! The dispatcher dies after it has committed and before it has published: rows that count as published, and are not.

use super::fire::Trial;
use crate::support::product::Product;
use crate::support::wait;

#[test]
fn between_commit_and_publish() {
    let trial =
        Trial { before: look_ahead_less, ..Trial::of("dispatcher killed between commit and publish") };
    trial.run(|fire| {
        fire.wait_for_percent(10);
        fire.product.roles.kill9("schedule");
        for _ in 0..3 {
            let fail_points = [("FAILPOINTS", "dispatch.after_commit=1*off->return".to_owned())];
            fire.product.roles.start_one(&fire.product.settings, "schedule", &fail_points);
            wait::until("the dispatcher dies at its fail point", || fire.product.roles.has_ended("schedule"));
            fire.product.roles.bury("schedule");
        }
        fire.product.roles.start_one(&fire.product.settings, "schedule", &[]);
        0
    });
}

/// A dispatcher that runs only two hundred messages ahead still has something to do when it is killed.
fn look_ahead_less(product: &mut Product) {
    product.settings.rate_per_second = 50;
    product.settings.write();
    product.roles.kill9("schedule");
    product.roles.start_one(&product.settings, "schedule", &[]);
}
