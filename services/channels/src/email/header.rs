//! Header fields from text: folded, encoded, or refused.
//!
//! What cannot be written plainly beyond doubt is written as encoded words (RFC 2047): non-ASCII text, text that looks
//! like an encoded word, double blanks, very long words. So a reader gets back exactly what was put in (EM-04), and no
//! line is longer than it may be (EM-01).

use data_encoding::BASE64;
use model::address::EmailAddress;

/// Characters of a line, at most, but for a single word that is longer (EM-01: 78, and 76 with encoded words).
const LINE: usize = 76;

/// What an encoded word has around its base64.
const WORD_FRAME: usize = "=?utf-8?B??=".len();

/// Characters of an address in a header, at most: it cannot be folded.
const MAX_UNFOLDED: usize = 900;

/// A value that cannot stand in a header. Names the field and the place, never the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderRefused {
    /// A line break or another control character (EM-05).
    #[error("{field} holds a control character at position {position}; remove it")]
    Control {
        /// The header field.
        field: &'static str,
        /// In characters, counted from 1.
        position: usize,
    },
    /// Not of the form that the field needs.
    #[error("{field} must be {expected}")]
    Form {
        /// The header field.
        field: &'static str,
        /// What would be right.
        expected: &'static str,
    },
}

/// Refuses line breaks of every kind and other controls (EM-05).
fn one_line(field: &'static str, value: &str) -> Result<(), HeaderRefused> {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    match value.chars().position(breaks) {
        Some(before) => Err(HeaderRefused::Control { field, position: before + 1 }),
        None => Ok(()),
    }
}

/// `field: value` with free text.
pub(crate) fn text(out: &mut String, field: &'static str, value: &str) -> Result<(), HeaderRefused> {
    one_line(field, value)?;
    out.push_str(field);
    out.push_str(": ");
    if is_plain(value) {
        fold(out, field.len() + 2, value);
    } else {
        encoded_words(out, field.len() + 2, value);
    }
    out.push_str("\r\n");
    Ok(())
}

/// `field: name <address>`, or the bare address.
pub(crate) fn mailbox(
    out: &mut String,
    field: &'static str,
    name: Option<&str>,
    address: &EmailAddress,
) -> Result<(), HeaderRefused> {
    out.push_str(field);
    out.push_str(": ");
    let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else {
        out.push_str(&address.wire());
        out.push_str("\r\n");
        return Ok(());
    };
    one_line(field, name)?;
    let quotable = is_plain(name) && name.len() <= LINE - 20 && !name.contains(['"', '\\']);
    if quotable {
        out.push('"');
        out.push_str(name);
        out.push('"');
    } else {
        encoded_words(out, field.len() + 2, name);
    }
    out.push_str("\r\n <");
    out.push_str(&address.wire());
    out.push_str(">\r\n");
    Ok(())
}

/// Checks a value that is written as it is and in one piece: visible ASCII without what would end it.
pub(crate) fn token(
    field: &'static str,
    value: &str,
    accepts: impl Fn(&str) -> bool,
    expected: &'static str,
) -> Result<(), HeaderRefused> {
    let visible = value.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>,\"".contains(&byte));
    if visible && value.len() <= MAX_UNFOLDED && accepts(value) {
        return Ok(());
    }
    one_line(field, value)?;
    Err(HeaderRefused::Form { field, expected })
}

/// Whether the text comes back unchanged when it is written as it is and folded at its blanks.
fn is_plain(value: &str) -> bool {
    let printable = value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    printable && !value.contains("=?") && value.split(' ').all(|word| (1..=LINE - 16).contains(&word.len()))
}

fn fold(out: &mut String, start: usize, value: &str) {
    let mut column = start;
    for (index, word) in value.split(' ').enumerate() {
        if index > 0 {
            let breaks = column + 1 + word.len() > LINE;
            out.push_str(if breaks { "\r\n " } else { " " });
            column = if breaks { 1 } else { column + 1 };
        }
        out.push_str(word);
        column += word.len();
    }
}

fn encoded_words(out: &mut String, start: usize, value: &str) {
    let mut column = start;
    let mut rest = value;
    loop {
        let room = (LINE - column - WORD_FRAME) / 4 * 3;
        let (word, more) = rest.split_at(rest.floor_char_boundary(room));
        out.push_str("=?utf-8?B?");
        BASE64.encode_append(word.as_bytes(), out);
        out.push_str("?=");
        if more.is_empty() {
            return;
        }
        out.push_str("\r\n ");
        (rest, column) = (more, 1);
    }
}

