//! The two parts of a message as one `multipart/alternative` body (EM-06).

use lettre::message::Body;

/// Appends the `Content-Type` of the whole, the blank line and both parts, plain text first.
pub(crate) fn alternative(out: &mut String, boundary: &str, text: &str, html: &str) {
    let head = format!("Content-Type: multipart/alternative;\r\n boundary=\"{boundary}\"\r\n\r\n");
    out.push_str(&head);
    part(out, boundary, "plain", text);
    part(out, boundary, "html", html);
    out.push_str(&format!("--{boundary}--\r\n"));
}

fn part(out: &mut String, boundary: &str, subtype: &str, content: &str) {
    // 7bit when it fits, else quoted-printable or base64: pure ASCII in lines of at most 76, whatever the server offers.
    let body = Body::new(with_crlf(content));
    let head = format!(
        "--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {}\r\n\r\n",
        body.encoding()
    );
    out.push_str(&head);
    out.push_str(&ascii(body.into_vec()));
    out.push_str("\r\n");
}

/// Looks at it once more only if it is none.
fn ascii(encoded: Vec<u8>) -> String {
    String::from_utf8(encoded).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The content with every line end as CRLF and without other controls than tabs (EM-02).
fn with_crlf(content: &str) -> String {
    let mut lines = String::with_capacity(content.len() + content.len() / 32);
    let mut rest = content;
    // No octet of a longer character looks like a control.
    while let Some(at) = rest.bytes().position(|octet| octet.is_ascii_control() && octet != b'\t') {
        lines.push_str(&rest[..at]);
        let control = &rest[at..];
        let length = if control.starts_with("\r\n") { 2 } else { 1 };
        if control.starts_with(['\r', '\n']) {
            lines.push_str("\r\n");
        }
        rest = &control[length..];
    }
    lines.push_str(rest);
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_kind_of_line_end_becomes_crlf_and_controls_go() {
        assert_eq!(
            with_crlf("a\nb\r\nc\rd\r\re\n\n\0\u{1b}\tf\u{7f}"),
            "a\r\nb\r\nc\r\nd\r\n\r\ne\r\n\r\n\tf"
        );
    }

    proptest! {
        /// EM-01, EM-02.
        #[test]
        fn lines_are_short_ascii_and_end_in_crlf(text in r"([ -~]|\n|\r|\.|é|日|\x00){0,400}", html in r"[ -~]{0,2000}") {
            let mut out = String::new();
            alternative(&mut out, "=_b", &text, &html);
            prop_assert!(out.is_ascii() && out.ends_with("\r\n"));
            for line in out.split("\r\n") {
                prop_assert!(line.len() <= 78 && !line.contains(['\r', '\n', '\0']), "{:?}", line);
            }
        }
    }
}
