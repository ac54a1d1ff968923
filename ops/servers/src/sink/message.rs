//! Reading a message from the wire: strict line ends, dot-unstuffing, limits, and the one header that we look at.

use std::io::{self, BufRead};

/// RFC 5321 §4.5.3.1.6: 1000 octets with CRLF, and one more for a stuffed dot.
const LONGEST_LINE: usize = 1001;
/// What EHLO advertises in SIZE.
pub(super) const LARGEST: usize = 10 * 1024 * 1024;

/// Why the content of a message is refused at the dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// A line feed or carriage return on its own (RFC 5321 §2.3.8; the opening of SMTP smuggling).
    BareLineEnd,
    /// RFC 5321 §4.5.3.1.6.
    LongLine,
    /// More than SIZE.
    TooLarge,
}

/// How the content ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content {
    Message(Vec<u8>),
    Refused(Fault),
    /// The client went away inside the message.
    Cut,
}

/// Reads up to and including the line with the single dot.
pub(super) fn read(reader: &mut impl BufRead) -> io::Result<Content> {
    let mut raw = Vec::new();
    let mut line = Vec::new();
    let mut fault = None;
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 || !line.ends_with(b"\n") {
            return Ok(Content::Cut);
        }
        if line == b".\r\n" {
            return Ok(fault.map_or(Content::Message(raw), Content::Refused));
        }
        let found = fault_of(&line).or((raw.len() + line.len() > LARGEST).then_some(Fault::TooLarge));
        fault = fault.or(found);
        if fault.is_none() {
            raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }
}

fn fault_of(line: &[u8]) -> Option<Fault> {
    let text = line.strip_suffix(b"\r\n").unwrap_or(line);
    if text.len() == line.len() || text.contains(&b'\r') {
        return Some(Fault::BareLineEnd);
    }
    (line.len() > LONGEST_LINE).then_some(Fault::LongLine)
}

/// The value of Message-ID in the header block, unfolded.
pub(super) fn message_id(raw: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(raw);
    let header = text.split("\r\n\r\n").next().unwrap_or_default();
    let unfolded = header.replace("\r\n ", " ").replace("\r\n\t", " ");
    unfolded.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("message-id").then(|| value.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(mut wire: &[u8]) -> Content {
        read(&mut wire).unwrap()
    }

    #[test]
    fn stuffed_dots_are_taken_out() {
        let wire = b"Subject: x\r\n\r\n..leading\r\n...\r\nend\r\n.\r\n";
        assert_eq!(content(wire), Content::Message(b"Subject: x\r\n\r\n.leading\r\n..\r\nend\r\n".to_vec()));
    }

    #[test]
    fn only_crlf_dot_crlf_ends_a_message_and_bare_line_ends_are_refused() {
        for wire in [&b"a\n.\r\nb\r\n.\r\n"[..], b"a\r\n.\nb\r\n.\r\n", b"a\rb\r\n.\r\n"] {
            assert_eq!(content(wire), Content::Refused(Fault::BareLineEnd), "{wire:?}");
        }
    }

    #[test]
    fn lines_and_messages_have_limits() {
        let longest = [vec![b'x'; 998], b"\r\n.\r\n".to_vec()].concat();
        assert!(matches!(content(&longest), Content::Message(_)));
        let long = [vec![b'x'; 1000], b"\r\n.\r\n".to_vec()].concat();
        assert_eq!(content(&long), Content::Refused(Fault::LongLine));
        let large = [b"0123456789\r\n".repeat(LARGEST / 12 + 1), b".\r\n".to_vec()].concat();
        assert_eq!(content(&large), Content::Refused(Fault::TooLarge));
    }

    #[test]
    fn a_message_without_its_dot_is_cut() {
        assert_eq!(content(b"a\r\nb"), Content::Cut);
        assert_eq!(content(b"a\r\n"), Content::Cut);
    }

    #[test]
    fn the_message_id_is_read_from_the_header_only() {
        let raw = b"Subject: a\r\nmessage-ID:\r\n <1@example.org>\r\n\r\nMessage-ID: <2@example.org>\r\n";
        assert_eq!(message_id(raw).as_deref(), Some("<1@example.org>"));
        assert_eq!(message_id(b"Subject: a\r\n\r\nMessage-ID: <2@example.org>\r\n"), None);
    }
}
