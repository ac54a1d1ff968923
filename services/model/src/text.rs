//! The comparison form of text.
//!
//! PostgreSQL's own `lower` depends on a collation and does not compose characters; so the form that is compared and
//! indexed is made here, once, and stored beside the text that people see.

use unicode_normalization::UnicodeNormalization;

/// `text` in lower case and composed (Unicode NFC), as stored in comparison columns (EM-11).
///
/// The result is stable: normalising it again changes nothing. Case is mapped character by character without regard
/// to language, so that a Turkish dotted capital İ and an i compare as different.
#[must_use]
pub fn normalise_text(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // Composed first, because a capital and its accent may have a lower case only together; composed again, because
    // some capitals have a lower case of two characters. A character-wise map keeps the final sigma out of it.
    text.nfc().flat_map(char::to_lowercase).nfc().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn composed_and_decomposed_spellings_compare_equal() {
        assert_eq!(normalise_text("THE\u{301}A\u{302}TRE"), "théâtre");
        assert_eq!(normalise_text("ÉLODIE"), normalise_text("e\u{301}lodie"));
        assert_eq!(normalise_text("Straße"), "straße");
        assert_eq!(normalise_text("ΟΔΟΣ"), "οδοσ");
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(text in any::<String>()) {
            let once = normalise_text(&text);
            prop_assert_eq!(normalise_text(&once), once);
        }

        #[test]
        fn ascii_takes_the_same_path_as_everything_else(text in "[ -~]{0,40}") {
            let long_way: String = text.nfc().flat_map(char::to_lowercase).nfc().collect();
            prop_assert_eq!(normalise_text(&text), long_way);
        }
    }
}
