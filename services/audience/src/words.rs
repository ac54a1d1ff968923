//! A target in words: what it selects, for people who do not read JSON.
//!
//! [`words()`] says a tree as it is written, switched-off nodes included, in English, French, Italian or German: one
//! line for a condition, an indented list for groups. It needs no check: what is wrong with a tree is [`crate::check()`]'s to say.
//!
//! The messages are in `words/{en,fr,it,de}.json`, which the web console shares; `words/README.md` says how they are written. Each
//! sentence is one message with named slots. Parts of a sentence are never joined in code: a slot holds a name, a number, a day,
//! or a phrase whose grammatical place is the same in every message that has the slot. Plural categories and
//! the forms of numbers are those of CLDR. Dates are written by the catalogue, because CLDR does not write *1er mars* or *1º marzo*.

mod catalogue;
mod days;
mod leaves;
mod message;
mod names;
mod speaker;
mod values;
#[cfg(test)]
mod tests;

use std::fmt;

use self::message::capital;
pub use self::names::Names;
use self::speaker::Speaker;
use crate::leaves::Leaf;
use crate::tree::{Content, GroupKind, Node, Query};

/// A language that targets are said in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// `en`
    English,
    /// `fr`
    French,
    /// `it`
    Italian,
    /// `de`
    German,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 4] = [Self::English, Self::French, Self::Italian, Self::German];

    /// The language tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Italian => "it",
            Self::German => "de",
        }
    }

    /// The language with this tag.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }
}

/// A target in words. Its `Display` is the whole text, an item on each line and indented by its depth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The lines, in the order of the tree.
    pub lines: Vec<Line>,
}

/// One node in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it stands in the tree, as a JSON pointer.
    pub at: String,
    /// How many groups it is in.
    pub depth: usize,
    /// Whether it is switched off; the text says so as well.
    pub off: bool,
    /// What it says.
    pub text: String,
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, line) in self.lines.iter().enumerate() {
            let (end, bullet) = (if index == 0 { "" } else { "\n" }, if line.depth == 0 { "" } else { "- " });
            let indent = 2 * line.depth.saturating_sub(1);
            write!(f, "{end}{:indent$}{bullet}{}", "", line.text)?;
        }
        Ok(())
    }
}

/// Says what `query` selects, with things called by their `names`.
#[must_use]
pub fn words(query: &Query, language: Language, names: &Names) -> Words {
    let mut writer = Writer { speaker: Speaker::new(language, names), lines: Vec::new() };
    writer.node(&query.root, "", 0);
    Words { lines: writer.lines }
}

/// Says for how many contacts `leaf` is unknown, because they have not what it asks about; `None` for a leaf that never is.
#[must_use]
pub fn missing(leaf: &Leaf, contacts: u32, language: Language, names: &Names) -> Option<String> {
    let speaker = Speaker::new(language, names);
    let field = speaker.subject(leaf)?;
    Some(capital(&speaker.say_counted(&speaker.messages().missing, &[], contacts, &[("field", &field)])))
}

struct Writer<'a> {
    speaker: Speaker<'a>,
    lines: Vec<Line>,
}

impl Writer<'_> {
    fn node(&mut self, node: &Node, at: &str, depth: usize) {
        let messages = self.speaker.messages();
        let text = match &node.content {
            Content::Leaf(leaf) if depth == 0 => {
                self.speaker.say(&messages.target.single, &[("condition", &self.speaker.leaf(leaf))])
            }
            Content::Leaf(leaf) => self.speaker.leaf(leaf),
            Content::Group(kind, members) => self.heading(*kind, members.len(), depth),
        };
        let text =
            if node.off { self.speaker.say(&messages.off, &[("condition", text.as_str())]) } else { text };
        self.lines.push(Line { at: at.to_owned(), depth, off: node.off, text: capital(&text) });
        if let Content::Group(kind, members) = &node.content {
            for (index, member) in members.iter().enumerate() {
                self.node(member, &format!("{at}/{}/{index}", kind.word()), depth + 1);
            }
        }
    }

    fn heading(&self, kind: GroupKind, members: usize, depth: usize) -> String {
        let (target, group) = (&self.speaker.messages().target, &self.speaker.messages().group);
        let (outermost, inner) = match kind {
            GroupKind::All => (&target.all, &group.all),
            GroupKind::Any => (&target.any, &group.any),
            GroupKind::None => (&target.none, &group.none),
            GroupKind::NotAll => (&target.not_all, &group.not_all),
        };
        let members = u32::try_from(members).unwrap_or(u32::MAX);
        self.speaker.say_counted(if depth == 0 { outermost } else { inner }, &[], members, &[])
    }
}
