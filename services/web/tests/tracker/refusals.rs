use sqlx::ConnectOptions as _;

use crate::http::{get, post, post_as};
use crate::stage::{LINKS, Stage, accepted_at, keys_under, token, unsubscribe};
use model::token::TokenPurpose;

const ONE_CLICK: &str = "List-Unsubscribe=One-Click";
const NO_RECORDS: &str = "SELECT count(*) FROM consent_record WHERE answer = 2";

fn multipart(name: &str, value: &str) -> (String, String) {
    let body =
        format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n--xyz--\r\n");
    ("multipart/form-data; boundary=xyz".to_owned(), body)
}

/// Who refuses what: (contact, organisation or 0, origin) of every no on file.
async fn refused(stage: &Stage) -> Vec<(i64, i32, String)> {
    let mut owner = stage.database.owner.connect().await.unwrap();
    sqlx::query_as(
        "SELECT DISTINCT contact_id, organisation_id, origin FROM consent_record WHERE answer = 2 AND channel = 1 ORDER BY 1, 2",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_is_taken_in_both_encodings_and_again() {
    let stage = Stage::set().await;
    let organisation = stage.sent.organisation.0;
    let (kind, body) = multipart("List-Unsubscribe", "One-Click");
    for _ in 0..2 {
        let answers = [
            post(stage.server, &unsubscribe(&stage.sent, 1), ONE_CLICK).await,
            post_as(stage.server, &unsubscribe(&stage.sent, 2), &kind, &body).await,
        ];
        for answer in answers {
            assert_eq!(answer.status, 200);
            assert_eq!((answer.header("location"), answer.header("set-cookie")), (None, None));
            assert!(answer.body.contains("La Scène"), "{}", answer.body);
        }
        let both = [(1, organisation, "one_click".to_owned()), (2, organisation, "one_click".to_owned())];
        assert_eq!(refused(&stage).await, both);
        assert_eq!(stage.count("SELECT count(*) FROM authorisation WHERE answer = 2").await, 2);
        assert_eq!(stage.count("SELECT count(*) FROM gate_scope WHERE blocks <> 0").await, 2);
        assert_eq!(stage.count("SELECT count(*) FROM gate WHERE blocks <> 0").await, 0);
        assert_eq!(stage.count("SELECT count(*) FROM address WHERE organisation_id <> 0").await, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_offers_the_organisation_and_the_whole_institution() {
    let stage = Stage::set().await;
    let path = unsubscribe(&stage.sent, 1);
    let page = get(stage.server, &path).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains(&format!("action=\"{path}\"")), "{}", page.body);
    assert!(page.header("content-security-policy").unwrap().contains("form-action 'self'"));
    assert_eq!(stage.count(NO_RECORDS).await, 0);
    let narrow = post(stage.server, &path, "scope=organisation").await;
    assert!(narrow.body.contains("value=\"institution\""), "it can be widened");
    let wide = post(stage.server, &path, "scope=institution").await;
    assert!(!wide.body.contains("<form"), "there is nothing more to refuse");
    let organisation = stage.sent.organisation.0;
    assert_eq!(refused(&stage).await, [(1, 0, "page".to_owned()), (1, organisation, "page".to_owned())]);
    assert_eq!(stage.count("SELECT count(*) FROM gate WHERE blocks <> 0").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_asks_for_nothing_changes_nothing() {
    let stage = Stage::set().await;
    let path = unsubscribe(&stage.sent, 1);
    let (kind, other) = multipart("List-Unsubscribe", "Maybe");
    let long = format!("{ONE_CLICK}&x={}", "y".repeat(17 * 1024));
    for (kind, body) in [
        ("application/x-www-form-urlencoded", ""),
        ("application/x-www-form-urlencoded", "List-Unsubscribe=Two-Clicks"),
        ("application/x-www-form-urlencoded", "scope=everything"),
        ("application/x-www-form-urlencoded", long.as_str()),
        ("application/json", "{\"List-Unsubscribe\": \"One-Click\"}"),
        (kind.as_str(), other.as_str()),
        (kind.as_str(), "--xyz\r\nbroken"),
        ("multipart/form-data", ONE_CLICK),
    ] {
        assert_eq!(post_as(stage.server, &path, kind, body).await.status, 400, "{kind}: {body:.40}");
    }
    assert_eq!(stage.count(NO_RECORDS).await, 0);
}

/// EM-25: nobody learns from a POST whether a token ever was one.
#[tokio::test(flavor = "multi_thread")]
async fn a_post_for_nobody_is_answered_like_any_other() {
    let stage = Stage::set().await;
    let foreign = token(&stage.sent, 1, TokenPurpose::Unsubscribe, 0).seal(&keys_under(9));
    let click = token(&stage.sent, 1, TokenPurpose::Click, 0).seal(&crate::stage::keys());
    let mut answers = Vec::new();
    for path in
        [format!("/u/{foreign}"), format!("/u/{click}"), "/u/x".to_owned(), unsubscribe(&stage.sent, 999)]
    {
        answers.push(post(stage.server, &path, ONE_CLICK).await);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    assert_eq!((answers[0].status, stage.count(NO_RECORDS).await), (404, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_stays_in_its_institution() {
    let stage = Stage::set().await;
    let other = stage.database.institution("other").await;
    let theirs = stage.database.sent(other, 11..=12, &LINKS, accepted_at()).await;
    assert_eq!(post(stage.server, &unsubscribe(&theirs, 11), ONE_CLICK).await.status, 200);
    assert_eq!(refused(&stage).await, [(11, theirs.organisation.0, "one_click".to_owned())]);
    // A token of ours for a contact of theirs is for nobody.
    assert_eq!(post(stage.server, &unsubscribe(&stage.sent, 12), ONE_CLICK).await.status, 404);
    assert_eq!(refused(&stage).await.len(), 1);
}
