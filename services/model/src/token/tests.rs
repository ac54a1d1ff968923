use proptest::prelude::*;

use super::*;
use crate::keys::{KEY_BYTES, SecretKey};

fn key(id: u8) -> (KeyId, SecretKey) {
    (KeyId(id), SecretKey::new([id.wrapping_mul(37); KEY_BYTES]))
}

fn keys(current: u8, previous: &[u8]) -> TokenKeys {
    TokenKeys::new(KeyRing::new(key(current), previous.iter().map(|id| key(*id)).collect()).unwrap())
}

fn sample() -> Token {
    Token {
        purpose: TokenPurpose::Click,
        channel: Channel::Email,
        do_not_record: false,
        institution: InstitutionId(7),
        occurrence: OccurrenceId(42),
        contact: ContactId(1_000_001),
        link: LinkNo(3),
    }
}

fn tokens() -> impl Strategy<Value = Token> {
    let purpose = prop::sample::select(TokenPurpose::ALL.to_vec());
    let channel = prop::sample::select(Channel::ALL.to_vec());
    (purpose, channel, any::<(bool, i32, i32, i64, i16)>()).prop_map(
        |(purpose, channel, (do_not_record, institution, occurrence, contact, link))| Token {
            purpose,
            channel,
            do_not_record,
            institution: InstitutionId(institution),
            occurrence: OccurrenceId(occurrence),
            contact: ContactId(contact),
            link: LinkNo(link),
        },
    )
}

/// The layout is a promise to every message already sent: a change of this text needs a new version byte.
#[test]
fn the_layout_of_version_1_does_not_move() {
    assert_eq!(sample().seal(&keys(1, &[])), "aeawi6fntgwcdkmjtkt47olncq6m75sq7ybkdehwckdp6m6gbv42ge6idm6a");
}

#[test]
fn tokens_survive_a_rotation_until_their_key_is_retired() {
    let text = sample().seal(&keys(1, &[]));
    assert_eq!(Token::open(&text, TokenPurpose::Click, &keys(2, &[1])), Ok(sample()));
    assert_eq!(Token::open(&text, TokenPurpose::Click, &keys(2, &[])), Err(TokenRefused));
}

#[test]
fn a_pinned_key_keeps_the_message_id_over_a_rotation() {
    let before = keys(1, &[]);
    let after = keys(2, &[1]);
    let id = sample().message_id(&before, "news.example");
    assert_ne!(sample().message_id(&after, "news.example"), id);
    let pinned = after.pinned(before.current_id()).unwrap();
    assert_eq!(sample().message_id(&pinned, "news.example"), id);
}

#[test]
fn an_id_of_our_ring_with_other_bytes_behind_it_opens_nothing() {
    let stranger = TokenKeys::new(KeyRing::new((KeyId(1), SecretKey::new([9; KEY_BYTES])), vec![]).unwrap());
    let text = sample().seal(&stranger);
    assert_eq!(Token::open(&text, TokenPurpose::Click, &keys(1, &[])), Err(TokenRefused));
}

#[test]
fn an_unknown_version_is_refused_even_with_a_valid_seal() {
    let ours = keys(1, &[]);
    let mut payload = sample().to_payload();
    let header = [VERSION + 1, 1];
    let tag = Aes128Siv::new(ours.0.current().1.expose().into())
        .encrypt_inout_detached([header], payload.as_mut_slice().into())
        .unwrap();
    let bytes = [&header[..], tag.as_slice(), &payload].concat();
    assert_eq!(
        Token::open(&BASE32_NOPAD_NOCASE.encode(&bytes), TokenPurpose::Click, &ours),
        Err(TokenRefused)
    );
}

