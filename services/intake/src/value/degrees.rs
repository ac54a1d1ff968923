//! Angles on the globe.

use crate::Flaw;

/// No exporter writes more; beyond the sixteenth digit none of them counts.
const MAX_CHARACTERS: usize = 32;

/// Degrees north of the equator, from -90 to 90 (WGS 84).
///
/// # Errors
/// A comma, degrees and minutes, a letter for the direction, or a value outside the range.
pub fn latitude(text: &str) -> Result<f64, Flaw> {
    degrees(text, 90.0).map_err(|reason| {
        Flaw::new(reason, "write degrees north as a decimal number from -90 to 90, as 48.8686 or -33.86")
    })
}

/// Degrees east of Greenwich, from -180 to 180 (WGS 84).
///
/// # Errors
/// A comma, degrees and minutes, a letter for the direction, or a value outside the range.
pub fn longitude(text: &str) -> Result<f64, Flaw> {
    degrees(text, 180.0).map_err(|reason| {
        Flaw::new(reason, "write degrees east as a decimal number from -180 to 180, as 2.3412 or -73.57")
    })
}

fn degrees(text: &str, most: f64) -> Result<f64, &'static str> {
    const NO_NUMBER: &str = "an angle is digits with at most one decimal point";
    let plain = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) || text.len() > MAX_CHARACTERS {
        return Err(NO_NUMBER);
    }
    let degrees: f64 = text.parse().map_err(|_| NO_NUMBER)?;
    if degrees.abs() > most {
        return Err("the angle lies outside its range");
    }
    // Adding zero turns -0 into 0, or one value would have two forms.
    Ok(degrees + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_are_decimal_degrees_within_their_range() {
        for (text, degrees) in
            [("48.8686", 48.8686), ("-33.86", -33.86), ("+90", 90.0), ("-90.0", -90.0), ("0", 0.0)]
        {
            assert_eq!(latitude(text), Ok(degrees), "{text}");
        }
        assert_eq!(latitude("-0.0").map(f64::to_bits), Ok(0));
        assert_eq!(longitude("-180"), Ok(-180.0));
        assert_eq!(longitude("2.34120000000000012"), Ok(2.3412));
        for bad in ["", "48,8686", "48°52'", "48.8N", "1e1", "NaN", "inf", ".5", "5.", "--1", "4 8"] {
            assert!(latitude(bad).unwrap_err().reason.contains("digits"), "{bad}");
        }
        for outside in ["90.0001", "-91", "180"] {
            assert!(latitude(outside).unwrap_err().reason.contains("range"), "{outside}");
        }
        assert!(longitude("180.1").unwrap_err().reason.contains("range"));
        assert!(longitude(&"1".repeat(33)).is_err());
    }
}
