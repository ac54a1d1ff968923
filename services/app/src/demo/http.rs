//! A request of HTTP/1.1 and its answer, for the simulated person and scanner and for the start page.

use std::net::SocketAddr;

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// 200, 302, ...
    pub status: u16,
    head: String,
}

impl Answer {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let named =
            |line: &&str| line.split(':').next().is_some_and(|found| found.eq_ignore_ascii_case(name));
        self.head.lines().find(named).and_then(|line| line.split_once(':')).map(|(_, value)| value.trim())
    }
}

/// Gets `url` as a browser or scanner called `agent`, from `server` on this machine, which stands in for whatever the name
/// in the address would resolve to.
///
/// # Errors
/// When the server does not answer in HTTP.
pub async fn get(server: SocketAddr, url: &str, agent: &str) -> anyhow::Result<Answer> {
    let (_, rest) = url.split_once("://").context("an address with a scheme")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(server).await?;
    let request = format!(
        "GET /{path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    let text = String::from_utf8_lossy(&bytes);
    let head = text.split("\r\n\r\n").next().unwrap_or_default().to_owned();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).context("no HTTP answer")?;
    Ok(Answer { status, head })
}
