//! Words of closed lists, alone or several in a cell.

use model::text::normalise_text;

use crate::Flaw;
use crate::words::Word;

/// What stands between the parts of a list in one cell. It is none of the separators of cells.
pub const LIST_SEPARATOR: char = '|';

/// One word of a closed list; capitals do not matter.
///
/// # Errors
/// When it is none of them; the remedy lists them.
pub fn word<W: Word>(text: &str) -> Result<W, Flaw> {
    if let Some(word) = W::ALL.iter().find(|member| member.word() == text) {
        return Ok(*word);
    }
    let key = normalise_text(text);
    W::ALL.iter().copied().find(|member| member.word() == key).ok_or_else(|| {
        let known: Vec<&str> = W::ALL.iter().map(|member| member.word()).collect();
        Flaw::new("it is none of the known words", format!("write one of: {}", known.join(", ")))
    })
}

/// Several words of a closed list, separated by `|`; sorted, since their order means nothing.
///
/// # Errors
/// An empty part, an unknown word, the same word twice.
pub fn words<W: Word>(text: &str) -> Result<Vec<W>, Flaw> {
    let mut words = parts(text)?.map(word).collect::<Result<Vec<W>, Flaw>>()?;
    words.sort_unstable();
    if words.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Flaw::new("a word stands twice in the list", "write each word once"));
    }
    Ok(words)
}

/// The trimmed parts of a list, none of them empty.
pub(super) fn parts(text: &str) -> Result<impl Iterator<Item = &str>, Flaw> {
    if text.split(LIST_SEPARATOR).any(|part| part.trim().is_empty()) {
        return Err(Flaw::new(
            "the list has an empty part",
            "separate the parts by one | each, none at the ends",
        ));
    }
    Ok(text.split(LIST_SEPARATOR).map(str::trim))
}

#[cfg(test)]
mod tests {
    use model::vocabulary::{Channel, ContactRole};

    use super::*;

    #[test]
    fn words_are_read_whatever_their_capitals() {
        assert_eq!(word::<Channel>("email"), Ok(Channel::Email));
        assert_eq!(word::<Channel>("SMS"), Ok(Channel::Sms));
        assert_eq!(word::<Channel>("e-mail").unwrap_err().remedy, "write one of: email, sms, phone, post");
    }

    #[test]
    fn lists_are_sets() {
        assert_eq!(
            words::<ContactRole>("guide | Customer"),
            Ok(vec![ContactRole::Customer, ContactRole::Guide])
        );
        for bad in ["guide|guide", "guide|", "|", "guide,customer"] {
            assert!(words::<ContactRole>(bad).is_err(), "{bad}");
        }
    }
}
