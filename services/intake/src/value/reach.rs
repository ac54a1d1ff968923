//! Where a contact lives and can be reached.

use model::address::EmailAddress;

use crate::Flaw;

/// The longest address of a web page.
const MAX_URL_BYTES: usize = 2048;

/// One email address, within the limits of the envelope (EM-09); a list or a display name is refused.
///
/// # Errors
/// The reason of [`EmailAddress::parse`].
pub fn email(text: &str) -> Result<EmailAddress, Flaw> {
    EmailAddress::parse(text)
        .map_err(|error| Flaw::new(error.to_string(), "write one address such as name@example.org"))
}

/// A telephone number with its country code, returned as `+` and 7 to 15 digits (E.164).
///
/// # Errors
/// A number without country code, which is another line in each country; letters; too few or too many digits.
pub fn mobile(text: &str) -> Result<String, Flaw> {
    let flaw = |reason: &'static str| Flaw::new(reason, "write it with the country code, as +33612345678");
    let rest = text.strip_prefix('+').or_else(|| text.strip_prefix("00"));
    let rest = rest.ok_or_else(|| flaw("the number has no country code"))?;
    let mut number = String::with_capacity(16);
    number.push('+');
    for character in rest.chars() {
        match character {
            '0'..='9' => number.push(character),
            ' ' | '\u{a0}' | '\u{202f}' | '.' | '-' | '/' => {}
            _ => return Err(flaw("a telephone number is digits, spaces, dots and hyphens")),
        }
    }
    let plausible = (8..=16).contains(&number.len()) && !number.starts_with("+0");
    if plausible {
        Ok(number)
    } else {
        Err(flaw("a telephone number has 7 to 15 digits, and no 0 after the +"))
    }
}

/// A language, as `fr` or `fr-BE` (BCP 47: language and region).
///
/// # Errors
/// A name such as `French`, or any other form.
pub fn language(text: &str) -> Result<String, Flaw> {
    let (language, region) = text.split_once(['-', '_']).map_or((text, None), |(l, r)| (l, Some(r)));
    let letters = |part: &str, lengths: &[usize]| {
        lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    if !letters(language, &[2, 3]) || region.is_some_and(|region| !letters(region, &[2])) {
        return Err(Flaw::new(
            "it is no language code",
            "write two letters, as fr, or with the region, as fr-BE",
        ));
    }
    let mut tag = language.to_ascii_lowercase();
    if let Some(region) = region {
        tag.push('-');
        tag.push_str(&region.to_ascii_uppercase());
    }
    Ok(tag)
}

/// A country, as two letters of ISO 3166.
///
/// # Errors
/// A name such as `France`, or any other form. Whether the country exists is not checked.
pub fn country(text: &str) -> Result<String, Flaw> {
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Ok(text.to_ascii_uppercase());
    }
    Err(Flaw::new("it is no country code", "write the two letters of ISO 3166, as FR"))
}

/// The address of a public page: `https`, a host with a dot, printable ASCII.
///
/// # Errors
/// Another scheme, user or password before the host, white space, more than 2048 bytes.
pub fn https_url(text: &str) -> Result<String, Flaw> {
    let flaw = |reason: &'static str| Flaw::new(reason, "write it as https://www.example.org/privacy");
    let rest = text.strip_prefix("https://").ok_or_else(|| flaw("a page's address starts with https://"))?;
    if text.len() > MAX_URL_BYTES || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(flaw("a page's address is at most 2048 printable ASCII characters without spaces"));
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain = host.split('.').all(|label| !label.is_empty()) && !host.contains('@');
    if plain && host.contains('.') { Ok(text.to_owned()) } else { Err(flaw("the address has no host name")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_is_one_address() {
        assert_eq!(email("Jean.Dupont@Example.org").unwrap().given(), "Jean.Dupont@Example.org");
        let long_local = format!("{}@example.org", "a".repeat(65));
        for bad in ["jean", "a@example.org,b@example.org", "Jean <jean@example.org>", &long_local] {
            assert!(email(bad).is_err(), "{bad}");
        }
        assert!(!email("jean dupont@example.org").unwrap_err().to_string().contains("jean"));
    }

    #[test]
    fn a_mobile_number_has_its_country() {
        for spelling in ["+33612345678", "0033 6 12 34 56 78", "+33 6.12-34/56 78"] {
            assert_eq!(mobile(spelling).unwrap(), "+33612345678");
        }
        for bad in
            ["0612345678", "+336", "+3361234567890123", "+33(0)612345678", "+33 ask Jean", "+0612345678"]
        {
            assert!(mobile(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn languages_countries_and_pages() {
        assert_eq!((language("FR").unwrap(), language("fr_be").unwrap()), ("fr".into(), "fr-BE".into()));
        assert!(["french", "f", "fr-BEL", "fr-", "12"].iter().all(|bad| language(bad).is_err()));
        assert_eq!(country("fr").unwrap(), "FR");
        assert!(["FRA", "France", "F1", "é"].iter().all(|bad| country(bad).is_err()));
        assert!(https_url("https://www.example.org/privacy?v=2").is_ok());
        for bad in
            ["http://example.org", "https://", "https://host/", "https://a@example.org", "https://é.org"]
        {
            assert!(https_url(bad).is_err(), "{bad}");
        }
    }
}
