use serde_json::Value;

use super::*;
use crate::keys::KEY_BYTES;

fn secret(fill: u8) -> SecretKey {
    SecretKey::new([fill; KEY_BYTES])
}

fn statement() -> Statement {
    Statement {
        institution: "hall".to_owned(),
        epoch: 12,
        records: 34_567,
        hash: [0xab; 32],
        taken_at: DateTime::from_timestamp(1_767_225_600, 0).unwrap(),
    }
}

fn signed() -> Checkpoint {
    statement().sign((KeyId(1), &secret(7)))
}

#[test]
fn what_was_signed_is_believed_and_comes_back_from_its_file() {
    let file = serde_json::to_string(&signed()).unwrap();
    let read: Checkpoint = serde_json::from_str(&file).unwrap();
    assert_eq!(read.key(), KeyId(1));
    assert_eq!(read.verified("hall", &PublicKey::of(&secret(7))), Ok(statement()));
}

/// Checkpoints are kept for years: neither their form nor what is signed may change under them.
#[test]
fn a_checkpoint_of_the_first_release_is_still_one() {
    let file = r#"{
        "institution": "hall",
        "epoch": 12,
        "records": 34567,
        "hash": "abababababababababababababababababababababababababababababababab",
        "taken_at": "2026-01-01T00:00:00Z",
        "key": 1,
        "signature": "+3VgMU9UWVIbNSs3PX6YVOWosSVrFo8FMPQAyFJTkmo6cJ/fabNRVPR0ZJa/v5pQ2zq2AvLTR7IuPwyy+dDfAA=="
    }"#;
    let kept: Checkpoint = serde_json::from_str(file).unwrap();
    assert_eq!(kept, signed());
}

#[test]
fn no_field_can_be_altered() {
    let key = PublicKey::of(&secret(7));
    let Value::Object(fields) = serde_json::to_value(signed()).unwrap() else { panic!("no object") };
    assert_eq!(fields.len(), 7);
    for (name, value) in &fields {
        let mut altered = fields.clone();
        altered[name] = match value {
            Value::String(text) => Value::from(text.replacen(['h', 'a', '2'], "b", 1)),
            Value::Number(number) => Value::from(number.as_i64().unwrap() + 1),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => panic!("{name}"),
        };
        assert_ne!(altered[name], *value, "{name}");
        let altered: Checkpoint = serde_json::from_value(Value::Object(altered)).unwrap();
        let refused = altered.verified("hall", &key);
        assert_eq!(refused, Err(Distrust::Altered(altered.key)), "{name}");
    }
}

#[test]
fn another_key_or_another_institution_is_refused() {
    assert_eq!(
        signed().verified("hall", &PublicKey::of(&secret(8))).unwrap_err().to_string(),
        "the checkpoint was altered, or checkpoint key 1 did not sign it"
    );
    assert_eq!(
        signed().verified("museum", &PublicKey::of(&secret(7))).unwrap_err().to_string(),
        "the checkpoint is of institution hall, not of museum"
    );
}

#[test]
fn a_public_key_comes_back_from_its_text_and_nothing_else_does() {
    let key = PublicKey::of(&secret(7));
    assert_eq!(PublicKey::from_text(&format!("{}\n", key.to_text())), Some(key));
    for text in ["", "not base64", "YWJj"] {
        assert_eq!(PublicKey::from_text(text), None, "{text}");
    }
}
