//! The plainest HTTP client: what goes over the wire is what the test wrote.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// An answer as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// In their order, names in lower case, without `date`.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

pub async fn get(server: SocketAddr, path: &str) -> Answer {
    send(server, "GET", path, BROWSER, "").await
}

pub async fn head(server: SocketAddr, path: &str) -> Answer {
    send(server, "HEAD", path, BROWSER, "").await
}

/// A form in the usual encoding.
pub async fn post(server: SocketAddr, path: &str, body: &str) -> Answer {
    post_as(server, path, "application/x-www-form-urlencoded", body).await
}

pub async fn post_as(server: SocketAddr, path: &str, content_type: &str, body: &str) -> Answer {
    let length = body.len();
    let headers = format!("Content-Type: {content_type}\r\nContent-Length: {length}\r\n");
    send(server, "POST", path, &headers, body).await
}

pub const BROWSER: &str = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\nAccept-Language: fr\r\n";

pub async fn send(server: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> Answer {
    let mut stream = TcpStream::connect(server).await.unwrap();
    let request =
        format!("{method} {path} HTTP/1.1\r\nHost: t.example\r\nConnection: close\r\n{headers}\r\n{body}");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    read(&String::from_utf8(bytes).unwrap())
}

fn read(text: &str) -> Answer {
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines
        .map(|line| line.split_once(':').unwrap())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .filter(|(name, _)| name != "date")
        .collect();
    Answer { status, headers, body: body.to_owned() }
}
