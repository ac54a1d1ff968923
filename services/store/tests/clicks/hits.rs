use model::ids::{ContactId, InstitutionId, OrganisationId, TopicId};
use model::vocabulary::Channel;
use store::refusal::Refusal;
use store::testing::{Database, Sent};
use uuid::Uuid;

use crate::stage::{LINKS, SPOOL, accepted_at, hit, owner, sent, take};

#[tokio::test(flavor = "multi_thread")]
async fn a_hit_is_stored_once_however_often_it_comes() {
    let database = Database::fresh().await;
    let sent = sent(&database).await;
    let hits = vec![hit(&sent, 1, 100, 0), hit(&sent, 1, 200, 1), hit(&sent, 2, 100, 0)];
    assert_eq!(take(&database, sent.institution, hits.clone()).await.unwrap(), 3);
    assert_eq!(take(&database, sent.institution, hits.clone()).await.unwrap(), 0);
    let more = vec![hits[2].clone(), hit(&sent, 2, 300, 0)];
    assert_eq!(take(&database, sent.institution, more).await.unwrap(), 1);
    let client: String = sqlx::query_scalar("SELECT DISTINCT client FROM hit")
        .fetch_one(&mut owner(&database).await)
        .await
        .unwrap();
    assert_eq!(client, "192.0.2.0/24");
}

/// Refuses the message's channel: at which level, by whom.
async fn refuse(
    database: &Database,
    sent: &Sent,
    contact: i64,
    organisation: OrganisationId,
    channel: Option<Channel>,
) {
    let refusal = Refusal {
        contact: ContactId(contact),
        organisation,
        topic: TopicId::NONE,
        channel,
        happened_at: None,
        through: None,
        origin: "operator".to_owned(),
        pointer: "test".to_owned(),
        record_id: Uuid::from_u128(900 + u128::from(contact.unsigned_abs())),
        salt: [1; 16],
    };
    database.app.refuse(sent.institution, refusal).await.unwrap();
}

/// TR-13 and TR-25: of people who refuse what the message was, who are restricted, or gone, nothing is stored.
#[tokio::test(flavor = "multi_thread")]
async fn who_refuses_or_is_gone_leaves_no_hit() {
    let database = Database::fresh().await;
    let sent = sent(&database).await;
    refuse(&database, &sent, 1, sent.organisation, Some(Channel::Email)).await;
    refuse(&database, &sent, 2, OrganisationId::WHOLE_INSTITUTION, None).await;
    // Another organisation's refusal does not cover this message.
    refuse(&database, &sent, 3, OrganisationId(sent.organisation.0 + 1), Some(Channel::Email)).await;
    let mut owner = owner(&database).await;
    sqlx::query("UPDATE contact SET state = 1 WHERE contact_id = 4").execute(&mut owner).await.unwrap();
    sqlx::query("DELETE FROM contact WHERE contact_id = 5").execute(&mut owner).await.unwrap();
    let hits = (1..=6).map(|contact| hit(&sent, contact, 100, 0)).collect();
    assert_eq!(take(&database, sent.institution, hits).await.unwrap(), 1);
    let stored: Vec<i64> =
        sqlx::query_scalar("SELECT contact_id FROM hit").fetch_all(&mut owner).await.unwrap();
    assert_eq!(stored, [3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_institution_that_does_not_track_clicks_stores_none() {
    let database = Database::fresh().await;
    let sent = sent(&database).await;
    let mut owner = owner(&database).await;
    for (setting, stored) in [(1i16, 0), (2, 0), (0, 1)] {
        sqlx::query("UPDATE policy SET click_tracking = $1").bind(setting).execute(&mut owner).await.unwrap();
        let taken = take(&database, sent.institution, vec![hit(&sent, 1, 100, 0)]).await.unwrap();
        assert_eq!(taken, stored, "setting {setting}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hit_of_another_institution_finds_nobody() {
    let database = Database::fresh().await;
    let sent = sent(&database).await;
    let other = database.institution("other").await;
    let theirs = database.sent(other, 11..=11, &LINKS, accepted_at()).await;
    assert_eq!(take(&database, other, vec![hit(&sent, 1, 100, 0)]).await.unwrap(), 0);
    assert_eq!(take(&database, sent.institution, vec![hit(&theirs, 11, 100, 0)]).await.unwrap(), 0);
    assert_eq!(take(&database, InstitutionId(99), vec![hit(&sent, 1, 100, 0)]).await.unwrap(), 0);
}

/// The mark moves from a stretch to the one that touches it, and never over a hole.
#[tokio::test(flavor = "multi_thread")]
async fn a_stretch_that_is_missing_holds_the_mark() {
    let app = Database::fresh().await.app;
    let taken_to = || app.spool_taken_to(SPOOL);
    assert_eq!(taken_to().await.unwrap(), 0);
    for ((first, last), mark) in [
        ((100, 200), 0),
        ((0, 99), 100),
        ((150, 300), 100),
        ((100, 149), 150),
        ((150, 300), 301),
        ((0, 99), 301),
        ((301, 301), 302),
    ] {
        app.advance_spool(SPOOL, first, last).await.unwrap();
        assert_eq!(taken_to().await.unwrap(), mark, "after {first} to {last}");
    }
}

/// TR-25: the answer at the time of the hit counts, also for messages that were sent before it was given.
#[tokio::test(flavor = "multi_thread")]
async fn a_hit_is_stored_as_policy_and_the_answer_about_click_tracking_say() {
    let database = Database::fresh().await;
    let sent = sent(&database).await;
    let mut owner = owner(&database).await;
    // A yes, a no, nothing, a yes that has run out, a no to another organisation, a yes to the sending one beside a no to all.
    sqlx::query(
        "INSERT INTO authorisation
            (institution_id, contact_id, organisation_id, topic_id, channel, answer, proof, channels, expires_on, happened_at, record_id)
         SELECT $1, contact, CASE scope WHEN 'all' THEN 0 WHEN 'ours' THEN $2 ELSE $2 + 1 END, 0, 6, answer, 2, 0, expires::date,
                '2000-01-01', gen_random_uuid()
         FROM (VALUES (1, 'all', 1, NULL), (2, 'all', 2, NULL), (4, 'ours', 1, '1999-01-01'), (5, 'other', 2, NULL),
                      (6, 'ours', 1, NULL), (6, 'all', 2, NULL)) AS t (contact, scope, answer, expires)",
    )
    .bind(sent.institution.0)
    .bind(sent.organisation.0)
    .execute(&mut owner)
    .await
    .unwrap();
    for (setting, expected) in [(0_i16, vec![1_i64, 3, 4, 5]), (1, vec![1]), (2, vec![])] {
        sqlx::query("UPDATE policy SET click_tracking = $1").bind(setting).execute(&mut owner).await.unwrap();
        sqlx::query("DELETE FROM hit").execute(&mut owner).await.unwrap();
        let hits = (1..=6).map(|contact| hit(&sent, contact, 100, 0)).collect();
        take(&database, sent.institution, hits).await.unwrap();
        let stored: Vec<i64> =
            sqlx::query_scalar("SELECT contact_id FROM hit ORDER BY 1").fetch_all(&mut owner).await.unwrap();
        assert_eq!(stored, expected, "setting {setting}");
    }
}
