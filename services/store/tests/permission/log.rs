//! A log of evidence, and its seal.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use model::ids::{ContactId, OrganisationId, TopicId};
use model::vocabulary::{Answer, Channel, Proof};
use store::evidence::{self, ConsentRecord};
use store::seal::Verified;
use store::{Result, StoreError, Tx};
use uuid::Uuid;

use crate::scene::Scene;

/// How long a test waits for something that must come.
pub const PATIENCE: Duration = Duration::from_secs(120);

pub fn noon() -> DateTime<Utc> {
    crate::act::today().and_hms_opt(12, 0, 0).unwrap().and_utc()
}

/// Record number `n`, of contact `n % 5 + 1`.
pub fn record(n: u128) -> ConsentRecord {
    ConsentRecord {
        contact: ContactId((n % 5) as i64 + 1),
        record_id: Uuid::from_u128(n),
        organisation: OrganisationId::WHOLE_INSTITUTION,
        topic: TopicId::NONE,
        asked: Some(Channel::Email).into(),
        answer: if n.is_multiple_of(3) { Answer::No } else { Answer::Yes },
        proof: Proof::Proven,
        channels: vec![Channel::Email],
        wording: None,
        happened_at: noon() + TimeDelta::minutes(n as i64),
        expires_on: Some(crate::act::today()),
        origin: "test".to_owned(),
        pointer: format!("form {n}"),
        address_hash: Some([n as u8; 32]),
        salt: [n as u8; 16],
    }
}

pub async fn append(tx: &mut Tx, numbers: impl IntoIterator<Item = u128>) -> Result<()> {
    for n in numbers {
        let stamp = tx.machine_stamp().await?;
        evidence::append(tx, &record(n), stamp).await?;
    }
    Ok(())
}

impl Scene {
    /// Appends these records in one transaction.
    pub async fn log(&self, numbers: std::ops::RangeInclusive<u128>) {
        let logged = self.database.app.scoped(self.silo, move |mut tx| async move {
            append(&mut tx, numbers).await?;
            tx.commit(()).await
        });
        logged.await.unwrap();
    }

    pub async fn verify(&self) -> Result<Verified> {
        self.database.app.verify_seal(self.silo, None).await
    }

    /// Seals until `records` are sealed, and returns how many each epoch covers. Transactions of other tests on this server hold
    /// the horizon back for as long as they run, so that a call may find nothing to do yet.
    pub async fn seal(&self, records: usize) -> Vec<usize> {
        let sealing = async {
            let mut epochs = Vec::new();
            while epochs.iter().sum::<usize>() < records {
                let more = self.database.app.seal_evidence(self.silo).await.unwrap();
                epochs.extend((more > 0).then_some(more));
            }
            epochs
        };
        let epochs = tokio::time::timeout(PATIENCE, sealing).await.expect("what is finished can be sealed");
        assert_eq!(epochs.iter().sum::<usize>(), records);
        epochs
    }

    /// What is wrong with the seal, in words.
    pub async fn complaint(&self) -> String {
        words(self.verify().await)
    }
}

/// The words of a complaint.
pub fn words(verified: Result<Verified>) -> String {
    match verified {
        Err(StoreError::Inconsistent(words)) => words,
        other => panic!("the seal is said to hold: {other:?}"),
    }
}
