//! Readers of single values: each takes the text of one trimmed, non-empty cell and says what is wrong without quoting it.
//!
//! All are strict. What two systems write differently (`01/02/2026`, `1.000`) is refused rather than guessed.

mod date;
mod degrees;
mod list;
mod number;
mod reach;
mod text;

pub use date::{date, instant};
pub use degrees::{latitude, longitude};
pub use list::{LIST_SEPARATOR, word, words};
pub use number::{count, decimal, minor_units, months, yes_no};
pub use reach::{country, email, https_url, language, mobile};
pub use text::{LINE_CHARACTERS, choices, code, line, passage};
