//! Routes, and which bindings take them.

use model::vocabulary::{Channel, Lane};

use super::{ExchangeId, ExchangeKind};

/// Where a body enters the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The exchange that it is given to.
    pub exchange: ExchangeId,
    /// What the bindings are compared with.
    pub key: &'static str,
}

impl Route {
    /// Where hits go.
    pub const HITS: Self = Self { exchange: ExchangeId::In, key: "hit.link" };

    /// Where a chunk of one channel and lane goes.
    ///
    /// Total, although only email has queues: a chunk of another channel finds none, so it is refused when it is
    /// written and returned when it is published all the same.
    #[must_use]
    pub const fn dispatch(channel: Channel, lane: Lane) -> Self {
        let key = match (channel, lane) {
            (Channel::Email, Lane::Notice) => "email.notice",
            (Channel::Email, Lane::Bulk) => "email.bulk",
            (Channel::Sms, Lane::Notice) => "sms.notice",
            (Channel::Sms, Lane::Bulk) => "sms.bulk",
            (Channel::Phone, Lane::Notice) => "phone.notice",
            (Channel::Phone, Lane::Bulk) => "phone.bulk",
            (Channel::Post, Lane::Notice) => "post.notice",
            (Channel::Post, Lane::Bulk) => "post.bulk",
        };
        Self { exchange: ExchangeId::Dispatch, key }
    }
}

impl ExchangeKind {
    /// Whether a binding takes a key, as the broker decides it.
    pub(super) fn matches(self, binding: &str, key: &str) -> bool {
        match self {
            Self::Direct => binding == key,
            Self::Topic => {
                let binding: Vec<&str> = binding.split('.').collect();
                let key: Vec<&str> = key.split('.').collect();
                words_match(&binding, &key)
            }
        }
    }
}

fn words_match(binding: &[&str], key: &[&str]) -> bool {
    match (binding.split_first(), key.split_first()) {
        (None, None) => true,
        (Some((&"#", rest)), _) => (0..=key.len()).any(|taken| words_match(rest, &key[taken..])),
        (Some((&word, rest)), Some((&found, left))) => {
            (word == "*" || word == found) && words_match(rest, left)
        }
        (None, Some(_)) | (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::TOPOLOGY;
    use super::*;

    #[test]
    fn each_lane_of_email_has_a_queue_of_its_own() {
        for lane in Lane::ALL {
            let reached: Vec<_> = TOPOLOGY.reached_by(Route::dispatch(Channel::Email, *lane)).collect();
            assert_eq!(reached.len(), 1, "{lane}");
            assert!(reached[0].name.contains(lane.word()));
        }
    }

    #[test]
    fn a_channel_without_a_queue_is_unroutable() {
        for channel in [Channel::Sms, Channel::Phone, Channel::Post] {
            for lane in Lane::ALL {
                assert_eq!(
                    TOPOLOGY.reached_by(Route::dispatch(channel, *lane)).count(),
                    0,
                    "{channel} {lane}"
                );
            }
        }
    }

    #[test]
    fn topic_bindings_compare_word_by_word() {
        let matches = |binding, key| ExchangeKind::Topic.matches(binding, key);
        for key in ["hit", "hit.link", "hit.link.again"] {
            assert!(matches("hit.#", key), "{key}");
        }
        for key in ["hits", "receipt.hit", ""] {
            assert!(!matches("hit.#", key), "{key}");
        }
        assert!(
            matches("*.link", "hit.link") && !matches("*.link", "link") && !matches("*.link", "a.b.link")
        );
        assert!(matches("#.end", "a.b.end") && matches("#", "") && !ExchangeKind::Direct.matches("#", "a"));
    }
}
