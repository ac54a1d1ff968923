use chrono::TimeDelta;
use pipeline::judge::Judge;
use store::verdict::Changes;

use crate::stage::{LINKS, Stage, accepted_at};

/// The loop walks over every institution, and over more messages than one transaction takes.
#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_judged_in_every_institution() {
    let stage = Stage::set().await;
    let other = stage.database.institution("other").await;
    let theirs = stage.database.sent(other, 1001..=1230, &LINKS, accepted_at()).await;
    stage.append(&stage.token(&stage.sent, 1), 0);
    for contact in &theirs.contacts {
        stage.append(&stage.token(&theirs, contact.0), 0);
    }
    stage.spool.spool().sync().unwrap();
    let mut forwarder = stage.forwarder();
    assert_eq!(forwarder.step().await.unwrap().published, 2);
    assert_eq!(stage.take(2).await, 231);
    let judge = Judge::new(stage.database.app.clone());
    stage.database.set_business_clock(accepted_at() + TimeDelta::minutes(70)).await;
    assert_eq!(judge.due().await.unwrap(), Changes::default(), "in quarantine");
    stage.database.set_business_clock(accepted_at() + TimeDelta::minutes(75)).await;
    let changes = judge.due().await.unwrap();
    assert_eq!(changes, Changes { human: 231, raised: 231, ..Changes::default() });
    assert_eq!(judge.due().await.unwrap(), Changes::default());
    stage.count("WITH old AS (UPDATE hit SET rule_version = 0) SELECT 1::bigint").await;
    assert_eq!(judge.outdated().await.unwrap(), Changes::default(), "the same verdicts, under today's rules");
    assert_eq!(stage.count("SELECT count(*) FROM hit WHERE rule_version = 0").await, 0);
}
