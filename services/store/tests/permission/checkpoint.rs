//! A checkpoint that left the database finds what the seal cannot know of itself: that it was cut off, or made anew (CO-10).

use chrono::DateTime;
use model::checkpoint::Statement;
use store::Result;
use store::seal::{Head, Verified};

use crate::log::{noon, words};
use crate::scene::Scene;
use crate::tampering::{first_scene, sealed};

impl Scene {
    /// What a checkpoint says that is taken now.
    async fn checkpoint(&self) -> Statement {
        let Head { epoch, records, hash } = self.database.app.seal_head(self.silo).await.unwrap().unwrap();
        Statement { institution: "masques".to_owned(), epoch, records, hash, taken_at: noon() }
    }

    async fn verify_with(&self, checkpoint: &Statement) -> Result<Verified> {
        self.database.app.verify_seal(self.silo, Some(checkpoint.clone())).await
    }

    /// What is wrong with a seal that agrees with itself.
    async fn refusal(&self, checkpoint: &Statement) -> String {
        self.verify().await.expect("without the checkpoint nothing is found");
        let refusal = words(self.verify_with(checkpoint).await);
        refusal.replace(&noon().to_string(), "noon")
    }
}

#[tokio::test]
async fn an_honest_chain_is_the_one_of_every_checkpoint_of_it() {
    let scene = Scene::new().await;
    assert_eq!(scene.database.app.seal_head(scene.silo).await.unwrap(), None);
    let mut checkpoints: Vec<Statement> = Vec::new();
    for (epoch, records) in [(1, 1..=4), (2, 5..=5), (3, 6..=12)] {
        let (last, more) = (*records.end(), records.clone().count());
        scene.log(records).await;
        scene.seal(more).await;
        checkpoints.push(scene.checkpoint().await);
        let newest = checkpoints.last().unwrap();
        assert_eq!((newest.epoch, newest.records), (epoch, last as i64));
    }
    scene.log(13..=14).await;
    for checkpoint in &checkpoints {
        let verified = scene.verify_with(checkpoint).await.unwrap();
        assert_eq!(verified, Verified { epochs: 3, sealed: 12, unsealed: 2 });
    }
}

#[tokio::test]
async fn a_chain_that_was_made_anew_is_refused_by_every_checkpoint_taken_before() {
    let first = first_scene().await;
    let scene = sealed(&first, "anew").await;
    let third = scene.checkpoint().await;
    scene.seal(2).await;
    let fourth = scene.checkpoint().await;
    scene.forget_record_2(1..=4).await;
    for (checkpoint, no) in [(&third, 3), (&fourth, 4)] {
        assert_eq!(
            scene.refusal(checkpoint).await,
            format!(
                "epoch {no} of the seal is not the one of the checkpoint of noon: the seal was made anew after that"
            )
        );
    }
    let after = scene.checkpoint().await;
    assert_eq!(
        scene.verify_with(&after).await.unwrap().sealed,
        13,
        "a checkpoint says nothing of what was before it"
    );
}

#[tokio::test]
async fn a_chain_that_was_cut_off_is_refused() {
    let first = first_scene().await;
    let cuts: [(&str, &[&'static str], i32); 3] = [
        (
            "records and all",
            &[
                "DELETE FROM consent_record WHERE institution_id = $1 AND record_id >= uid(9)",
                "DELETE FROM seal_leaf WHERE institution_id = $1 AND epoch_no = 3",
                "DELETE FROM seal_epoch WHERE institution_id = $1 AND no = 3",
            ],
            2,
        ),
        (
            "back to the tail",
            &[
                "DELETE FROM seal_leaf WHERE institution_id = $1 AND epoch_no > 1",
                "DELETE FROM seal_epoch WHERE institution_id = $1 AND no > 1",
            ],
            1,
        ),
        (
            "everything",
            &[
                "DELETE FROM seal_leaf WHERE institution_id = $1",
                "DELETE FROM seal_epoch WHERE institution_id = $1",
            ],
            0,
        ),
    ];
    for (name, statements, left) in cuts {
        let scene = sealed(&first, name).await;
        let checkpoint = scene.checkpoint().await;
        for statement in statements {
            scene.tamper(statement).await;
        }
        assert_eq!(
            scene.refusal(&checkpoint).await,
            format!(
                "the seal has {left} epochs, the checkpoint of noon knows epoch 3: the seal was cut off after that"
            ),
            "{name}"
        );
    }
}

#[tokio::test]
async fn sealing_again_what_was_cut_off_does_not_bring_the_checkpointed_epoch_back() {
    let first = first_scene().await;
    let scene = sealed(&first, "sealed again").await;
    let checkpoint = scene.checkpoint().await;
    scene
        .tamper(
            "UPDATE consent_record SET pointer = 'forged' WHERE institution_id = $1 AND record_id = uid(9)",
        )
        .await;
    scene.tamper("DELETE FROM seal_leaf WHERE institution_id = $1 AND epoch_no = 3").await;
    scene.tamper("DELETE FROM seal_epoch WHERE institution_id = $1 AND no = 3").await;
    scene.seal(6).await;
    assert!(scene.refusal(&checkpoint).await.contains("epoch 3 of the seal is not the one"));
}

#[tokio::test]
async fn what_the_seal_itself_finds_is_named_first() {
    let first = first_scene().await;
    let scene = sealed(&first, "altered").await;
    let checkpoint = Statement { taken_at: DateTime::UNIX_EPOCH, ..scene.checkpoint().await };
    scene
        .tamper("UPDATE consent_record SET answer = 1 WHERE institution_id = $1 AND record_id = uid(6)")
        .await;
    let complaint = words(scene.verify_with(&checkpoint).await);
    assert!(
        complaint.starts_with("epoch 2 of the seal: record") && complaint.ends_with("altered"),
        "{complaint}"
    );
}
