use model::token::Token;
use pipeline::hits::Taken;
use queues::messages::{Body as _, HitBatch};

use crate::stage::{LINKS, Stage, accepted_at};

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_may_hold_hits_of_several_institutions_and_of_nobody() {
    let stage = Stage::set().await;
    let other = stage.database.institution("other").await;
    let theirs = stage.database.sent(other, 11..=12, &LINKS, accepted_at()).await;
    stage.append(&stage.token(&stage.sent, 1), 0);
    stage.append(&stage.token(&theirs, 11), 1);
    stage.append(&Token { do_not_record: true, ..stage.token(&theirs, 12) }, 2);
    // A token of ours that names a contact of another silo names nobody.
    stage.append(&Token { institution: other, ..stage.token(&stage.sent, 1) }, 3);
    stage.append(&stage.token(&theirs, 999), 4);
    stage.spool.spool().sync().unwrap();
    let mut forwarder = stage.forwarder();
    assert_eq!(forwarder.step().await.unwrap().published, 1);
    assert_eq!(stage.take(1).await, 2);
    assert_eq!(stage.count("SELECT sum(contact_id)::bigint FROM hit").await, 12);
    assert_eq!(forwarder.step().await.unwrap().dealt_with, 1, "what is dropped is dealt with");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_buried_once_and_holds_the_spool() {
    let stage = Stage::set().await;
    stage.clicks(2);
    let mut forwarder = stage.forwarder();
    forwarder.step().await.unwrap();
    let delivery = stage.receive(&mut *stage.consumer(), 1).await.remove(0);
    let mut batch = HitBatch::parse(&delivery.body).unwrap();
    batch.hits[1].signals = 1 << 9;
    let strange = batch.to_bytes().unwrap();
    for body in [&b"{}"[..], &strange, &strange] {
        assert_eq!(stage.taker.take(body).await.unwrap(), Taken::Buried);
    }
    assert_eq!(stage.count("SELECT count(*) FROM dead_letter WHERE queue = 'in.hits.v1'").await, 2);
    assert_eq!(
        stage.count("SELECT count(*) FROM dead_letter WHERE reason LIKE '%unknown signals%'").await,
        1
    );
    assert_eq!((stage.stored().await, forwarder.step().await.unwrap().dealt_with), (0, 0));
}
