use std::ffi::OsString;
use std::io::Write as _;
use std::process::{Command, Stdio};

use model::address::EmailAddress;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

use super::*;
use crate::email::{CampaignHeaders, FeedbackId, MessageBuilder, OneMessage};

const KEY: &[u8] = include_bytes!("../../../fixtures/dkim_pkcs8.pem");
const DKIMPY: &str = include_str!("../../../fixtures/verify.py");

fn signer() -> DkimSigner {
    DkimSigner::new("theatre.example", "s1", KEY).unwrap()
}

fn signed() -> String {
    let to = EmailAddress::parse("zoe@example.org").unwrap();
    let campaign = CampaignHeaders {
        from_name: "Théâtre du Rappel, saison deux mille".into(),
        from: EmailAddress::parse("news@theatre.example").unwrap(),
        reply_to: EmailAddress::parse("box@theatre.example").unwrap(),
        list_id: "news.theatre.example".into(),
        feedback_id: FeedbackId {
            campaign: "c17".into(),
            stream: "marketing".into(),
            institution: "i1".into(),
            sender: "rappel-1".into(),
        },
    };
    let one = OneMessage {
        to: &to,
        message_id: "tok3n@theatre.example",
        date: chrono::DateTime::UNIX_EPOCH,
        unsubscribe_url: "https://news.theatre.example/u/abc",
        unsubscribe_mailto: Some("mailto:stop+abc@theatre.example"),
        subject: "Éloïse, the season opens with a subject that is long enough to be folded into several lines",
        text: "Hello  world \t\n.\n\n  Bye \n\n\n",
        html: &format!("<p>{}</p>", "les trois coups é ".repeat(40)),
    };
    MessageBuilder::new(&campaign).unwrap().build_signed(&one, &signer()).unwrap()
}

/// A second reading of RFC 6376, written from the verifier's side: it parses tags, takes the listed fields from the
/// bottom up, and shares no code with the signer.
mod verifier {
    use std::collections::HashMap;

    use super::*;

    fn squeeze(text: &str) -> String {
        let mut squeezed = String::new();
        for c in text.chars() {
            match c {
                '\r' | '\n' => {}
                ' ' | '\t' if squeezed.ends_with(' ') => {}
                ' ' | '\t' => squeezed.push(' '),
                c => squeezed.push(c),
            }
        }
        squeezed.trim().to_owned()
    }

    fn tags(value: &str) -> HashMap<String, String> {
        let tags = value.split(';').filter_map(|tag| tag.split_once('='));
        tags.map(|(name, value)| {
            (name.trim().to_owned(), value.chars().filter(|c| !c.is_whitespace()).collect())
        })
        .collect()
    }

    fn headers(head: &str) -> Vec<(String, String)> {
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", "\t");
        let lines = unfolded.split("\r\n").filter_map(|line| line.split_once(':'));
        lines.map(|(name, value)| (name.trim().to_lowercase(), value.to_owned())).collect()
    }

    fn body(text: &str) -> String {
        let lines: Vec<String> =
            text.split("\r\n").map(|line| squeeze(&format!("|{line}"))[1..].to_owned()).collect();
        let joined = lines.join("\r\n");
        let trimmed = joined.trim_end_matches("\r\n");
        if trimmed.is_empty() { String::new() } else { format!("{trimmed}\r\n") }
    }

    pub(super) fn verify(message: &str, record: &str) -> bool {
        let (head, content) = message.split_once("\r\n\r\n").unwrap();
        let headers = headers(head);
        let (_, signature) = headers.iter().find(|(name, _)| name == "dkim-signature").unwrap();
        let found = tags(signature);
        assert_eq!((&*found["v"], &*found["a"], &*found["c"]), ("1", "rsa-sha256", "relaxed/relaxed"));
        if found["bh"] != BASE64.encode(digest(&SHA256, body(content).as_bytes()).as_ref()) {
            return false;
        }
        let mut left = headers.clone();
        let mut input = String::new();
        for name in found["h"].split(':') {
            if let Some(at) = left.iter().rposition(|(have, _)| have.eq_ignore_ascii_case(name)) {
                let (name, value) = left.remove(at);
                input.push_str(&format!("{name}:{}\r\n", squeeze(&value)));
            }
        }
        let (without, _) = signature.rsplit_once("b=").unwrap();
        input.push_str(&format!("dkim-signature:{}", squeeze(&format!("{without}b="))));
        let der = BASE64.decode(tags(record)["p"].as_bytes()).unwrap();
        // Of a 2048-bit key: fixed places in SubjectPublicKeyInfo.
        let (n, e) = (&der[33..33 + 256], &der[der.len() - 3..]);
        let key = RsaPublicKeyComponents { n, e };
        key.verify(
            &RSA_PKCS1_2048_8192_SHA256,
            input.as_bytes(),
            &BASE64.decode(found["b"].as_bytes()).unwrap(),
        )
        .is_ok()
    }
}

