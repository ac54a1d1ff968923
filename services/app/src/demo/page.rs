//! The start page of a demo that stays: what was done, until Ctrl-C.

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::outcome::Outcome;
use crate::say::say;

/// Serves the page on a free port until `stop` is cancelled.
///
/// # Errors
/// When no port can be opened.
pub async fn serve(outcome: &Outcome, stop: &CancellationToken) -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("a port for the start page")?;
    say!("\nThe outcome stands at http://{}/ until Ctrl-C.", listener.local_addr()?)?;
    let page = page(outcome)?;
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        let (stream, _) = accepted?;
        let page = page.clone();
        // A visitor who leaves is no error of the demo.
        tokio::spawn(async move { answer(stream, &page).await });
    }
    Ok(())
}

async fn answer(mut stream: TcpStream, page: &str) -> std::io::Result<()> {
    let _ = stream.read(&mut [0; 4096]).await?;
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\nConnection: close\r\n\r\n",
        page.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(page.as_bytes()).await
}

/// Numbers and words of closed lists only, so nothing needs escaping.
fn page(outcome: &Outcome) -> anyhow::Result<String> {
    let json = serde_json::to_value(outcome)?;
    let rows: String = json
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            format!("<tr><th scope=\"row\">{}</th><td>{}</td></tr>", name.replace('_', " "), cell(value))
        })
        .collect();
    Ok(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Rappel demo</title><style>:root{{color-scheme:light dark}}body{{font:1rem/1.5 system-ui;max-width:44rem;margin:3rem auto;padding:0 1rem}}\
         table{{border-collapse:collapse;width:100%}}th,td{{text-align:left;padding:.35rem .5rem;border-bottom:1px solid #8884;vertical-align:top}}\
         td{{font-variant-numeric:tabular-nums}}</style><h1>Rappel demo</h1>\
         <p>One campaign, from a target to the inbox, and a click that came back. The walk through it is in your terminal.</p>\
         <table>{rows}</table></html>"
    ))
}

/// A number, or a list of reasons with their numbers.
fn cell(value: &serde_json::Value) -> String {
    match value.as_object() {
        None => value.to_string(),
        Some(parts) => {
            let parts: Vec<String> =
                parts.iter().map(|(name, count)| format!("{}: {count}", name.replace('_', " "))).collect();
            parts.join("<br>")
        }
    }
}
