//! PostgreSQL goes away: first as an operator restarts it, then as a crash takes it.

use super::fire::Trial;

/// Nothing is sent without a record, and a refusal that came meanwhile was kept and counts.
#[test]
fn restarted_and_killed() {
    Trial { own_postgres: true, ..Trial::of("PostgreSQL restarted, then killed") }.run(|fire| {
        fire.wait_for_percent(20);
        fire.product.postgres.own_server().restart().unwrap();
        fire.wait_for_percent(50);
        let server = fire.product.postgres.own_server();
        server.kill9().unwrap();
        server.start_again().unwrap();
        0
    });
}
