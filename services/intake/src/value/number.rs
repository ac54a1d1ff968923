//! Numbers, without ever passing through binary fractions where money is meant.

use crate::Flaw;

/// The largest number of months that a consent may be said to last: a hundred years.
const MAX_MONTHS: u16 = 1200;

/// An amount in minor units: `12.50` is 1250 in a currency of two decimals.
///
/// # Errors
/// A comma, a thousands separator, an exponent, a currency sign, more decimals than `digits`, or more than fits.
pub fn minor_units(text: &str, digits: u8) -> Result<i64, Flaw> {
    let flaw = |reason: &'static str| {
        Flaw::new(reason, "write it as 1250 or 1250.50, with a minus sign if negative")
    };
    let (negative, plain) = split_sign(text);
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, "0"));
    if !is_digits(whole) || !is_digits(fraction) {
        return Err(flaw("an amount is digits with at most one decimal point"));
    }
    if plain.contains('.') && fraction.len() > usize::from(digits) {
        return Err(flaw("it has more decimals than the currency"));
    }
    let zeros = usize::from(digits).saturating_sub(fraction.len());
    let fraction = if digits == 0 { "" } else { fraction };
    let minor = whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', zeros)).try_fold(
        0_i64,
        |sum, digit| {
            let digit = i64::from(digit - b'0');
            sum.checked_mul(10)?.checked_sub(digit) // downwards, where the range is larger
        },
    );
    let minor = if negative { minor } else { minor.and_then(i64::checked_neg) };
    minor.ok_or_else(|| flaw("the amount is too large"))
}

/// A whole number of things, from 0.
///
/// # Errors
/// A sign, a decimal point, a separator, or more than 4 294 967 295.
pub fn count(text: &str) -> Result<u32, Flaw> {
    let flaw = || Flaw::new("a count is digits only, up to 4294967295", "write a whole number such as 2");
    if !is_digits(text) {
        return Err(flaw());
    }
    text.parse().map_err(|_| flaw())
}

/// A number of months from 1 to 1200.
///
/// # Errors
/// Anything else.
pub fn months(text: &str) -> Result<u16, Flaw> {
    let months = count(text).ok().and_then(|months| u16::try_from(months).ok());
    months
        .filter(|months| (1..=MAX_MONTHS).contains(months))
        .ok_or_else(|| Flaw::new("it is no number of months from 1 to 1200", "write a number such as 36"))
}

/// A decimal number for a criterion, as `-12.5`; at most 15 digits, which a double holds exactly.
///
/// # Errors
/// A comma, an exponent, a separator, a word such as `NaN`, or more digits.
pub fn decimal(text: &str) -> Result<f64, Flaw> {
    let flaw =
        |reason: &'static str| Flaw::new(reason, "write it as 12 or 12.5, with a minus sign if negative");
    let (_, plain) = split_sign(text);
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, "0"));
    if !is_digits(whole) || !is_digits(fraction) {
        return Err(flaw("a number is digits with at most one decimal point"));
    }
    if plain.len() > 15 {
        return Err(flaw("the number has too many digits"));
    }
    let number: f64 = text.parse().map_err(|_| flaw("it is no number"))?;
    // Adding zero turns -0 into 0, or one value would have two forms.
    Ok(number + 0.0)
}

/// `yes` or `no`; also `true` and `false`, which JSON has of its own.
///
/// # Errors
/// Anything else: `1`, `x` and `oui` mean different things to different systems.
pub fn yes_no(text: &str) -> Result<bool, Flaw> {
    match model::text::normalise_text(text).as_str() {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err(Flaw::new("it is neither yes nor no", "write yes or no")),
    }
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_become_minor_units() {
        for (text, minor) in [
            ("0", 0),
            ("-0.00", 0),
            ("12", 1200),
            ("12.5", 1250),
            ("+12.05", 1205),
            ("-0.01", -1),
            ("92233720368547758.07", i64::MAX),
            ("-92233720368547758.08", i64::MIN),
        ] {
            assert_eq!(minor_units(text, 2), Ok(minor), "{text}");
        }
        assert_eq!(minor_units("1500", 0), Ok(1500));
        assert_eq!(minor_units("1.234", 3), Ok(1234));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_no_amount() {
        for bad in
            ["", "-", ".", ".5", "5.", "12,50", "1'000", "1 000", "1e3", "€12", "12.505", "--1", "１２"]
        {
            assert!(minor_units(bad, 2).is_err(), "{bad}");
        }
        assert!(minor_units("1.0", 0).unwrap_err().reason.contains("decimals"));
        for large in ["92233720368547758.08", "-92233720368547758.09", "99999999999999999999999999"] {
            assert!(minor_units(large, 2).unwrap_err().reason.contains("large"), "{large}");
        }
    }

    #[test]
    fn counts_months_numbers_and_answers() {
        assert_eq!(count("0042"), Ok(42));
        assert!(["-1", "+1", "1.0", "4294967296", ""].iter().all(|bad| count(bad).is_err()));
        assert_eq!(months("36"), Ok(36));
        assert!(["0", "1201", "70000", "3.5"].iter().all(|bad| months(bad).is_err()));
        assert_eq!(decimal("-12.5"), Ok(-12.5));
        assert_eq!(decimal("-0").map(f64::to_bits), Ok(0));
        assert!(
            ["1e9", "NaN", "inf", "1,5", "1234567890123456", "."].iter().all(|bad| decimal(bad).is_err())
        );
        assert_eq!((yes_no("Yes"), yes_no("false")), (Ok(true), Ok(false)));
        assert!(["1", "x", "oui", "y"].iter().all(|bad| yes_no(bad).is_err()));
    }

    proptest! {
        #[test]
        fn every_amount_reads_back_as_written(minor: i64) {
            let text = format!("{}{}.{:02}", if minor < 0 { "-" } else { "" }, (minor / 100).abs(), (minor % 100).abs());
            prop_assert_eq!(minor_units(&text, 2), Ok(minor));
        }
    }
}
