//! A browser, a mail program or a scanner, as far as HTTP shows them: one request, one connection.

use std::cell::Cell;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::campaign::PUBLIC_URL;

/// What a person's browser calls itself.
pub const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
/// The body of the one-click POST (RFC 8058).
pub const ONE_CLICK: &str = "List-Unsubscribe=One-Click";

/// Talks to one tracker.
#[derive(Debug)]
pub struct Client<'a> {
    port: u16,
    hits: &'a Cell<i64>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl<'a> Client<'a> {
    pub fn of(port: u16, hits: &'a Cell<i64>) -> Self {
        Self { port, hits }
    }

    /// Follows a tracked link as `agent` does, and returns where it leads. Such a hit must be stored in the end.
    #[track_caller]
    pub fn follow(&self, link: &str, agent: &str) -> String {
        let answer = self.get(link, &[("User-Agent", agent)]);
        assert!((300..400).contains(&answer.status), "{link}: {answer:?}");
        self.hits.set(self.hits.get() + 1);
        answer.header("Location").expect("a redirect says where to").to_owned()
    }

    #[track_caller]
    pub fn get(&self, url: &str, headers: &[(&str, &str)]) -> Answer {
        request(self.port, "GET", url, headers, "").unwrap()
    }

    #[track_caller]
    pub fn head(&self, url: &str, headers: &[(&str, &str)]) -> Answer {
        request(self.port, "HEAD", url, headers, "").unwrap()
    }

    #[track_caller]
    pub fn post(&self, url: &str, form: &str) -> Answer {
        request(self.port, "POST", url, &[("Content-Type", "application/x-www-form-urlencoded")], form)
            .unwrap()
    }
}

/// One request for a public URL, made to the tracker itself as its proxy would.
pub fn request(
    port: u16,
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> io::Result<Answer> {
    let path = url.strip_prefix(PUBLIC_URL).ok_or_else(|| io::Error::other(format!("not ours: {url}")))?;
    let host = PUBLIC_URL.trim_start_matches("https://");
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if method == "POST" {
        text.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    text.push_str(body);
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(text.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    parse(&String::from_utf8_lossy(&answer)).ok_or_else(|| io::Error::other("no answer of HTTP"))
}

fn parse(text: &str) -> Option<Answer> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    Some(Answer { status, headers: headers.collect(), body: body.to_owned() })
}