#[test]
fn every_single_bit_counts() {
    let ours = keys(1, &[2]);
    let bytes = BASE32_NOPAD_NOCASE.decode(sample().seal(&ours).as_bytes()).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut altered = bytes.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        let text = BASE32_NOPAD_NOCASE.encode(&altered);
        for purpose in TokenPurpose::ALL {
            assert_eq!(Token::open(&text, purpose, &ours), Err(TokenRefused), "bit {bit}");
        }
    }
}

#[test]
fn a_message_id_names_the_message_whatever_the_link() {
    let ours = keys(1, &[]);
    let id = sample().message_id(&ours, "news.example");
    let other =
        Token { purpose: TokenPurpose::Unsubscribe, link: LinkNo(9), do_not_record: true, ..sample() };
    assert_eq!(other.message_id(&ours, "news.example"), id);
    let named = Token::from_message_id(&format!("<{id}>"), &ours).unwrap();
    assert_eq!((named.occurrence, named.contact), (sample().occurrence, sample().contact));
    assert_eq!(Token::from_message_id(&id, &ours), Ok(named));
    assert_eq!(Token::from_message_id("<no token>", &ours), Err(TokenRefused));
}

#[test]
fn a_bounce_address_fits_and_survives_a_change_of_case() {
    let ours = keys(1, &[]);
    let address = sample().bounce_address(&ours, "bounce.example");
    let (local, domain) = address.split_once('@').unwrap();
    assert!(local.len() <= 64, "{local}");
    assert_eq!(domain, "bounce.example");
    let back = Token::from_bounce_address(&address.to_uppercase(), &ours).unwrap();
    assert_eq!((back.purpose, back.contact), (TokenPurpose::Bounce, sample().contact));
    for strange in ["", "@", "b", "é@x", "b+@x", "c+token@x", &address[2..]] {
        assert_eq!(Token::from_bounce_address(strange, &ours), Err(TokenRefused), "{strange}");
    }
}

proptest! {
    #[test]
    fn what_is_sealed_opens(token in tokens(), shout in any::<bool>()) {
        let ours = keys(5, &[4]);
        let mut text = token.seal(&ours);
        prop_assert_eq!(text.len(), TOKEN_CHARS);
        prop_assert!(text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7')));
        prop_assert_eq!(token.seal(&ours), text.clone());
        if shout {
            text.make_ascii_uppercase();
        }
        prop_assert_eq!(Token::open(&text, token.purpose, &ours), Ok(token));
    }

    #[test]
    fn no_purpose_opens_for_another(token in tokens()) {
        let text = token.seal(&keys(1, &[]));
        for purpose in TokenPurpose::ALL {
            prop_assert_eq!(Token::open(&text, purpose, &keys(1, &[])).is_ok(), purpose == token.purpose);
        }
    }

    #[test]
    fn a_changed_character_is_refused(token in tokens(), at in 0..TOKEN_CHARS, to in "[a-z2-7]") {
        let ours = keys(1, &[]);
        let mut text = token.seal(&ours);
        prop_assume!(text[at..=at] != to);
        text.replace_range(at..=at, &to);
        prop_assert_eq!(Token::open(&text, token.purpose, &ours), Err(TokenRefused));
    }

    #[test]
    fn a_token_cut_or_grown_is_refused(token in tokens(), cut in 0..TOKEN_CHARS) {
        let ours = keys(1, &[]);
        let text = token.seal(&ours);
        prop_assert_eq!(Token::open(&text[..cut], token.purpose, &ours), Err(TokenRefused));
        prop_assert_eq!(Token::open(&format!("{text}a"), token.purpose, &ours), Err(TokenRefused));
    }

    #[test]
    fn any_text_is_answered_without_a_panic(text in any::<String>()) {
        let ours = keys(1, &[]);
        prop_assert_eq!(Token::open(&text, TokenPurpose::Click, &ours), Err(TokenRefused));
        prop_assert_eq!(Token::from_message_id(&text, &ours), Err(TokenRefused));
        prop_assert_eq!(Token::from_bounce_address(&text, &ours), Err(TokenRefused));
    }
}
