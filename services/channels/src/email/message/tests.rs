use chrono::TimeZone;
use mail_parser::{HeaderValue, MessageParser, MimeHeaders};
use proptest::prelude::*;

use super::*;

fn campaign() -> CampaignHeaders {
    CampaignHeaders {
        from_name: "Théâtre du Rappel".into(),
        from: EmailAddress::parse("news@theatre.example").unwrap(),
        reply_to: EmailAddress::parse("box@theatre.example").unwrap(),
        list_id: "news.theatre.example".into(),
        feedback_id: FeedbackId {
            campaign: "c17".into(),
            stream: "marketing".into(),
            institution: "i1".into(),
            sender: "rappel-1".into(),
        },
    }
}

fn one(to: &EmailAddress) -> OneMessage<'_> {
    OneMessage {
        to,
        message_id: "tok3n@theatre.example",
        date: Utc.with_ymd_and_hms(2000, 1, 2, 3, 4, 5).unwrap(),
        unsubscribe_url: "https://news.theatre.example/u/abc",
        unsubscribe_mailto: Some("mailto:stop+abc@theatre.example"),
        subject: "News",
        text: "Hello\n.\nBye",
        html: "<p>Hello</p>",
    }
}

fn to() -> EmailAddress {
    EmailAddress::parse("Zoe@example.org").unwrap()
}

fn build(one: &OneMessage<'_>) -> String {
    MessageBuilder::new(&campaign()).unwrap().build(one).unwrap()
}

#[test]
fn a_message_is_what_it_is_byte_for_byte() {
    let expected = "\
From: =?utf-8?B?VGjDqcOidHJlIGR1IFJhcHBlbA==?=\r
 <news@theatre.example>\r
Reply-To: box@theatre.example\r
MIME-Version: 1.0\r
List-Id: <news.theatre.example>\r
List-Unsubscribe-Post: List-Unsubscribe=One-Click\r
Feedback-ID: c17:marketing:i1:rappel-1\r
X-Auto-Response-Suppress: All\r
To: Zoe@example.org\r
Subject: News\r
Date: Sun, 2 Jan 2000 03:04:05 +0000\r
Message-ID: <tok3n@theatre.example>\r
List-Unsubscribe: <https://news.theatre.example/u/abc>,\r
 <mailto:stop+abc@theatre.example>\r
Content-Type: multipart/alternative;\r
 boundary=\"BOUNDARY\"\r
\r
--BOUNDARY\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: 7bit\r
\r
Hello\r
.\r
Bye\r
--BOUNDARY\r
Content-Type: text/html; charset=utf-8\r
Content-Transfer-Encoding: 7bit\r
\r
<p>Hello</p>\r
--BOUNDARY--\r
";
    let expected = expected.replace("BOUNDARY", &boundary("tok3n@theatre.example"));
    assert_eq!(build(&one(&to())), expected);
}

#[test]
fn two_attempts_are_the_same_bytes_and_two_messages_are_not() {
    let to = to();
    assert_eq!(build(&one(&to)), build(&one(&to)));
    assert_ne!(boundary("a@b"), boundary("b@b"));
}

#[test]
fn another_parser_reads_both_parts_in_order() {
    let to = to();
    let text = "Éloïse, les trois coups.\n".repeat(20);
    let html = format!("<p>{}</p>", "日本語".repeat(100));
    let raw = build(&OneMessage { text: &text, html: &html, ..one(&to) });
    let message = MessageParser::default().parse(raw.as_bytes()).unwrap();
    assert_eq!(message.content_type().unwrap().subtype(), Some("alternative"));
    let kinds: Vec<_> = message.parts[1..]
        .iter()
        .map(|part| part.content_type().unwrap().subtype().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["plain", "html"]);
    assert_eq!(message.body_text(0).unwrap().replace("\r\n", "\n"), text);
    assert_eq!(message.body_html(0).unwrap(), html);
}

#[test]
fn a_message_without_mailto_offers_the_https_address_alone() {
    let to = to();
    let raw = build(&OneMessage { unsubscribe_mailto: None, ..one(&to) });
    assert!(raw.contains("List-Unsubscribe: <https://news.theatre.example/u/abc>\r\nContent-Type"), "{raw}");
}