#[cfg(test)]
mod tests {
    use mail_parser::MessageParser;
    use proptest::prelude::*;

    use super::*;

    fn address() -> EmailAddress {
        EmailAddress::parse("box@theatre.example").unwrap()
    }

    fn subject(value: &str) -> String {
        let mut out = String::new();
        text(&mut out, "Subject", value).unwrap();
        out
    }

    /// Read by a parser that is not ours.
    fn read_subject(raw: &str) -> String {
        let raw = format!("{raw}\r\n");
        MessageParser::default().parse(raw.as_bytes()).unwrap().subject().unwrap_or_default().to_owned()
    }

    #[test]
    fn plain_text_stays_readable_and_is_folded() {
        assert_eq!(subject("News"), "Subject: News\r\n");
        let long = subject("word ".repeat(40).trim());
        assert!(long.lines().count() > 2 && long.split("\r\n").all(|line| line.len() <= LINE), "{long}");
    }

    #[test]
    fn what_could_be_read_otherwise_is_encoded() {
        for value in [
            "=?utf-8?Q?x?=",
            "two  blanks",
            " a",
            "a ",
            &"x".repeat(300),
            "Éloïse",
            "日本語の件名".repeat(20).as_str(),
            "",
        ] {
            let raw = subject(value);
            assert!(raw.contains("=?utf-8?B?"), "{raw}");
            assert!(raw.split("\r\n").all(|line| line.len() <= 76), "{raw}");
        }
        assert_eq!(read_subject(&subject("=?utf-8?Q?x?=")), "=?utf-8?Q?x?=");
    }

    #[test]
    fn line_breaks_and_controls_are_refused_with_their_place() {
        let mut out = String::new();
        for (value, position) in
            [("a\r\nBcc: x", 2), ("é\n", 2), ("\0", 1), ("ab\u{2028}", 3), ("\u{85}", 1), ("\u{7f}", 1)]
        {
            assert_eq!(
                text(&mut out, "Subject", value),
                Err(HeaderRefused::Control { field: "Subject", position })
            );
            assert_eq!(
                mailbox(&mut String::new(), "From", Some(&format!("x{value}y")), &address()),
                Err(HeaderRefused::Control { field: "From", position: position + 1 })
            );
        }
    }

    #[test]
    fn names_are_quoted_or_encoded() {
        let of = |name| {
            let mut out = String::new();
            mailbox(&mut out, "From", name, &address()).unwrap();
            out
        };
        assert_eq!(of(None), "From: box@theatre.example\r\n");
        assert_eq!(of(Some(" ")), "From: box@theatre.example\r\n");
        assert_eq!(of(Some("Box, Office")), "From: \"Box, Office\"\r\n <box@theatre.example>\r\n");
        assert!(of(Some("Théâtre")).starts_with("From: =?utf-8?B?"));
        assert!(of(Some("a\" <evil@example.org>")).starts_with("From: =?utf-8?B?"));
    }

    #[test]
    fn tokens_have_one_form() {
        let check = |value: &str| token("List-Id", value, |value| value.contains('.'), "a name with a dot");
        assert_eq!(check("news.theatre.example"), Ok(()));
        assert!(matches!(check("a.b\r\nBcc: c"), Err(HeaderRefused::Control { position: 4, .. })));
        for wrong in ["nodot", "a.b c", "a.b>", "a.é", "a.b,<c>", &"a.".repeat(500)] {
            assert!(matches!(check(wrong), Err(HeaderRefused::Form { .. })), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn another_parser_reads_back_every_subject(value in r#"([ -~]|=\?|é|日|🎭|  ){0,120}"#) {
            let raw = subject(&value);
            prop_assert!(raw.is_ascii());
            prop_assert!(raw.trim_end().split("\r\n").all(|line| line.len() <= 78 && !line.is_empty()));
            let read = read_subject(&raw);
            prop_assert_eq!(read.trim(), value.trim());
        }

        #[test]
        fn another_parser_reads_back_every_name(name in r#"[!-~é日]([ -~é日]|=\?){0,60}[!-~é日]"#) {
            let mut raw = String::new();
            mailbox(&mut raw, "From", Some(&name), &address()).unwrap();
            let raw = format!("{raw}\r\n");
            let message = MessageParser::default().parse(raw.as_bytes()).unwrap();
            let from = message.from().unwrap().as_list().unwrap();
            prop_assert_eq!(from.len(), 1);
            prop_assert_eq!(from[0].address().unwrap(), "box@theatre.example");
            prop_assert_eq!(from[0].name().unwrap(), name.trim());
        }
    }
}