/// What somebody could do to a message on the way, and that must break the signature.
fn tampered(message: &str) -> Vec<String> {
    let swaps = [
        ("Subject: =?", "Subject: x =?"),
        ("List-Unsubscribe: <https://news", "List-Unsubscribe: <https://evil"),
        ("List-Unsubscribe-Post: List-Unsubscribe=One-Click", "List-Unsubscribe-Post: x"),
        ("Reply-To: box@", "Reply-To: evil@"),
        ("\r\nTo: ", "\r\nFrom: evil@example.org\r\nTo: "),
        ("Hello world", "Hallo world"),
        ("--\r\n", "--\r\nmore\r\n"),
    ];
    let changed: Vec<_> = swaps.iter().map(|(from, to)| message.replacen(from, to, 1)).collect();
    assert!(changed.iter().all(|changed| changed != message), "each swap finds its place");
    changed
}

/// What servers may do on the way without breaking a relaxed signature.
fn relayed(message: &str) -> String {
    let traced = format!("Received: from a by b;\r\n today\r\n{message}\r\n\r\n");
    traced.replacen("Reply-To: ", "Reply-To:\t ", 1)
}

#[test]
fn a_second_implementation_verifies_and_sees_every_change() {
    let (message, record) = (signed().replace("Hello  world", "Hello world"), signer().record());
    assert!(verifier::verify(&message, &record));
    assert!(verifier::verify(&relayed(&message), &record));
    for changed in tampered(&message) {
        assert!(!verifier::verify(&changed, &record), "{changed}");
    }
}

/// The Python of the oracle that is not ours: the one that `cargo xtask test` names, which must have dkimpy, else the system's when
/// it has. `None` is said on standard error itself, which the test runner does not hold back.
fn python_with_dkimpy() -> Option<OsString> {
    let named = std::env::var_os("RAPPEL_PYTHON");
    let python = named.clone().unwrap_or_else(|| "python3".into());
    let import = Command::new(&python).args(["-c", "import dkim"]).stderr(Stdio::null()).status();
    if import.is_ok_and(|status| status.success()) {
        return Some(python);
    }
    assert!(named.is_none(), "RAPPEL_PYTHON names a Python without dkimpy: {}", python.display());
    let skipped = "skipped: dkimpy does not verify the signer, since python3 does not have it; `cargo xtask test` brings it";
    writeln!(std::io::stderr(), "{skipped}").unwrap();
    None
}

#[test]
fn dkimpy_verifies_and_sees_every_change() {
    let Some(python) = python_with_dkimpy() else { return };
    let record = signer().record();
    let verify = |message: &str| {
        let mut child = Command::new(&python)
            .args(["-c", DKIMPY, &record])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(message.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        match String::from_utf8(output.stdout).unwrap().trim() {
            "True" => true,
            "False" => false,
            other => panic!("dkimpy said {other:?}"),
        }
    };
    let message = signed().replace("Hello  world", "Hello world");
    assert!(verify(&message) && verify(&relayed(&message)));
    for changed in tampered(&message) {
        assert!(!verify(&changed), "{changed}");
    }
}

#[test]
fn the_signed_fields_stand_in_a_fixed_order_and_only_those_present() {
    let message = signed();
    let (_, from_h) = message.split_once(" h=").unwrap();
    let (names, _) = from_h.split_once(';').unwrap();
    assert_eq!(
        names.replace("\r\n ", ""),
        "From:From:Subject:Date:To:Reply-To:Message-ID:MIME-Version:Content-Type:List-Id:List-Unsubscribe:\
         List-Unsubscribe-Post:Feedback-ID"
    );
}

#[test]
fn a_signature_is_short_lined_and_the_same_at_every_attempt() {
    let message = signed();
    assert_eq!(message, signed());
    let (head, _) = message.split_once("\r\n\r\n").unwrap();
    assert!(head.split("\r\n").all(|line| line.len() <= 78), "{head}");
}

#[test]
fn without_a_blank_line_there_is_no_signature() {
    assert_eq!(signer().sign(b"From: a\r\n"), Err(SignError));
}

#[test]
fn names_and_debug_show_no_key() {
    assert_eq!(signer().record_name(), "s1._domainkey.theatre.example");
    assert_eq!(format!("{:?}", signer()), "DkimSigner { domain: \"theatre.example\", selector: \"s1\", .. }");
    assert_eq!(DkimSigner::new("a b", "s", KEY).unwrap_err(), DkimKeyRefused::Name);
    assert_eq!(DkimSigner::new("a.example", "", KEY).unwrap_err(), DkimKeyRefused::Name);
}
