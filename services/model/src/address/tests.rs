use proptest::prelude::*;

use super::*;
use crate::ids::InstitutionId;
use crate::keys::{KEY_BYTES, KeyId, KeyRing, SecretKey};
use crate::vocabulary::Channel;

fn refused(text: &str) -> AddressError {
    EmailAddress::parse(text).expect_err(text)
}

fn parsed(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn ordinary_addresses_pass_as_given() {
    for text in [
        "ada@example.org",
        "Ada.Lovelace+news@Example.ORG",
        "o'brien@example.co.uk",
        "x@xn--bcher-kva.example",
        "a=b&c@r3---sn.example.com",
        "1@123.example",
    ] {
        assert_eq!(parsed(text).given(), text);
    }
    assert_eq!(parsed("  ada@example.org ").given(), "ada@example.org");
}

#[test]
fn the_domain_travels_as_an_a_label_and_the_local_part_as_given() {
    let address = parsed("Jean.Dupont@Théâtre.Example");
    assert_eq!(address.domain(), "xn--thtre-4qa2c.example");
    assert_eq!(address.wire(), "Jean.Dupont@xn--thtre-4qa2c.example");
    assert_eq!(address.given(), "Jean.Dupont@Théâtre.Example");
    assert_eq!(address.key().as_str(), "jean.dupont@xn--thtre-4qa2c.example");
}

#[test]
fn spellings_of_one_address_share_a_key_and_tags_do_not() {
    let key = |text: &str| parsed(text).key();
    assert_eq!(key("JEAN@THÉÂTRE.example"), key("jean@the\u{301}a\u{302}tre.EXAMPLE"));
    assert_eq!(key("jean@bücher.example"), key("jean@xn--bcher-kva.example"));
    assert_eq!(key("jean@example。org"), key("jean@example.org"));
    assert_ne!(key("jean+news@example.org"), key("jean@example.org"));
    assert_ne!(key("j.ean@example.org"), key("jean@example.org"));
}

#[test]
fn a_list_a_group_or_a_display_name_is_one_refusal() {
    assert_eq!(refused("a@example.org,b@example.org"), AddressError::NotBare { found: ',' });
    assert_eq!(refused("a@example.org;b@example.org"), AddressError::NotBare { found: ';' });
    assert_eq!(refused("friends:a@example.org;"), AddressError::NotBare { found: ';' });
    assert_eq!(refused("friends:a@example.org"), AddressError::NotBare { found: ':' });
    assert_eq!(refused("Ada<ada@example.org>"), AddressError::NotBare { found: '<' });
    assert_eq!(refused("Ada <ada@example.org>"), AddressError::Space { position: 4 });
    assert_eq!(refused("a@example.org b@example.org"), AddressError::Space { position: 14 });
}

#[test]
fn nothing_invisible_enters() {
    assert_eq!(refused("a@example.org\r\nRCPT TO:<b@x.org>"), AddressError::Invisible { position: 14 });
    assert_eq!(refused("a\0@example.org"), AddressError::Invisible { position: 2 });
    assert_eq!(refused("a@example.org\n"), AddressError::Invisible { position: 14 });
    assert_eq!(refused("a\u{200b}@example.org"), AddressError::Invisible { position: 2 });
    assert_eq!(refused("a@ex\u{202e}ample.org"), AddressError::Invisible { position: 5 });
    assert_eq!(refused("\u{feff}a@example.org"), AddressError::Invisible { position: 1 });
    assert_eq!(refused("a\u{a0}b@example.org"), AddressError::Space { position: 2 });
}

#[test]
fn each_mistake_has_its_own_words() {
    assert_eq!(refused("   "), AddressError::Empty);
    assert_eq!(refused("example.org"), AddressError::AtSigns { found: 0 });
    assert_eq!(refused("a@b@example.org"), AddressError::AtSigns { found: 2 });
    assert_eq!(refused("\"a@b\"@example.org"), AddressError::Quoted);
    assert_eq!(refused("@example.org"), AddressError::NoLocal);
    assert_eq!(refused("élodie@example.org"), AddressError::LocalNotAscii);
    assert_eq!(refused("a(b)@example.org"), AddressError::LocalCharacter { position: 2 });
    for dots in [".a@example.org", "a.@example.org", "a..b@example.org"] {
        assert_eq!(refused(dots), AddressError::LocalDots);
    }
    for ip in ["a@[192.0.2.1]", "a@[IPv6:2001:db8::1]", "a@192.0.2.1"] {
        assert_eq!(refused(ip), AddressError::IpAddress);
    }
    for domain in ["a@", "a@.example", "a@example.", "a@exa_mple.org", "a@-x.example", "a@xn--a.example"] {
        assert_eq!(refused(domain), AddressError::Domain, "{domain}");
    }
    assert_eq!(refused("a@example.org/x"), AddressError::Domain);
    assert_eq!(refused("a@gmail"), AddressError::DomainNotFull);
}

#[test]
fn lengths_are_those_of_the_wire() {
    let label = "x".repeat(63);
    let long_local = "l".repeat(MAX_LOCAL);
    assert!(EmailAddress::parse(&format!("{long_local}@example.org")).is_ok());
    assert_eq!(refused(&format!("{long_local}l@example.org")), AddressError::LocalTooLong);

    let domain = format!("{label}.{label}.{}", "y".repeat(61));
    let fits = format!("{long_local}@{domain}");
    assert_eq!((fits.len(), parsed(&fits).wire().len()), (MAX_ADDRESS, MAX_ADDRESS));
    assert_eq!(refused(&format!("{fits}y")), AddressError::TooLong);

    assert_eq!(refused(&format!("a@x{label}.org")), AddressError::Domain);
    assert_eq!(refused(&format!("a@{label}.{label}.{label}.{}.org", "y".repeat(59))), AddressError::TooLong);
    assert_eq!(refused(&format!("a@{label}.{label}.{label}.{label}.org")), AddressError::DomainTooLong);
    assert_eq!(refused(&format!("a@{}", "é".repeat(MAX_INPUT))), AddressError::TooLong);
}

fn ring(current: u8, previous: &[u8]) -> KeyRing {
    let key = |id: u8| (KeyId(id), SecretKey::new([id; KEY_BYTES]));
    KeyRing::new(key(current), previous.iter().map(|id| key(*id)).collect()).unwrap()
}

/// Stored hashes outlive every release: a change of this value orphans each suppression list.
#[test]
fn the_hash_does_not_move() {
    let keys = AddressKeys::for_institution(&ring(1, &[]), InstitutionId(7));
    let hash = keys.hash(Channel::Email, &parsed("Ada@Example.org").key());
    assert_eq!(
        data_encoding::HEXLOWER.encode(&hash.0),
        "67611660246731efa2586e67662d28ccd5a7612d4097c4a57a51083ffaec2ed6"
    );
}

#[test]
fn institutions_channels_and_keys_are_apart() {
    let key = parsed("ada@example.org").key();
    let one = AddressKeys::for_institution(&ring(1, &[]), InstitutionId(1));
    let other = AddressKeys::for_institution(&ring(1, &[]), InstitutionId(2));
    let rotated = AddressKeys::for_institution(&ring(2, &[1]), InstitutionId(1));
    assert_ne!(one.hash(Channel::Email, &key), other.hash(Channel::Email, &key));
    assert_ne!(one.hash(Channel::Email, &key), one.hash(Channel::Sms, &key));
    assert_ne!(one.hash(Channel::Email, &key), rotated.hash(Channel::Email, &key));

    let live: Vec<_> = rotated.hashes(Channel::Email, &key).collect();
    assert_eq!(live[0], (KeyId(2), rotated.hash(Channel::Email, &key)));
    assert_eq!(live[1], (KeyId(1), one.hash(Channel::Email, &key)));
    assert_eq!((rotated.current_id(), live.len()), (KeyId(2), 2));
}

#[test]
fn debug_output_shows_no_address() {
    let address = parsed("ada@example.org");
    let shown = format!("{:?} {:?} {:?}", address, address.key(), EmailAddress::parse("ada at example"));
    assert!(!shown.contains("ada") && !shown.contains("example"), "{shown}");
}

proptest! {
    #[test]
    fn any_text_is_answered_and_what_passes_is_safe_on_the_wire(text in any::<String>()) {
        if let Ok(address) = EmailAddress::parse(&text) {
            check_wire(&address)?;
        }
    }

    #[test]
    fn near_addresses_too(text in "[ -~\u{e9}\u{202e}\r\n]{0,6}[a-z.@\"]{1,4}@?[a-zA-Z\u{e9}-\u{ff}.:\\-]{1,12}[.][a-z]{2}[ -~\n]{0,2}") {
        if let Ok(address) = EmailAddress::parse(&text) {
            check_wire(&address)?;
        }
    }

    #[test]
    fn the_key_ignores_case_and_is_its_own_key(local in "[a-zA-Z0-9+_-]{1,20}", domain in "[a-zA-Z\u{e0}-\u{f6}]{1,20}[.](org|COM)") {
        let given = format!("{local}@{domain}");
        let address = parsed(&given);
        prop_assert_eq!(parsed(&given.to_uppercase()).key(), address.key());
        prop_assert_eq!(parsed(address.key().as_str()).key(), address.key());
        prop_assert_eq!(parsed(&address.wire()).key(), address.key());
    }
}

fn check_wire(address: &EmailAddress) -> Result<(), TestCaseError> {
    let wire = address.wire();
    prop_assert!(
        wire.bytes().all(|byte| byte.is_ascii_graphic() && !b",;:<>\"()[]\\".contains(&byte)),
        "{wire}"
    );
    prop_assert_eq!(wire.matches('@').count(), 1);
    prop_assert!(wire.len() <= MAX_ADDRESS && address.local().len() <= MAX_LOCAL);
    prop_assert!(address.domain().contains('.'));
    prop_assert_eq!(parsed(&wire).wire(), wire);
    Ok(())
}
