use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use web::serve;

use crate::http::{self, BROWSER, send};
use crate::stage::{Stage, link, unsubscribe};

#[tokio::test(flavor = "multi_thread")]
async fn other_methods_are_refused_and_change_nothing() {
    let stage = Stage::set().await;
    let (tracked, action) = (link(&stage.sent, 1, 0), unsubscribe(&stage.sent, 1));
    for (method, path) in [
        ("POST", &tracked),
        ("OPTIONS", &tracked),
        ("OPTIONS", &action),
        ("PUT", &action),
        ("DELETE", &action),
        ("PATCH", &action),
    ] {
        let answer = send(stage.server, method, path, BROWSER, "").await;
        assert_eq!(answer.status, 405, "{method}");
    }
    assert_eq!(stage.hits().await, []);
    assert_eq!(stage.count("SELECT count(*) FROM consent_record WHERE answer = 2").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_too_long_is_refused() {
    let stage = Stage::set().await;
    let long = format!("{BROWSER}X-Long: {}\r\n", "x".repeat(20_000));
    let answer = send(stage.server, "GET", "/", &long, "").await;
    assert_eq!(answer.status, 431);
}

async fn bare() -> (SocketAddr, CancellationToken, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (server, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    let router = Router::new().route("/", get(async || "here"));
    let serving = tokio::spawn(serve(listener, router, stop.clone()));
    (server, stop, serving)
}

/// The clock of the runtime stands still and jumps when everybody waits.
#[tokio::test(start_paused = true)]
async fn a_head_that_never_ends_is_cut_off() {
    let (server, _stop, _serving) = bare().await;
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: t.example\r\nX-Slow: ").await.unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    let rest = String::from_utf8(rest).unwrap();
    assert!(rest.is_empty() || rest.starts_with("HTTP/1.1 408"), "{rest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_answers_what_it_took_and_takes_no_more() {
    let (server, stop, serving) = bare().await;
    assert_eq!(http::get(server, "/").await.body, "here");
    // An idle connection does not keep it.
    let mut idle = TcpStream::connect(server).await.unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nHost: t.example\r\n\r\n").await.unwrap();
    let mut first = [0; 15];
    idle.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    stop.cancel();
    serving.await.unwrap();
    assert!(TcpStream::connect(server).await.is_err());
}
