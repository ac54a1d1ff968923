//! Names, codes and texts.

use model::text::normalise_text;

use crate::Flaw;
use crate::value::list;

/// The longest name or line, in characters. Such text is compared through an index, whose keys are short.
pub const LINE_CHARACTERS: usize = 400;

/// The longest code, in characters.
const CODE_CHARACTERS: usize = 64;

/// One line of text: a name, a street.
///
/// # Errors
/// More than [`LINE_CHARACTERS`], or a character that ends a line or is none.
pub fn line(text: &str) -> Result<String, Flaw> {
    if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(Flaw::new(
            "a name or line cannot contain a line end or control character",
            "write it on one line",
        ));
    }
    if text.len() > LINE_CHARACTERS && text.chars().count() > LINE_CHARACTERS {
        return Err(Flaw::new(format!("it is longer than {LINE_CHARACTERS} characters"), "shorten it"));
    }
    Ok(text.to_owned())
}

/// Text of several lines, kept as given: a consent wording (CO-04).
///
/// # Errors
/// A control character other than a line end or a tab.
pub fn passage(text: &str) -> Result<String, Flaw> {
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Flaw::new(
            "a text cannot contain control characters",
            "remove them; line ends and tabs are fine",
        ));
    }
    Ok(text.to_owned())
}

/// A code such as `favourite_genre`: in the form for comparison, a letter first, then letters, digits and `_`.
///
/// # Errors
/// Other characters, or more than 64.
pub fn code(text: &str) -> Result<String, Flaw> {
    let code = normalise_text(text);
    let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if code.len() <= CODE_CHARACTERS
        && code.starts_with(|c: char| c.is_ascii_lowercase())
        && code.bytes().all(known)
    {
        return Ok(code);
    }
    Err(Flaw::new("a code is up to 64 of a-z, 0-9 and _, a letter first", "write it as favourite_genre"))
}

/// The choices of a criterion, separated by `|`, in their order.
///
/// # Errors
/// An empty choice, one that stands twice in the form for comparison, one that is no [`fn@line`].
pub fn choices(text: &str) -> Result<Vec<String>, Flaw> {
    let mut choices = Vec::new();
    let mut keys = Vec::new();
    for choice in list::parts(text)? {
        let key = normalise_text(choice);
        if keys.contains(&key) {
            return Err(Flaw::new("a choice stands twice in the list", "write each choice once"));
        }
        keys.push(key);
        choices.push(line(choice)?);
    }
    Ok(choices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(line("Zoë d'Arc-O'Neill, =1+1").unwrap(), "Zoë d'Arc-O'Neill, =1+1");
        for bad in ["a\nb", "a\u{2028}b", "a\0", "a\u{85}b"] {
            assert!(line(bad).is_err(), "{bad:?}");
        }
        assert!(line(&"é".repeat(400)).is_ok());
        assert!(line(&"é".repeat(401)).is_err());
        assert_eq!(passage("I agree.\r\n\tTruly.").unwrap(), "I agree.\r\n\tTruly.");
        assert!(passage("bell\u{7}").is_err());
    }

    #[test]
    fn codes_are_plain_and_in_lower_case() {
        assert_eq!(code("Favourite_Genre2").unwrap(), "favourite_genre2");
        for bad in ["2nd", "_x", "café", "a-b", "", &"a".repeat(65)] {
            assert!(code(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn choices_keep_their_order_and_stand_once() {
        assert_eq!(choices("Opera|Jazz | Théâtre").unwrap(), ["Opera", "Jazz", "Théâtre"]);
        for bad in ["Opera||Jazz", "Opera|", "Opera|opera", "Théâtre|the\u{301}a\u{302}tre"] {
            assert!(choices(bad).is_err(), "{bad}");
        }
    }
}
