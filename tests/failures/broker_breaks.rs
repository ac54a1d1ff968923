//! The broker dies, and once forgets everything.

use super::fire::Trial;

#[test]
fn killed_and_started_again() {
    Trial::of("broker killed").run(|fire| {
        fire.wait_for_percent(25);
        let broker = fire.product.broker().node();
        broker.kill9().unwrap();
        broker.start_again().unwrap();
        0
    });
}

#[test]
fn wiped() {
    Trial::of("broker's data wiped").run(|fire| {
        fire.wait_for_percent(25);
        let broker = fire.product.broker().node();
        broker.wipe().unwrap();
        broker.start_again().unwrap();
        0
    });
}
