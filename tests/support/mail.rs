//! What arrived, read by a parser that is not the product's.

use mail_parser::{HeaderValue, MessageParser};
use servers::sink::Captured;

use super::campaign::PUBLIC_URL;

/// One message that the sink took.
#[derive(Clone, Debug)]
pub struct Mail {
    pub taken: Captured,
    pub text: String,
    pub html: String,
    subject: String,
}

impl Mail {
    #[track_caller]
    pub fn read(taken: Captured) -> Self {
        let raw = taken.raw.clone();
        let message = MessageParser::default().parse(&raw[..]).expect("a message");
        assert_eq!((message.text_body.len(), message.html_body.len()), (1, 1), "one part each");
        Self {
            text: message.body_text(0).expect("a text part").into_owned(),
            html: message.body_html(0).expect("an HTML part").into_owned(),
            subject: message.subject().expect("a subject").to_owned(),
            taken,
        }
    }

    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The value of a header that stands exactly once, unfolded.
    #[track_caller]
    pub fn header(&self, name: &str) -> String {
        let head = String::from_utf8(self.taken.raw.to_vec()).unwrap();
        let head = head.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ").replace("\r\n\t", " ");
        let prefix = format!("{}:", name.to_ascii_lowercase());
        let values: Vec<&str> =
            head.split("\r\n").filter(|line| line.to_ascii_lowercase().starts_with(&prefix)).collect();
        assert_eq!(values.len(), 1, "{name}: {values:?}");
        values[0][prefix.len()..].trim().to_owned()
    }

    /// The only address of a header, without its name.
    #[track_caller]
    pub fn address(&self, name: &str) -> String {
        let raw = self.taken.raw.clone();
        let message = MessageParser::default().parse(&raw[..]).expect("a message");
        match message.header(name) {
            Some(HeaderValue::Address(address)) => {
                assert_eq!(address.iter().count(), 1, "{name}");
                address.first().and_then(|first| first.address()).expect("an address").to_owned()
            }
            other => panic!("{name}: {other:?}"),
        }
    }

    /// The address that takes the one-click POST (RFC 8058), which both parts link to as well.
    #[track_caller]
    pub fn unsubscribe_url(&self) -> String {
        let value = self.header("List-Unsubscribe");
        let url = value.trim_start_matches('<').split('>').next().unwrap().to_owned();
        assert!(url.starts_with(PUBLIC_URL), "{value}");
        url
    }

    /// The tracked links of the text part, in their order.
    pub fn links(&self) -> Vec<String> {
        let unsubscribe = self.unsubscribe_url();
        let words = self.text.split_whitespace().filter(|word| word.starts_with(PUBLIC_URL));
        words.filter(|word| *word != unsubscribe).map(str::to_owned).collect()
    }
}
