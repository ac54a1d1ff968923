//! What all messages of a launch share, made ready once: content compiled, headers encoded, key chosen.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use channels::email::{CampaignHeaders, FeedbackId, MessageBuilder};
use content::{CompiledContent, EmailContent};
use model::address::EmailAddress;
use model::ids::InstitutionId;
use model::token::TokenKeys;
use store::claim::Occasion;
use store::dispatch::LaunchKey;
use store::{Store, StoreError};

/// Launches that are kept ready; more are made ready again when they come back.
const LAUNCHES: usize = 64;
/// Compiled contents that are kept; launches of one content share it.
const CONTENTS: usize = 32;

/// The name by which mailbox providers know this sender in their feedback.
const FEEDBACK_SENDER: &str = "rappel";

/// A launch made ready.
pub(super) struct Prepared {
    pub(super) content: Arc<CompiledContent>,
    pub(super) headers: MessageBuilder,
    pub(super) tokens: TokenKeys,
    pub(super) occasion: Occasion,
}

/// What can be done with a launch here.
#[derive(Clone)]
pub(super) enum Recipe {
    /// Its messages can be made.
    Ready(Arc<Prepared>),
    /// No message of it can ever be made; the text says why and names no recipient.
    Hopeless(Arc<str>),
}

/// Why it is not known what can be done.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotHere {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another worker may have the key.
    #[error("token key {0} of this launch is not among this worker's keys; restore its file and restart")]
    NoKey(u8),
}

pub(super) struct Occasions {
    store: Store,
    tokens: TokenKeys,
    launches: Mutex<Recent<LaunchKey, Recipe>>,
    contents: Mutex<Recent<(InstitutionId, i32), Arc<CompiledContent>>>,
}

impl Occasions {
    pub(super) fn new(store: Store, tokens: TokenKeys) -> Self {
        let launches = Mutex::new(Recent::new(LAUNCHES));
        Self { store, tokens, launches, contents: Mutex::new(Recent::new(CONTENTS)) }
    }

    /// The launch, made ready when it was not yet.
    pub(super) async fn get(&self, launch: LaunchKey) -> Result<Recipe, NotHere> {
        if let Some(recipe) = lock(&self.launches).get(&launch) {
            return Ok(recipe);
        }
        let occasion = self.store.occasion(launch.institution, launch.occurrence).await?;
        let key = occasion.token_key;
        let tokens = self.tokens.pinned(key).ok_or(NotHere::NoKey(key.0))?;
        let recipe = match self.prepare(launch, occasion, tokens).await {
            Ok(prepared) => Recipe::Ready(Arc::new(prepared)),
            Err(why) => Recipe::Hopeless(why.into()),
        };
        lock(&self.launches).put(launch, recipe.clone());
        Ok(recipe)
    }

    async fn prepare(
        &self,
        launch: LaunchKey,
        occasion: Occasion,
        tokens: TokenKeys,
    ) -> Result<Prepared, String> {
        let content = self.content(launch.institution, &occasion).await?;
        let headers = headers(launch, &occasion, content.source())?;
        Ok(Prepared { content, headers, tokens, occasion })
    }

    async fn content(
        &self,
        institution: InstitutionId,
        occasion: &Occasion,
    ) -> Result<Arc<CompiledContent>, String> {
        let key = (institution, occasion.content_id);
        if let Some(content) = lock(&self.contents).get(&key) {
            return Ok(content);
        }
        let source: EmailContent =
            serde_json::from_value(occasion.content.clone()).map_err(|error| format!("content: {error}"))?;
        // Parsing a large template takes milliseconds, which the sessions' threads do not have.
        let compiled = tokio::task::spawn_blocking(move || CompiledContent::compile(&source))
            .await
            .map_err(|_| "content: the compiler failed".to_owned())?
            .map_err(|findings| findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
        let compiled = Arc::new(compiled);
        lock(&self.contents).put(key, Arc::clone(&compiled));
        Ok(compiled)
    }
}

fn headers(launch: LaunchKey, occasion: &Occasion, content: &EmailContent) -> Result<MessageBuilder, String> {
    let sender = &occasion.sender;
    let address =
        |field: &str, text: &str| EmailAddress::parse(text).map_err(|error| format!("{field}: {error}"));
    let campaign = CampaignHeaders {
        from_name: content.from_name.clone(),
        from: address("sender.from_address", &sender.from_address)?,
        reply_to: address("content.reply_to", &content.reply_to)?,
        list_id: format!("o{}.{}", occasion.organisation_id, sender.mail_domain),
        feedback_id: FeedbackId {
            campaign: format!("c{}", launch.occurrence),
            stream: occasion.purpose.word().to_owned(),
            institution: format!("i{}", launch.institution),
            sender: FEEDBACK_SENDER.to_owned(),
        },
    };
    MessageBuilder::new(&campaign).map_err(|error| error.to_string())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The last few values, the oldest forgotten first.
struct Recent<K, V> {
    most: usize,
    entries: VecDeque<(K, V)>,
}

impl<K: PartialEq, V: Clone> Recent<K, V> {
    fn new(most: usize) -> Self {
        Self { most, entries: VecDeque::with_capacity(most) }
    }

    fn get(&self, key: &K) -> Option<V> {
        self.entries.iter().find(|(other, _)| other == key).map(|(_, value)| value.clone())
    }

    fn put(&mut self, key: K, value: V) {
        self.entries.retain(|(other, _)| *other != key);
        if self.entries.len() == self.most {
            self.entries.pop_front();
        }
        self.entries.push_back((key, value));
    }
}

#[cfg(test)]
mod tests {
    use super::Recent;

    #[test]
    fn the_oldest_is_forgotten_and_a_key_stands_once() {
        let mut recent = Recent::new(2);
        for (key, value) in [(1, 'a'), (2, 'b'), (2, 'c'), (3, 'd')] {
            recent.put(key, value);
        }
        assert_eq!([recent.get(&1), recent.get(&2), recent.get(&3)], [None, Some('c'), Some('d')]);
    }
}
