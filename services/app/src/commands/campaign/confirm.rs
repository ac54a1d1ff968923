//! The number that a person types before a large or surprising launch.

use std::io::{BufRead, IsTerminal as _, Write as _, stdin};

use model::guard::Figures;
use store::StoreError;

/// The figures, when this is the refusal of a launch that waits for its number.
pub fn awaited(error: &anyhow::Error) -> Option<Figures> {
    match error.downcast_ref::<StoreError>() {
        Some(StoreError::Unconfirmed(figures)) => Some(*figures),
        Some(_) | None => None,
    }
}

/// Asks for the number when a person sits there. `None`: nobody does, or they typed something else.
///
/// # Errors
/// When the terminal cannot be read.
pub fn ask(figures: Figures) -> std::io::Result<Option<i64>> {
    if !stdin().is_terminal() {
        return Ok(None);
    }
    let mut terminal = std::io::stderr().lock();
    write!(terminal, "{figures}.\nType that number to launch, or anything else to stop: ")?;
    terminal.flush()?;
    typed(&mut stdin().lock())
}

fn typed(from: &mut dyn BufRead) -> std::io::Result<Option<i64>> {
    let mut line = String::new();
    from.read_line(&mut line)?;
    Ok(line.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_a_number_is_a_number() {
        for (line, expected) in [
            ("1200\n", Some(1200)),
            (" 1200 ", Some(1200)),
            ("yes\n", None),
            ("y\n", None),
            ("12 00\n", None),
            ("", None),
        ] {
            assert_eq!(super::typed(&mut line.as_bytes()).unwrap(), expected, "{line:?}");
        }
    }
}
