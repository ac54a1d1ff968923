//! Canonicalisation "relaxed" (RFC 6376 §3.4.2, §3.4.4): what small changes on the way must not break.

/// Header block with its last CRLF, and body; `None` without a blank line between them.
pub(super) fn split(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = message.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    Some((&message[..end + 2], &message[end + 4..]))
}

/// The fields of a header block, each with its folded lines and its CRLF.
pub(super) fn fields(head: &str) -> Vec<&str> {
    let mut fields = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in head.split_inclusive("\r\n") {
        if !line.starts_with([' ', '\t']) && at > start {
            fields.push(&head[start..at]);
            start = at;
        }
        at += line.len();
    }
    if at > start {
        fields.push(&head[start..at]);
    }
    fields
}

/// The last field of that name, as a verifier counts them.
pub(super) fn last<'a>(fields: &[&'a str], name: &str) -> Option<&'a str> {
    let named = |field: &&&str| {
        field
            .split_once(':')
            .is_some_and(|(field, _)| field.trim_end_matches([' ', '\t']).eq_ignore_ascii_case(name))
    };
    fields.iter().rev().find(named).copied()
}

/// Appends `field` in lower case name, unfolded, with single blanks, ended by CRLF.
pub(super) fn header(out: &mut String, field: &str) {
    let (name, value) = field.split_once(':').unwrap_or((field, ""));
    out.push_str(&name.trim_end_matches([' ', '\t']).to_ascii_lowercase());
    out.push(':');
    for (index, word) in value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).enumerate() {
        if index > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.push_str("\r\n");
}

/// The body with single blanks, none at line ends, and no empty lines at its end.
pub(super) fn body(body: &[u8]) -> Vec<u8> {
    let mut canonical = Vec::with_capacity(body.len());
    let mut length = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let text = line.strip_suffix(b"\r\n").unwrap_or(line);
        let mut blank = false;
        for byte in text {
            if matches!(byte, b' ' | b'\t') {
                blank = true;
                continue;
            }
            if std::mem::take(&mut blank) {
                canonical.push(b' ');
            }
            canonical.push(*byte);
        }
        let ends_here = canonical.len();
        canonical.extend_from_slice(b"\r\n");
        if !text.iter().all(|byte| matches!(byte, b' ' | b'\t')) {
            length = ends_here + 2;
        }
    }
    canonical.truncate(length);
    canonical
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard() {
        let head = "A: X\r\nB : Y\t\r\n\tZ  \r\n";
        let mut out = String::new();
        for field in fields(head) {
            header(&mut out, field);
        }
        assert_eq!(out, "a:X\r\nb:Y Z\r\n");
        assert_eq!(body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
    }

    #[test]
    fn empty_bodies_are_empty_and_a_missing_line_end_is_added() {
        assert_eq!(body(b""), b"");
        assert_eq!(body(b"\r\n \r\n"), b"");
        assert_eq!(body(b"x"), b"x\r\n");
    }

    #[test]
    fn a_message_is_split_at_its_first_blank_line() {
        assert_eq!(split(b"A: b\r\n\r\nc\r\n\r\nd"), Some((&b"A: b\r\n"[..], &b"c\r\n\r\nd"[..])));
        assert_eq!(split(b"A: b\r\n"), None);
    }

    #[test]
    fn the_last_field_of_a_name_is_meant() {
        let fields = fields("To: a\r\nX: y\r\nTO : b\r\n c\r\n");
        assert_eq!(last(&fields, "To"), Some("TO : b\r\n c\r\n"));
        assert_eq!(last(&fields, "From"), None);
    }
}
