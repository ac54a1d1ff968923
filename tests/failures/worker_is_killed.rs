//! The worker dies, and a supervisor starts it again.

use super::fire::{SESSIONS, Trial, is_full};
use crate::support::files::Person;
use crate::support::wait;

/// No more replies are lost by a kill than sessions stood between dot and reply (I7).
#[test]
fn at_random_moments() {
    let kills = if is_full() { 12 } else { 4 };
    Trial::of("worker killed at random moments").run(|fire| {
        for moment in fire.moments(kills) {
            fire.wait_for_percent(moment);
            fire.product.roles.kill9("work");
            fire.product.roles.start_one(&fire.product.settings, "work", &[]);
        }
        kills * SESSIONS
    });
}

/// The relay took the message, and nobody is left to hear it say so: the message is `unknown`, and is not sent again.
#[test]
fn between_the_dot_and_the_reply() {
    let held = SESSIONS - 1;
    let scripted = (0..held).map(|number| Person::scripted("hold-after-dot", number)).collect();
    Trial { scripted, ..Trial::of("worker killed between dot and reply") }.run(|fire| {
        assert!(
            fire.product.sink.wait_for(|sink| sink.held == held, wait::PATIENCE),
            "the relay holds {held} replies"
        );
        fire.product.roles.kill9("work");
        fire.product.roles.start_one(&fire.product.settings, "work", &[]);
        let status = fire.product.settled(&fire.launch);
        assert!(status["unknown"].as_u64() >= Some(held as u64), "what was held is unknown: {status}");
        // One more session may have stood there with an ordinary message.
        SESSIONS
    });
}
