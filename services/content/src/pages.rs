//! The pages behind the links of a message: refuse, refused, nothing here.
//!
//! They work without script, images and cookies, in light and dark, and in the language they are asked for. Opening
//! one changes nothing: what changes something is a button that posts a form (EM-24, TR-01). The page for a link that
//! leads nowhere is one and the same whatever the reason, so that nobody can try out links (EM-25).

use std::collections::BTreeMap;

use data_encoding::BASE64;
use handlebars::{Handlebars, Template};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::engine;

const STYLE: &str = include_str!("../../../templates/public/page.css");
const TEMPLATES: [(&str, &str); 3] = [
    ("unsubscribe", include_str!("../../../templates/public/unsubscribe.html")),
    ("unsubscribed", include_str!("../../../templates/public/unsubscribed.html")),
    ("link_gone", include_str!("../../../templates/public/link_gone.html")),
];
const WORDS: [(&str, &str); 4] = [
    ("en", include_str!("../../../templates/public/words/en.json")),
    ("fr", include_str!("../../../templates/public/words/fr.json")),
    ("it", include_str!("../../../templates/public/words/it.json")),
    ("de", include_str!("../../../templates/public/words/de.json")),
];
const DEFAULT_LANGUAGE: &str = "en";

/// Who sent the message that led here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender<'a> {
    /// The sending organisation; `None` when the institution itself sent.
    pub organisation: Option<&'a str>,
    /// The institution.
    pub institution: &'a str,
}

/// How far a refusal reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The sending organisation.
    Organisation,
    /// The whole institution.
    Institution,
}

impl Scope {
    /// The value of the form field `scope`. A one-click POST has no such field and means [`Scope::Organisation`].
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Institution => "institution",
        }
    }

    /// The scope for a value of the form field `scope`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Organisation, Self::Institution].into_iter().find(|scope| scope.word() == word)
    }
}

/// A page with what it needs. `sender` is `None` when it is not known, as with the database away: the page then says
/// "these emails".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page<'a> {
    /// Asks whether to stop the emails, and of whom; posts to `action`.
    Confirm {
        /// Whose emails.
        sender: Option<Sender<'a>>,
        /// The path that takes the POST.
        action: &'a str,
    },
    /// Says that it is done, within seconds; offers the whole institution when only an organisation was refused.
    Unsubscribed {
        /// Whose emails.
        sender: Option<Sender<'a>>,
        /// What was refused.
        scope: Scope,
        /// The path that takes a further POST.
        action: &'a str,
    },
    /// For every link that leads nowhere.
    LinkGone,
}

/// A page could not be made: a defect of the program, never of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the page {0} is broken")]
pub struct PageBroken(&'static str);

/// The pages, read once at start.
pub struct Pages {
    engine: Handlebars<'static>,
    words: BTreeMap<&'static str, BTreeMap<String, String>>,
    content_security_policy: String,
}

impl Pages {
    /// Reads the templates and word lists that the program carries.
    ///
    /// # Errors
    /// [`PageBroken`] names the file; a test makes sure that this does not happen.
    pub fn new() -> Result<Self, PageBroken> {
        let mut engine = engine::html_engine();
        for (name, source) in TEMPLATES {
            engine.register_template(name, Template::compile(source).map_err(|_| PageBroken(name))?);
        }
        let words = WORDS
            .into_iter()
            .map(|(language, json)| {
                Ok((language, serde_json::from_str(json).map_err(|_| PageBroken(language))?))
            })
            .collect::<Result<_, _>>()?;
        let style = BASE64.encode(&Sha256::digest(STYLE));
        let content_security_policy = format!(
            "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        Ok(Self { engine, words, content_security_policy })
    }

    /// The value of the `Content-Security-Policy` header that goes with every page.
    #[must_use]
    pub fn content_security_policy(&self) -> &str {
        &self.content_security_policy
    }

    /// The languages the pages speak.
    pub fn languages(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.words.keys().copied()
    }

    /// The page as HTML, in `language` (`fr`, `fr-BE`, …) or else in English.
    ///
    /// # Errors
    /// [`PageBroken`]; a test renders every page in every language.
    pub fn render(&self, page: &Page<'_>, language: &str) -> Result<String, PageBroken> {
        let primary = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let known =
            self.words.get_key_value(&*primary).or_else(|| self.words.get_key_value(DEFAULT_LANGUAGE));
        let (name, sender, specific) = match page {
            Page::Confirm { sender, action } => ("unsubscribe", *sender, json!({ "action": action })),
            Page::Unsubscribed { sender, scope, action } => {
                let widen = *scope == Scope::Organisation
                    && sender.is_some_and(|sender| sender.organisation.is_some());
                ("unsubscribed", *sender, json!({ "action": action, "widen": widen }))
            }
            Page::LinkGone => ("link_gone", None, json!({})),
        };
        let (language, words) = known.ok_or(PageBroken(name))?;
        let say: BTreeMap<_, _> = words.iter().map(|(key, text)| (key, fill(text, sender))).collect();
        let done = match page {
            Page::Unsubscribed { scope, .. } => say.get(&done_key(sender, *scope)),
            Page::Confirm { .. } | Page::LinkGone => None,
        };
        let context = json!({
            "language": language,
            "style": STYLE,
            "say": say,
            "done": done,
            "organisation": sender.and_then(|sender| sender.organisation),
            "institution": sender.map(|sender| sender.institution),
            "page": specific,
        });
        self.engine.render(name, &context).map_err(|_| PageBroken(name))
    }
}

fn done_key(sender: Option<Sender<'_>>, scope: Scope) -> String {
    let key = match (sender, scope) {
        (None, Scope::Organisation | Scope::Institution) => "done_these",
        (Some(Sender { organisation: Some(_), .. }), Scope::Organisation) => "done_organisation",
        (Some(_), Scope::Organisation | Scope::Institution) => "done_institution",
    };
    key.to_owned()
}

/// `text` with `{organisation}` and `{institution}` filled in, in one pass: a name is never read again.
fn fill(text: &str, sender: Option<Sender<'_>>) -> Value {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
        filled.push_str(match (name, sender) {
            ("organisation", Some(sender)) => sender.organisation.unwrap_or(sender.institution),
            ("institution", Some(sender)) => sender.institution,
            (_, _) => "",
        });
        rest = after;
    }
    filled.push_str(rest);
    filled.into()
}

#[cfg(test)]
mod tests;
