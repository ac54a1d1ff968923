//! Whoever has the database's own password and rewrites evidence is found out, with the record or the epoch named.
//!
//! Not found here: cutting off the newest epochs together with their records, or making the whole chain anew. For that a checkpoint
//! is kept elsewhere.

use store::seal::Verified;
use uuid::Uuid;

use crate::scene::Scene;

/// What is done, and what the complaint must say. Records 1 to 4 are epoch 1, 5 to 8 epoch 2, 9 to 12 epoch 3.
const TAMPERED: &[(&str, &str)] = &[
    // Records.
    (
        "UPDATE consent_record SET answer = 1 WHERE institution_id = $1 AND record_id = uid(6)",
        "epoch 2: record 6 was altered",
    ),
    (
        "UPDATE consent_record SET happened_at = happened_at + interval '1 us' WHERE institution_id = $1 AND record_id = uid(5)",
        "epoch 2: record 5 was altered",
    ),
    (
        "UPDATE consent_record SET learned_at = '2000-01-01' WHERE institution_id = $1 AND record_id = uid(5)",
        "epoch 2: record 5 was altered",
    ),
    // When it was ordered against the claims.
    (
        "UPDATE consent_record SET committed_at = committed_at + interval '1 minute' WHERE institution_id = $1 AND record_id = uid(5)",
        "epoch 2: record 5 was altered",
    ),
    (
        "UPDATE consent_record SET expires_on = NULL WHERE institution_id = $1 AND record_id = uid(8)",
        "epoch 2: record 8 was altered",
    ),
    (
        "UPDATE consent_record SET proof = 1 WHERE institution_id = $1 AND record_id = uid(8)",
        "epoch 2: record 8 was altered",
    ),
    (
        "UPDATE consent_record SET channels = 0 WHERE institution_id = $1 AND record_id = uid(8)",
        "epoch 2: record 8 was altered",
    ),
    (
        "UPDATE consent_record SET channel = 0 WHERE institution_id = $1 AND record_id = uid(1)",
        "epoch 1: record 1 was altered",
    ),
    (
        "UPDATE consent_record SET organisation_id = 4 WHERE institution_id = $1 AND record_id = uid(1)",
        "epoch 1: record 1 was altered",
    ),
    (
        "UPDATE consent_record SET topic_id = 4 WHERE institution_id = $1 AND record_id = uid(1)",
        "epoch 1: record 1 was altered",
    ),
    (
        "UPDATE consent_record SET contact_id = 77 WHERE institution_id = $1 AND record_id = uid(1)",
        "epoch 1: record 1 was altered",
    ),
    (
        "UPDATE consent_record SET wording_id = 3 WHERE institution_id = $1 AND record_id = uid(9)",
        "epoch 3: record 9 was altered",
    ),
    (
        "UPDATE consent_record SET origin = 'page' WHERE institution_id = $1 AND record_id = uid(9)",
        "epoch 3: record 9 was altered",
    ),
    (
        "UPDATE consent_record SET pointer = 'form 1' WHERE institution_id = $1 AND record_id = uid(9)",
        "epoch 3: record 9 was altered",
    ),
    (
        "UPDATE consent_record SET address_hash = NULL WHERE institution_id = $1 AND record_id = uid(9)",
        "epoch 3: record 9 was altered",
    ),
    (
        "UPDATE consent_record SET salt = '\\x00' WHERE institution_id = $1 AND record_id = uid(9)",
        "epoch 3: record 9 was altered",
    ),
    (
        "DELETE FROM consent_record WHERE institution_id = $1 AND record_id = uid(5)",
        "epoch 2: record 5 was removed",
    ),
    (
        "DELETE FROM consent_record WHERE institution_id = $1 AND record_id = uid(8)",
        "epoch 2: record 8 was removed",
    ),
    (
        "UPDATE consent_record SET xid = (SELECT max(xid) + 1 FROM consent_record) WHERE institution_id = $1 AND record_id = uid(7)",
        "epoch 2: record 7 was removed",
    ),
    (
        "UPDATE consent_record SET record_id = uid(99) WHERE institution_id = $1 AND record_id = uid(7)",
        "epoch 2: record 7 was removed",
    ),
    (BACKDATED_WITHIN, "epoch 2: record 50 was inserted"),
    (BACKDATED_BEHIND, "epoch 2: record 50 was inserted"),
    (SWAPPED, "epoch 2: record 5 was moved"),
    // Leaves.
    (
        "UPDATE seal_leaf SET leaf = sha256('') WHERE institution_id = $1 AND record_id = uid(6)",
        "epoch 2: its leaves were altered",
    ),
    (
        "UPDATE seal_leaf SET leaf = '\\x00' WHERE institution_id = $1 AND record_id = uid(6)",
        "a sealed leaf is damaged",
    ),
    (
        "DELETE FROM seal_leaf WHERE institution_id = $1 AND record_id = uid(6)",
        "epoch 2: its leaves were altered",
    ),
    (
        "UPDATE seal_leaf SET position = -position WHERE institution_id = $1 AND epoch_no = 2",
        "epoch 2: its leaves were altered",
    ),
    (
        "UPDATE seal_leaf SET position = 99 WHERE institution_id = $1 AND record_id = uid(5)",
        "epoch 2: its leaves were altered",
    ),
    (
        "UPDATE seal_leaf SET record_id = uid(99) WHERE institution_id = $1 AND record_id = uid(6)",
        "epoch 2: record 99 was removed",
    ),
    // Epochs.
    (
        "UPDATE seal_epoch SET root = sha256('') WHERE institution_id = $1 AND no = 2",
        "epoch 2: the chain is broken",
    ),
    (
        "UPDATE seal_epoch SET root = '\\x00' WHERE institution_id = $1 AND no = 2",
        "root of an epoch is damaged",
    ),
    (
        "UPDATE seal_epoch SET prev = sha256('') WHERE institution_id = $1 AND no = 2",
        "epoch 2: the chain is broken",
    ),
    (
        "UPDATE seal_epoch SET hash = sha256('') WHERE institution_id = $1 AND no = 2",
        "epoch 2: the chain is broken",
    ),
    ("UPDATE seal_epoch SET leaves = 3 WHERE institution_id = $1 AND no = 3", "epoch 3: the chain is broken"),
    (
        "UPDATE seal_epoch SET to_xid = to_xid + 1 WHERE institution_id = $1 AND no = 3",
        "epoch 3: the chain is broken",
    ),
    (
        "UPDATE seal_epoch SET from_xid = from_xid + 1 WHERE institution_id = $1 AND no = 1",
        "epoch 1: the chain is broken",
    ),
    ("UPDATE seal_epoch SET no = 4 WHERE institution_id = $1 AND no = 3", "epoch 3: the chain is broken"),
    ("DELETE FROM seal_epoch WHERE institution_id = $1 AND no = 1", "epoch 1: the chain is broken"),
    ("DELETE FROM seal_epoch WHERE institution_id = $1 AND no = 2", "epoch 2: the chain is broken"),
];

