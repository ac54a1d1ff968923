//! Made-up identities for the customers of the demo, stable for their number, and what they answered.
//!
//! Stated proportions: 58 % said yes with a signed form, 1 in 8 of those more than two years ago; 11 % refused the channel,
//! 3 % everything; the rest was never asked. 2 % have no address, 2 % share one, 1 % are under age.

use chrono::NaiveDate;

use super::draw::{draw, holds};

const FIRST: [&str; 24] = [
    "Ada", "Bruno", "Chiara", "Denis", "Elsa", "Fabio", "Greta", "Hugo", "Ines", "Jonas", "Klara", "Luca",
    "Maud", "Nils", "Olga", "Paul", "Quentin", "Rosa", "Sami", "Tilda", "Ugo", "Vera", "Wanda", "Yann",
];
const LAST: [&str; 24] = [
    "Arnaud",
    "Bellini",
    "Carpentier",
    "Dubois",
    "Ehrlich",
    "Ferrari",
    "Gauthier",
    "Huber",
    "Imhof",
    "Jacquet",
    "Keller",
    "Lambert",
    "Moretti",
    "Neri",
    "Oberlin",
    "Perrin",
    "Quirico",
    "Rossi",
    "Schmid",
    "Tissot",
    "Ulmer",
    "Vidal",
    "Weber",
    "Zanetti",
];
const TOWNS: [(&str, &str, &str, &str); 8] = [
    ("Lyon", "69001", "FR", "fr"),
    ("Paris", "75011", "FR", "fr"),
    ("Grenoble", "38000", "FR", "fr"),
    ("Annecy", "74000", "FR", "fr"),
    ("Genève", "1204", "CH", "fr"),
    ("Zürich", "8004", "CH", "de"),
    ("Torino", "10121", "IT", "it"),
    ("London", "SE1 8XX", "GB", "en"),
];

/// What a person answered, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A signed yes to emails.
    Yes {
        /// When.
        on: NaiveDate,
    },
    /// No to emails.
    NoEmail,
    /// No to everything.
    NoAtAll,
    /// Never asked.
    Unset,
}

/// A made-up person.
#[derive(Clone, Debug)]
pub struct Person {
    /// The number in the shop's file.
    pub number: u64,
    /// First name.
    pub first_name: &'static str,
    /// Last name.
    pub last_name: &'static str,
    /// Day of birth; unknown for one in four.
    pub born: Option<NaiveDate>,
    /// Town, postal code, country, language.
    pub town: (&'static str, &'static str, &'static str, &'static str),
    /// Email address under a domain reserved for examples (RFC 2606).
    pub email: Option<String>,
    /// What they said.
    pub reply: Reply,
    /// Whether their sales showed the opt-out (soft opt-in).
    pub saw_opt_out: bool,
}

impl Person {
    /// The person with this number.
    #[must_use]
    pub fn new(seed: u64, number: u64) -> Self {
        let pick = |question, of| usize::try_from(draw(seed, number, question, of)).unwrap_or(0);
        Self {
            number,
            first_name: FIRST[pick("first name", 24)],
            last_name: LAST[pick("last name", 24)],
            born: born(seed, number),
            town: TOWNS[pick("town", 8)],
            email: email(seed, number),
            reply: reply(seed, number),
            saw_opt_out: holds(seed, number, "saw the opt-out", 60),
        }
    }
}

fn born(seed: u64, number: u64) -> Option<NaiveDate> {
    let year = match draw(seed, number, "age", 100) {
        0 => 1987 + i32::try_from(draw(seed, number, "minor", 8)).unwrap_or(0),
        1..=24 => return None,
        _ => 1925 + i32::try_from(draw(seed, number, "year", 55)).unwrap_or(0),
    };
    let day = 1 + u32::try_from(draw(seed, number, "day", 365)).unwrap_or(0);
    NaiveDate::from_yo_opt(year, day)
}

fn email(seed: u64, number: u64) -> Option<String> {
    // One in fifty reads the mail of the customer before.
    let owner = if holds(seed, number, "shares an address", 2) { number - 1 } else { number };
    (!holds(seed, number, "no address", 2)).then(|| format!("reader{owner}@mail{}.example", owner % 7))
}

fn reply(seed: u64, number: u64) -> Reply {
    let day = |from: i32, days| {
        NaiveDate::from_ymd_opt(from, 1, 10).unwrap_or_default()
            + chrono::Days::new(draw(seed, number, "day of the answer", days))
    };
    match draw(seed, number, "answer", 100) {
        0..=6 => Reply::Yes { on: day(1997, 300) },
        7..=57 => Reply::Yes { on: day(1998, 700) },
        58..=68 => Reply::NoEmail,
        69..=71 => Reply::NoAtAll,
        _ => Reply::Unset,
    }
}
