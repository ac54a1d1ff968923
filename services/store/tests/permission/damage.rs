//! `gate::differences` finds every way in which a projection can part from its evidence, and repairs none.

use chrono::TimeDelta;
use model::vocabulary::{Answer, Channel, Proof};
use uuid::Uuid;

use crate::act::today;
use crate::expected::{Person, Record, Scope};
use crate::scene::Scene;

/// Damage to projections, which projecting again undoes.
const TO_PROJECTIONS: &[&str] = &[
    "UPDATE gate SET blocks = blocks | 8 WHERE institution_id = $1 AND contact_id = $2",
    "UPDATE gate SET blocks = 0 WHERE institution_id = $1 AND contact_id = $2",
    "UPDATE gate SET proof = 1 WHERE institution_id = $1 AND contact_id = $2",
    "UPDATE gate SET consent_until = NULL WHERE institution_id = $1 AND contact_id = $2",
    "UPDATE gate SET of_age_on = NULL WHERE institution_id = $1 AND contact_id = $2",
    "UPDATE gate SET suppressed_until = '2001-01-01' WHERE institution_id = $1 AND contact_id = $2",
    "UPDATE gate_scope SET blocks = 0 WHERE institution_id = $1 AND contact_id = $2",
    "UPDATE gate_scope SET soft_opt_in = NOT soft_opt_in WHERE institution_id = $1 AND contact_id = $2",
    "DELETE FROM gate_scope WHERE institution_id = $1 AND contact_id = $2",
    "INSERT INTO gate_scope (institution_id, contact_id, channel, organisation_id, topic_id, blocks, proof, soft_opt_in)
     VALUES ($1, $2, 1, 99, 0, 0, 0, true)",
    "UPDATE authorisation SET answer = 3 - answer WHERE institution_id = $1 AND contact_id = $2",
    "UPDATE authorisation SET expires_on = '2030-01-01' WHERE institution_id = $1 AND contact_id = $2",
    "DELETE FROM authorisation WHERE institution_id = $1 AND contact_id = $2",
    "INSERT INTO authorisation (institution_id, contact_id, organisation_id, topic_id, channel, answer, proof, channels, happened_at, record_id)
     VALUES ($1, $2, 0, 0, 3, 1, 2, 0, '2000-01-01', gen_random_uuid())",
];

/// Damage to what is projected, or to the address that only a key can tell again.
const TO_EVIDENCE: &[&str] = &[
    "DELETE FROM consent_record WHERE institution_id = $1 AND contact_id = $2",
    "UPDATE consent_record SET happened_at = '2000-01-02' WHERE institution_id = $1 AND contact_id = $2",
    "UPDATE consent_record SET answer = 3 - answer WHERE institution_id = $1 AND contact_id = $2",
    "UPDATE address SET blocks = 0 WHERE institution_id = $1 AND $2 = 1",
    "UPDATE gate SET address_hash = NULL WHERE institution_id = $1 AND contact_id = $2",
    "DELETE FROM gate WHERE institution_id = $1 AND contact_id = $2",
];

/// Contact 1: restricted, under age, a yes to the institution and a no to organisation 4; and a no to organisation 5 that
/// contact 2 gave through the address that both have.
async fn whole(beside: &Scene, code: &str) -> Scene {
    let scene = beside.beside(code).await;
    let address = [5; 32];
    let person = Person { state: 1, birth_date: Some(today()), address: Some(address), ..Person::default() };
    for contact in [1, 2] {
        scene.add(contact, &person).await;
    }
    let record = |id, answer, scope: Scope| Record {
        id: Uuid::from_u128(id),
        scope,
        asked: Some(Channel::Email).into(),
        answer,
        proof: Proof::Proven,
        channels: Vec::new(),
        at: today().and_hms_opt(12, 0, 0).unwrap().and_utc() - TimeDelta::hours(1),
        expires_on: None,
    };
    scene.say(1, &record(1, Answer::Yes, (0, 0))).await;
    scene.refuse(1, &record(2, Answer::No, (4, 0)), None).await;
    scene.refuse(2, &record(3, Answer::No, (5, 0)), Some(address)).await;
    assert_eq!(scene.differences().await, 0, "{code}");
    scene
}

#[tokio::test]
async fn every_damage_is_counted_and_none_is_repaired() {
    let first = Scene::new().await;
    for (number, damage) in TO_PROJECTIONS.iter().chain(TO_EVIDENCE).enumerate() {
        let scene = whole(&first, &format!("damage {number}")).await;
        scene.change(damage, 1).await;
        let damaged = scene.permission().await;
        assert!(scene.differences().await > 0, "not found: {damage}");
        assert_eq!(scene.permission().await, damaged, "only looked at: {damage}");
    }
}

#[tokio::test]
async fn projecting_again_undoes_every_damage_to_a_projection() {
    let first = Scene::new().await;
    for (number, damage) in TO_PROJECTIONS.iter().enumerate() {
        let scene = whole(&first, &format!("damage {number}")).await;
        let before = scene.permission().await;
        scene.change(damage, 1).await;
        scene.project(&[1]).await;
        assert_eq!((scene.permission().await, scene.differences().await), (before, 0), "{damage}");
    }
}
