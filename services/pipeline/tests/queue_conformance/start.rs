//! A process that cannot use its broker says so in one sentence, soon.

use std::time::{Duration, Instant};

use pipeline::queue::{Limits, OpenError};
use queues::topology::QueueId::EmailNotice;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::stage::{Dice, node, open, topology, within};

/// The sentence of a start that must fail within five seconds.
async fn refused(url: &str, limits: Limits) -> OpenError {
    let began = Instant::now();
    let error = open(url, "start", limits).await.err().expect("there is no broker to use");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let sentence = error.to_string();
    assert!(!sentence.contains("hush") && !sentence.contains('\n'), "{sentence}");
    error
}

#[tokio::test]
async fn a_url_that_is_none() {
    for url in ["", "localhost", "http://localhost", "amqp://user:hush@host:port/"] {
        assert_eq!(refused(url, Limits::default()).await, OpenError::Address, "{url}");
    }
}

#[tokio::test]
async fn nothing_listens() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = refused(&format!("amqp://user:hush@{free}/%2f"), Limits::default()).await;
    assert!(
        matches!(&error, OpenError::Unreachable { place, .. } if place.contains(&free.to_string())),
        "{error}"
    );
}

#[tokio::test]
async fn something_listens_and_says_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("amqp://user:hush@{}/%2f", listener.local_addr().unwrap());
    let limits = Limits { connect: Duration::from_millis(300), ..Limits::default() };
    let error = refused(&url, limits).await;
    assert!(matches!(error, OpenError::Silent { .. }), "{error}");
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut all = Vec::new();
    within(socket.read_to_end(&mut all)).await.unwrap();
    assert_eq!(all, b"AMQP\x00\x00\x09\x01", "the socket was ended with the attempt");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_or_virtual_host() {
    let node = node().await;
    let address = node.address().await;
    for url in [format!("amqp://guest:hush@{address}/%2f"), format!("amqp://guest:guest@{address}/elsewhere")]
    {
        let error = refused(&url, Limits::default()).await;
        assert!(matches!(error, OpenError::Refused { .. }), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_with_another_argument() {
    let node = node().await;
    let url = node.url().await;
    open(&url, "mismatch", Limits::default()).await.unwrap();
    let mut other = topology("mismatch");
    other.queues[EmailNotice as usize].max_length += 1;
    let dice = std::sync::Arc::new(Dice::default());
    let error = pipeline::queue::Rabbit::open(&url, other, Limits::default(), dice).await.err().unwrap();
    let OpenError::Mismatch { what, argument, detail } = &error else { panic!("{error}") };
    assert_eq!((what.as_str(), argument.as_str()), ("queue mismatch.send.email.notice.v1", "x-max-length"));
    assert_eq!(detail, "wanted '21' found '20'");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_of_another_type() {
    let node = node().await;
    let url = node.url().await;
    open(&url, "kind", Limits::default()).await.unwrap();
    let mut other = topology("kind");
    other.exchanges[0].kind = queues::topology::ExchangeKind::Topic;
    let dice = std::sync::Arc::new(Dice::default());
    let error = pipeline::queue::Rabbit::open(&url, other, Limits::default(), dice).await.err().unwrap();
    let OpenError::Mismatch { what, argument, .. } = &error else { panic!("{error}") };
    assert_eq!((what.as_str(), argument.as_str()), ("exchange kind.rappel.dispatch", "type"));
}
