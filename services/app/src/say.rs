//! What a command tells on standard output.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write as _, stdout};

/// Writes a line to standard output.
///
/// # Errors
/// When it cannot be written. A reader who has seen enough (`rappel status … | head`) is no error: what was done is done.
pub fn line(text: Arguments<'_>) -> std::io::Result<()> {
    match writeln!(stdout(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Says a line, as `println!` does, but see [`line()`]: `say!("launch {id} runs")?`.
macro_rules! say {
    ($($text:tt)*) => { $crate::say::line(format_args!($($text)*)) };
}

pub(crate) use say;