/// A copy of record 6 under another id, in the transaction of epoch 2 and between its records.
const BACKDATED_WITHIN: &str = "
    INSERT INTO consent_record
        (institution_id, contact_id, record_id, organisation_id, topic_id, channel, answer, proof, channels, happened_at, learned_at,
         origin, pointer, committed_at, xid, seq, salt)
    OVERRIDING SYSTEM VALUE
    SELECT institution_id, contact_id, uid(50), organisation_id, topic_id, channel, 1, proof, channels, happened_at, learned_at,
           origin, pointer, committed_at, xid, seq, salt
    FROM consent_record WHERE institution_id = $1 AND record_id = uid(6)";

/// The same behind the last record of epoch 2.
const BACKDATED_BEHIND: &str = "
    INSERT INTO consent_record
        (institution_id, contact_id, record_id, organisation_id, topic_id, channel, answer, proof, channels, happened_at, learned_at,
         origin, pointer, committed_at, xid, salt)
    SELECT institution_id, contact_id, uid(50), organisation_id, topic_id, channel, 1, proof, channels, happened_at, learned_at,
           origin, pointer, committed_at, xid, salt
    FROM consent_record WHERE institution_id = $1 AND record_id = uid(6)";

/// Record 5 comes behind the others of its transaction.
const SWAPPED: &str =
    "UPDATE consent_record SET seq = DEFAULT WHERE institution_id = $1 AND record_id = uid(5)";

/// Three epochs of four records each, and a tail of two.
pub async fn sealed(beside: &Scene, code: &str) -> Scene {
    let scene = beside.beside(code).await;
    for first in [1, 5, 9] {
        scene.log(first..=first + 3).await;
        scene.seal(4).await;
    }
    scene.log(13..=14).await;
    assert_eq!(scene.verify().await.unwrap(), Verified { epochs: 3, sealed: 12, unsealed: 2 });
    scene
}

pub async fn first_scene() -> Scene {
    let scene = Scene::new().await;
    sqlx::query(
        "CREATE FUNCTION uid(n int) RETURNS uuid RETURN ('00000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid",
    )
    .execute(&scene.owner)
    .await
    .unwrap();
    scene
}

/// A complaint with the numbers of records in the place of their ids.
fn plain(complaint: &str) -> String {
    (1..100).fold(complaint.replace(" of the seal", ""), |text, number| {
        text.replace(&Uuid::from_u128(number).to_string(), &number.to_string())
    })
}

#[tokio::test]
async fn every_tampering_is_found_and_named() {
    let first = first_scene().await;
    for (number, (statement, expected)) in TAMPERED.iter().enumerate() {
        let scene = sealed(&first, &format!("tampering {number}")).await;
        let done = sqlx::query(*statement).bind(scene.silo.0).execute(&scene.owner).await.unwrap();
        assert!(done.rows_affected() > 0, "{statement}");
        let complaint = plain(&scene.complaint().await);
        assert!(complaint.contains(expected), "{statement}\nis said to be: {complaint}");
    }
}

#[tokio::test]
async fn what_happens_in_the_tail_is_no_tampering() {
    let scene = sealed(&first_scene().await, "tail").await;
    let removed = sqlx::query("DELETE FROM consent_record WHERE institution_id = $1 AND record_id = uid(14)");
    removed.bind(scene.silo.0).execute(&scene.owner).await.unwrap();
    assert_eq!(scene.verify().await.unwrap(), Verified { epochs: 3, sealed: 12, unsealed: 1 });
}

#[tokio::test]
async fn an_epoch_that_was_forged_with_everything_that_belongs_to_it_breaks_the_next_one() {
    let scene = sealed(&first_scene().await, "forged").await;
    scene.forget_record_2([1]).await;
    let complaint = plain(&scene.complaint().await);
    assert!(complaint.contains("epoch 2: the chain is broken"), "{complaint}");
}
