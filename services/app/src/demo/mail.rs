//! Reading a captured message as its recipient would: the text part with its links.

use servers::sink::Captured;

/// The text part of a message, decoded; the product's text parts are quoted-printable or base64 or plain.
#[must_use]
pub fn text_part(message: &Captured) -> String {
    let raw = String::from_utf8_lossy(&message.raw);
    let Some(part) =
        raw.split("\r\n--").find(|part| part.to_ascii_lowercase().contains("content-type: text/plain"))
    else {
        return String::new();
    };
    let (head, body) = part.split_once("\r\n\r\n").unwrap_or((part, ""));
    let head = head.to_ascii_lowercase();
    if head.contains("quoted-printable") {
        quoted_printable(body)
    } else if head.contains("base64") {
        base64(body)
    } else {
        body.to_owned()
    }
}

/// Every address of a page in a text, in order.
#[must_use]
pub fn links(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().filter(|word| word.starts_with("http")).map(str::to_owned).collect()
}

fn quoted_printable(body: &str) -> String {
    let joined = body.replace("=\r\n", "");
    let mut bytes = Vec::with_capacity(joined.len());
    let mut rest = joined.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = (*first == b'=')
            .then(|| tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn base64(body: &str) -> String {
    let clean: String = body.split_ascii_whitespace().collect();
    let bytes = data_encoding::BASE64.decode(clean.as_bytes()).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_it_was_written() {
        assert_eq!(
            quoted_printable("caf=C3=A9 http://a.example/l/x=\r\ny = z"),
            "café http://a.example/l/xy = z"
        );
        assert_eq!(
            links("see http://a.example/l/xy now\nhttps://b.example"),
            ["http://a.example/l/xy", "https://b.example"]
        );
        assert_eq!(base64("Y2Fmw6k=\r\n"), "café");
    }
}
