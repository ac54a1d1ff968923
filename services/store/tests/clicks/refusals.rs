use chrono::{DateTime, TimeDelta, Utc};
use model::ids::{ContactId, OccurrenceId};
use model::vocabulary::Channel;
use store::link::{LinkRefusal, SenderNames};
use store::testing::{Database, Sent};

use crate::stage::{accepted_at, one, owner, projections_are_exact, sent};

fn refusal(sent: &Sent, contact: i64, at: DateTime<Utc>) -> LinkRefusal {
    LinkRefusal {
        occurrence: sent.occurrence,
        contact: ContactId(contact),
        channel: Channel::Email,
        whole_institution: false,
        received_at: at,
        origin: "one_click",
        salt: [3; 16],
    }
}

async fn records_of(database: &Database, contact: i64) -> i64 {
    one(database, "SELECT count(*) FROM consent_record WHERE contact_id = $1 AND answer = 2", contact).await
}

/// The bits of refusal on the gate of the institution, and on that of the sending organisation.
async fn blocks_of(database: &Database, contact: i64) -> (i32, i32) {
    let scope = "SELECT coalesce(bit_or(blocks), 0) FROM gate_scope WHERE contact_id = $1";
    (
        one(database, "SELECT blocks FROM gate WHERE contact_id = $1", contact).await,
        one(database, scope, contact).await,
    )
}

const CHANNEL_REFUSAL: i32 = 1 << 4;

#[tokio::test(flavor = "multi_thread")]
async fn one_act_is_recorded_once_and_a_second_no_counts_again() {
    let database = Database::fresh().await;
    let sent = sent(&database).await;
    let refuse = |at| database.app.refuse_by_link(sent.institution, refusal(&sent, 1, at));
    let names = SenderNames {
        organisation: Some("La Scène".to_owned()),
        institution: "Théâtre clicks".to_owned(),
    };
    for _ in 0..2 {
        assert_eq!(refuse(accepted_at()).await.unwrap(), Some(names.clone()));
        assert_eq!(
            (records_of(&database, 1).await, blocks_of(&database, 1).await),
            (1, (0, CHANNEL_REFUSAL))
        );
    }
    // A moment later it is another act: had there been a yes in between, it would have to be outweighed.
    refuse(accepted_at() + TimeDelta::seconds(1)).await.unwrap();
    assert_eq!(records_of(&database, 1).await, 2);
    projections_are_exact(&database, sent.institution).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_does_not_refuse_through_an_address_again() {
    let database = Database::fresh().await;
    let sent = sent(&database).await;
    database.app.refuse_by_link(sent.institution, refusal(&sent, 1, accepted_at())).await.unwrap();
    let mut owner = owner(&database).await;
    // As a later yes through the same address does.
    sqlx::query("UPDATE address SET blocks = 0").execute(&mut owner).await.unwrap();
    database.app.refuse_by_link(sent.institution, refusal(&sent, 1, accepted_at())).await.unwrap();
    let blocked: i64 = sqlx::query_scalar("SELECT count(*) FROM address WHERE blocks <> 0")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    assert_eq!(blocked, 0);
}

/// Whoever opened the mailbox spoke for it: the refusal follows the address the message went to, not the contact's new one.
#[tokio::test(flavor = "multi_thread")]
async fn the_refusal_follows_the_address_of_the_message() {
    let database = Database::fresh().await;
    let sent = sent(&database).await;
    let mut owner = owner(&database).await;
    let hash = sent.address_hash(ContactId(1));
    // Contact 1 has moved on; contact 2 now has that mailbox.
    for (contact, hash) in [(1i64, [9; 32]), (2, hash)] {
        sqlx::query("UPDATE gate SET address_hash = $2 WHERE contact_id = $1")
            .bind(contact)
            .bind(hash.as_slice())
            .execute(&mut owner)
            .await
            .unwrap();
    }
    let whole = LinkRefusal { whole_institution: true, ..refusal(&sent, 1, accepted_at()) };
    database.app.refuse_by_link(sent.institution, whole).await.unwrap();
    assert_eq!(blocks_of(&database, 1).await, (CHANNEL_REFUSAL, 0), "the person");
    assert_eq!(blocks_of(&database, 2).await, (CHANNEL_REFUSAL, 0), "the mailbox");
    assert_eq!(blocks_of(&database, 3).await, (0, 0), "nobody else");
    assert_eq!((records_of(&database, 1).await, records_of(&database, 2).await), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_launch_that_nobody_knows_refuses_the_whole_institution() {
    let database = Database::fresh().await;
    let sent = sent(&database).await;
    let lost = LinkRefusal { occurrence: OccurrenceId(999), ..refusal(&sent, 1, accepted_at()) };
    let names = database.app.refuse_by_link(sent.institution, lost).await.unwrap().unwrap();
    assert_eq!(names.organisation, None);
    assert_eq!(blocks_of(&database, 1).await, (CHANNEL_REFUSAL, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_gone_has_nothing_to_refuse() {
    let database = Database::fresh().await;
    let sent = sent(&database).await;
    let mut owner = owner(&database).await;
    sqlx::query("UPDATE contact SET state = 3 WHERE contact_id = 2").execute(&mut owner).await.unwrap();
    for contact in [2, 77] {
        let app = &database.app;
        assert_eq!(
            app.refuse_by_link(sent.institution, refusal(&sent, contact, accepted_at())).await.unwrap(),
            None
        );
        let asked =
            app.sender_of(sent.institution, sent.occurrence, ContactId(contact), Channel::Email).await;
        assert_eq!(asked.unwrap(), None);
        assert_eq!(records_of(&database, contact).await, 0);
    }
    let gates: i64 = sqlx::query_scalar("SELECT count(*) FROM gate WHERE contact_id = 77")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    assert_eq!(gates, 0, "no gate is made for nobody");
}
