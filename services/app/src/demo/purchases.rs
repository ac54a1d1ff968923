//! The purchases of real customers (CDNOW, 1997 and 1998), or generated ones of the same shape.

use std::path::Path;

use anyhow::Context as _;
use chrono::{Days, NaiveDate};

use super::draw::draw;

/// One purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// The customer's number.
    pub customer: u64,
    /// The day.
    pub on: NaiveDate,
    /// How many records.
    pub quantity: u32,
    /// The price in cents.
    pub cents: u64,
}

/// Reads the data set: customer, yyyymmdd, quantity and dollars, separated by blanks.
///
/// # Errors
/// Names the first line that cannot be read.
pub fn read(path: &Path) -> anyhow::Result<Vec<Purchase>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("purchases {}", path.display()))?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| line.trim_start().starts_with(|first: char| first.is_ascii_digit()))
        .map(|(number, line)| {
            parse(line).with_context(|| format!("purchases {}, line {}", path.display(), number + 1))
        })
        .collect()
}

fn parse(line: &str) -> Option<Purchase> {
    let mut words = line.split_ascii_whitespace();
    let customer = words.next()?.parse().ok()?;
    let on = NaiveDate::parse_from_str(words.next()?, "%Y%m%d").ok()?;
    let quantity = words.next()?.parse().ok()?;
    let (dollars, cents) = words.next()?.split_once('.')?;
    let cents = dollars.parse::<u64>().ok()? * 100 + cents.parse::<u64>().ok()?;
    Some(Purchase { customer, on, quantity, cents })
}

/// Purchases of the same shape: most customers buy once, in the first months, and never come back.
#[must_use]
pub fn generate(seed: u64) -> Vec<Purchase> {
    let start = NaiveDate::from_ymd_opt(1997, 1, 1).unwrap_or_default();
    (1..=23_570)
        .flat_map(|customer| {
            let first = draw(seed, customer, "first purchase", 84);
            let repeats = [0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 6, 12]
                [usize::try_from(draw(seed, customer, "loyalty", 12)).unwrap_or(0)];
            (0..=repeats).map(move |n| {
                let later =
                    (0..n).map(|step| 1 + draw(seed, customer, &format!("pause {step}"), 70)).sum::<u64>();
                let quantity =
                    1 + u32::try_from(draw(seed, customer, &format!("records {n}"), 4)).unwrap_or(0);
                let cents = u64::from(quantity) * (999 + draw(seed, customer, &format!("price {n}"), 800));
                Purchase { customer, on: start + Days::new((first + later).min(545)), quantity, cents }
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_data_set_reads() {
        let purchase = parse(" 00002 19970112  5   77.00").unwrap();
        assert_eq!((purchase.customer, purchase.quantity, purchase.cents), (2, 5, 7_700));
        assert_eq!(purchase.on, NaiveDate::from_ymd_opt(1997, 1, 12).unwrap());
        assert_eq!(parse("00002 19970231 5 77.00"), None);
    }

    #[test]
    fn generated_purchases_have_the_shape_of_the_real_ones() {
        let purchases = generate(1);
        let customers: std::collections::BTreeSet<u64> =
            purchases.iter().map(|purchase| purchase.customer).collect();
        assert_eq!(customers.len(), 23_570);
        assert!((40_000..90_000).contains(&purchases.len()), "{}", purchases.len());
    }
}
