use model::token::{Token, TokenPurpose};
use model::verdict::{AgentClass, HitMethod};
use queues::messages::ClientPrefix;
use sqlx::ConnectOptions as _;

use crate::http::{Answer, BROWSER, get, head, send};
use crate::stage::{LINKS, Opening, Stage, accepted_at, keys, keys_under, link, token, unsubscribe};

#[tokio::test(flavor = "multi_thread")]
async fn a_link_leads_to_its_stored_destination_with_no_trace_in_the_browser() {
    let stage = Stage::set().await;
    stage.tracker.refresh().await;
    let answer = get(stage.server, &format!("{}?url=https://evil.example/", link(&stage.sent, 1, 0))).await;
    assert_eq!((answer.status, answer.header("location")), (302, Some(LINKS[0])));
    for (name, value) in
        [("cache-control", "no-store"), ("referrer-policy", "no-referrer"), ("x-robots-tag", "noindex")]
    {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    assert_eq!((answer.header("set-cookie"), answer.body.as_str()), (None, ""));
    let looked_at = head(stage.server, &link(&stage.sent, 2, 1)).await;
    assert_eq!((looked_at.status, looked_at.header("location")), (302, Some(LINKS[1])));
    let hits = stage.hits().await;
    assert_eq!(hits.iter().map(|hit| hit.method).collect::<Vec<_>>(), [HitMethod::Get, HitMethod::Head]);
    assert_eq!(hits[0].signals.agent, AgentClass::Browser);
    let since = hits[0].at - accepted_at();
    assert!(
        (60..120).contains(&since.num_minutes()),
        "on the business clock, an hour after acceptance: {since}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_the_answer_is_the_same() {
    let stage = Stage::set().await;
    let sent = &stage.sent;
    let good = token(sent, 1, TokenPurpose::Click, 0);
    let altered = {
        let mut text = good.seal(&keys());
        let last = text.pop().unwrap();
        text.push(if last == 'a' { 'b' } else { 'a' });
        text
    };
    let sealed = |token: Token| token.seal(&keys());
    let mut answers: Vec<Answer> = Vec::new();
    for path in [
        format!("/l/{altered}"),
        "/l/short".to_owned(),
        format!("/l/{}", good.seal(&keys_under(9))),
        // A token opens for its own purpose only.
        format!("/l/{}", sealed(token(sent, 1, TokenPurpose::Unsubscribe, 0))),
        format!("/u/{}", sealed(good)),
        format!("/u/{}", sealed(token(sent, 1, TokenPurpose::Message, 0))),
        // Well made, and there is nothing behind it.
        link(sent, 1, 3),
        format!("/l/{}", sealed(Token { occurrence: model::ids::OccurrenceId(99), ..good })),
        format!("/l/{}", sealed(Token { institution: model::ids::InstitutionId(99), ..good })),
        unsubscribe(sent, 999),
        "/".to_owned(),
        "/admin".to_owned(),
    ] {
        let answer = get(stage.server, &path).await;
        assert_eq!(answer.status, 404, "{path}");
        answers.push(answer);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "one and the same, to the octet");
    assert_eq!(answers[0].header("cache-control"), Some("no-store"));
    assert!(answers[0].body.contains("<html lang=\"fr\">"));
    assert_eq!(stage.hits().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_refuses_tracking_is_redirected_and_not_recorded() {
    let stage = Stage::set().await;
    let silent = Token { do_not_record: true, ..token(&stage.sent, 1, TokenPurpose::Click, 0) };
    let answer = get(stage.server, &format!("/l/{}", silent.seal(&keys()))).await;
    assert_eq!(answer.header("location"), Some(LINKS[0]));
    assert_eq!(stage.hits().await, []);
}

/// TR-13: the links of somebody who is gone still lead where they led.
#[tokio::test(flavor = "multi_thread")]
async fn links_outlive_their_recipient() {
    let stage = Stage::set().await;
    let mut owner = stage.database.owner.connect().await.unwrap();
    sqlx::query("DELETE FROM contact WHERE contact_id = 1").execute(&mut owner).await.unwrap();
    assert_eq!(get(stage.server, &link(&stage.sent, 1, 0)).await.status, 302);
    assert_eq!(get(stage.server, &unsubscribe(&stage.sent, 1)).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_network_of_the_client_is_what_a_trusted_proxy_says() {
    let stage = Stage::set().await;
    let forwarded = format!("{BROWSER}X-Forwarded-For: 203.0.113.9, 198.51.100.7\r\n");
    let (server, path) = (stage.server, link(&stage.sent, 1, 0));
    send(server, "GET", &path, &forwarded, "").await;
    let store = Some(stage.database.app.clone());
    let trusting = Opening { keys: keys(), store, trusted_proxies: vec!["127.0.0.1".parse().unwrap()] };
    let stage = stage.open_again(trusting).await;
    send(stage.server, "GET", &path, &forwarded, "").await;
    let of = |address: &str| Some(ClientPrefix::of(address.parse().unwrap()));
    let clients: Vec<_> = stage.hits().await.into_iter().map(|hit| hit.client).collect();
    assert_eq!(clients, [of("127.0.0.1"), of("198.51.100.7")]);
}

/// A tracker that was asked before answers from its file; one that knows nothing and has no database says when to come back.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_is_known_without_the_database() {
    let stage = Stage::set().await;
    assert_eq!(get(stage.server, &link(&stage.sent, 1, 2)).await.status, 302, "asked for, and kept");
    let path = link(&stage.sent, 1, 0);
    let alone = || Opening { keys: keys(), store: None, trusted_proxies: Vec::new() };
    let stage = stage.open_again(alone()).await;
    assert_eq!(get(stage.server, &path).await.header("location"), Some(LINKS[0]));
    std::fs::remove_file(stage.folder.path().join("destinations")).unwrap();
    let stage = stage.open_again(alone()).await;
    let answer = get(stage.server, &path).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("30")));
    // Reached in the background, it knows everything.
    stage.tracker.refresh().await;
    assert_eq!(get(stage.server, &path).await.status, 302);
    assert_eq!(stage.hits().await.len(), 3);
}
