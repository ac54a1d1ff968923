//! SMTP command lines, read strictly: what a real server would refuse, the sink refuses.

use std::io::{self, BufRead};

/// RFC 5321 §4.5.3.1.4 allows 512 octets; parameters may add some.
const LONGEST: usize = 1024;

/// A command that the sink understands.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    Hello {
        extended: bool,
    },
    /// The sender; empty for the null sender.
    Mail(String),
    Recipient(String),
    Data,
    Reset,
    Nothing,
    Quit,
}

/// The answer to a line that is no command.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: u16,
    pub(super) text: &'static str,
}

const fn refuse<T>(code: u16, text: &'static str) -> Result<T, Refusal> {
    Err(Refusal { code, text })
}

/// One line with its line end; `None` at the end of the connection. A line without CRLF is an error of the client that
/// [`Command::parse`] names.
pub(super) fn read_line(reader: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let read = reader.read_until(b'\n', &mut line)?;
    Ok((read > 0).then(|| String::from_utf8_lossy(&line).into_owned()))
}

impl Command {
    /// Whether it must end a group of commands that come together (RFC 2920 §3.1).
    pub(super) const fn ends_group(&self) -> bool {
        matches!(self, Self::Hello { .. } | Self::Data | Self::Nothing | Self::Quit)
    }

    pub(super) fn parse(line: &str) -> Result<Self, Refusal> {
        let Some(text) = line.strip_suffix("\r\n").filter(|text| !text.contains(['\r', '\n'])) else {
            return refuse(500, "5.5.2 a line must end with CRLF");
        };
        if line.len() > LONGEST {
            return refuse(500, "5.5.2 line too long");
        }
        let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" if !rest.trim().is_empty() => Ok(Self::Hello { extended: true }),
            "HELO" if !rest.trim().is_empty() => Ok(Self::Hello { extended: false }),
            "EHLO" | "HELO" => refuse(501, "5.5.4 who are you?"),
            "MAIL" => path(rest, "FROM:").map(Self::Mail),
            "RCPT" => match path(rest, "TO:") {
                Ok(to) if to.is_empty() => refuse(501, "5.1.3 a recipient is not empty"),
                other => other.map(Self::Recipient),
            },
            "DATA" => Ok(Self::Data),
            "RSET" => Ok(Self::Reset),
            "NOOP" => Ok(Self::Nothing),
            "QUIT" => Ok(Self::Quit),
            _ => refuse(502, "5.5.1 not understood"),
        }
    }
}

/// Reads `FROM:<path> parameters`.
fn path(rest: &str, keyword: &str) -> Result<String, Refusal> {
    let keyed = rest.get(..keyword.len()).is_some_and(|start| start.eq_ignore_ascii_case(keyword));
    let inner = if keyed { rest[keyword.len()..].trim_start().strip_prefix('<') } else { None };
    let Some((address, parameters)) = inner.and_then(|inner| inner.rsplit_once('>')) else {
        return refuse(501, "5.5.4 the address stands between < and >");
    };
    if !address.is_ascii() {
        return refuse(553, "5.6.7 SMTPUTF8 is not offered");
    }
    if !address.is_empty() && !address.split_once('@').is_some_and(|(l, d)| !l.is_empty() && !d.is_empty()) {
        return refuse(501, "5.1.3 not an address");
    }
    let known = |parameter: &str| {
        let upper = parameter.to_ascii_uppercase();
        upper.starts_with("SIZE=") || upper == "BODY=8BITMIME" || upper == "BODY=7BIT"
    };
    if parameters.split_whitespace().all(known) {
        Ok(address.to_owned())
    } else {
        refuse(555, "5.5.4 parameter not offered")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_understood_in_any_case() {
        for (line, command) in [
            ("EHLO client.example\r\n", Command::Hello { extended: true }),
            ("helo client.example\r\n", Command::Hello { extended: false }),
            ("MAIL FROM:<a@example.org> BODY=8BITMIME SIZE=10\r\n", Command::Mail("a@example.org".into())),
            ("mail from: <>\r\n", Command::Mail(String::new())),
            ("RCPT TO:<b@example.org>\r\n", Command::Recipient("b@example.org".into())),
            ("DATA\r\n", Command::Data),
            ("rset\r\n", Command::Reset),
            ("NOOP\r\n", Command::Nothing),
            ("quit\r\n", Command::Quit),
        ] {
            assert_eq!(Command::parse(line), Ok(command), "{line}");
        }
    }

    #[test]
    fn what_a_real_server_refuses_is_refused() {
        for (line, code) in [
            ("QUIT\n", 500),
            ("NOOP a\rb\r\n", 500),
            ("EHLO\r\n", 501),
            ("MAIL FROM:a@example.org\r\n", 501),
            ("MAIL TO:<a@example.org>\r\n", 501),
            ("RCPT TO:<>\r\n", 501),
            ("RCPT TO:<nobody>\r\n", 501),
            ("RCPT TO:<jürg@example.org>\r\n", 553),
            ("MAIL FROM:<a@example.org> SMTPUTF8\r\n", 555),
            ("STARTTLS\r\n", 502),
        ] {
            assert_eq!(Command::parse(line).unwrap_err().code, code, "{line}");
        }
        assert_eq!(Command::parse(&format!("NOOP {}\r\n", "x".repeat(LONGEST))).unwrap_err().code, 500);
    }
}