#[test]
fn values_of_the_wrong_form_are_refused_with_their_field() {
    let to = to();
    let builder = MessageBuilder::new(&campaign()).unwrap();
    let wrong = [
        ("Subject", OneMessage { subject: "a\r\nBcc: x@example.org", ..one(&to) }),
        ("Message-ID", OneMessage { message_id: "no-domain", ..one(&to) }),
        ("Message-ID", OneMessage { message_id: "a@b>\r\nBcc: x", ..one(&to) }),
        ("List-Unsubscribe", OneMessage { unsubscribe_url: "http://plain.example", ..one(&to) }),
        (
            "List-Unsubscribe",
            OneMessage { unsubscribe_url: "https://a.example>, <https://b.example", ..one(&to) },
        ),
        ("List-Unsubscribe", OneMessage { unsubscribe_mailto: Some("https://a.example"), ..one(&to) }),
    ];
    for (field, one) in wrong {
        let message = builder.build(&one).unwrap_err().to_string();
        assert!(message.starts_with(field), "{message}");
    }
}

#[test]
fn what_a_campaign_shares_is_checked_once() {
    let feedback = |change: fn(&mut FeedbackId)| {
        let mut campaign = campaign();
        change(&mut campaign.feedback_id);
        campaign
    };
    let wrong = [
        CampaignHeaders { from_name: "a\nb".into(), ..campaign() },
        CampaignHeaders { list_id: "nodot".into(), ..campaign() },
        CampaignHeaders { list_id: "a.b> x".into(), ..campaign() },
        feedback(|id| id.sender = "tiny".into()),
        feedback(|id| id.sender = "much-too-long-id".into()),
        feedback(|id| id.stream = "a:b".into()),
        feedback(|id| id.stream = String::new()),
        feedback(|id| id.campaign = "i1".into()),
    ];
    for campaign in wrong {
        assert!(MessageBuilder::new(&campaign).is_err(), "{campaign:?}");
    }
}

#[test]
fn debug_shows_nobody() {
    assert_eq!(format!("{:?}", one(&to())), "OneMessage { .. }");
}

proptest! {
    /// Attack 4 of the list of hostile input: whatever the values are, a parser that is not ours finds the headers that
    /// were meant and no others (EM-03, EM-05).
    #[test]
    fn parsed_headers_are_the_intended_headers(
        name in r#"([ -~]|é|🎭|\r|\n|=\?){0,60}"#,
        subject in r#"([ -~]|é|🎭|\r|\n|\x00|: |=\?){0,90}"#,
        text in r"([ -~]|é|\r|\n|--=_){0,200}",
    ) {
        let campaign = CampaignHeaders { from_name: name.clone(), ..campaign() };
        let breaks = |value: &str| value.contains(char::is_control);
        let to = to();
        let one = OneMessage { subject: &subject, text: &text, html: &text, ..one(&to) };
        let built = MessageBuilder::new(&campaign).and_then(|builder| builder.build(&one));
        prop_assert_eq!(built.is_err(), breaks(name.trim()) || breaks(&subject));
        let Ok(raw) = built else { return Ok(()) };
        let message = MessageParser::default().parse(&raw).unwrap();
        let names: Vec<_> = message.headers().iter().map(|header| header.name().to_ascii_lowercase()).collect();
        prop_assert_eq!(names, [
            "from", "reply-to", "mime-version", "list-id", "list-unsubscribe-post", "feedback-id",
            "x-auto-response-suppress", "to", "subject", "date", "message-id", "list-unsubscribe", "content-type",
        ]);
        prop_assert_eq!(message.subject().unwrap_or_default().trim(), subject.trim());
        prop_assert_eq!(message.message_id(), Some("tok3n@theatre.example"));
        prop_assert_eq!(message.to().unwrap().first().unwrap().address(), Some("Zoe@example.org"));
        prop_assert_eq!(message.from().unwrap().first().unwrap().address(), Some("news@theatre.example"));
        prop_assert!(!matches!(message.list_unsubscribe(), HeaderValue::Empty));
        prop_assert_eq!(message.parts.len(), 3);
    }
}
