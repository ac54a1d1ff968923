//! The tree that people write and the database stores, in JSON.
//!
//! A node is an object with one group or one leaf, and may be switched off:
//!
//! ```json
//! {"all": [
//!     {"leaf": "recency", "before": {"months_ago": 24}},
//!     {"any": [
//!         {"leaf": "identity", "field": "city", "equals": "Lyon"},
//!         {"leaf": "activity", "kinds": ["sale"], "window": {"from": {"months_ago": 36}}, "count": {"at_least": 3}}
//!     ]},
//!     {"none": [{"leaf": "criterion", "code": "genre", "any_of": ["opera"]}], "off": true}
//! ]}
//! ```
//!
//! Groups are `all`, `any`, `none` and `not_all`, nested freely. A leaf names its fields and exactly one operator. A
//! node with `"off": true` is as if it were not there: it is read strictly, but its names need not exist.
//! Reading refuses whatever it does not know, and a key that stands twice; it never drops a condition.

#[cfg(test)]
mod tests;

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use crate::catalogue::{PlaceRef, ProductRef};
use crate::error::QueryError;
use crate::json::{Fields, Strict};
use crate::leaves::Leaf;

/// A query over contacts, as written. [`crate::check()`] turns it into something that can be run.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The outermost node.
    pub root: Node,
}

/// One node of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Switched off: as if it were not there.
    pub off: bool,
    /// What it says.
    pub content: Content,
}

/// What a node says.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A combination of other nodes.
    Group(GroupKind, Vec<Node>),
    /// One condition.
    Leaf(Leaf),
}

/// How a group combines its members; [`crate::truth`] says what that means when a member is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// Every member.
    All,
    /// At least one member.
    Any,
    /// No member.
    None,
    /// At least one member not.
    NotAll,
}

impl GroupKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::All, Self::Any, Self::None, Self::NotAll];

    /// The key in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Any => "any",
            Self::None => "none",
            Self::NotAll => "not_all",
        }
    }
}

impl Query {
    /// Reads a query from its JSON text.
    ///
    /// # Errors
    /// The first node that is not one, or where the text is no JSON.
    pub fn from_json(text: &str) -> Result<Self, QueryError> {
        let Strict(value) =
            serde_json::from_str(text).map_err(|error| QueryError::new("", format!("no JSON: {error}")))?;
        Self::from_value(value)
    }

    /// Reads a query from a JSON value.
    ///
    /// # Errors
    /// The first node that is not one.
    pub fn from_value(value: Value) -> Result<Self, QueryError> {
        read_node(value, "").map(|root| Self { root })
    }

    /// What switched-on leaves name of the lists that are too long to be loaded whole.
    #[must_use]
    pub fn mentions(&self) -> Mentions<'_> {
        self.mentioned(false)
    }

    /// The same with what switched-off nodes name: people read these too.
    #[must_use]
    pub fn all_mentions(&self) -> Mentions<'_> {
        self.mentioned(true)
    }

    fn mentioned(&self, also_off: bool) -> Mentions<'_> {
        let mut mentions = Mentions::default();
        collect_mentions(&self.root, also_off, &mut mentions);
        mentions
    }
}

/// What a query names of the institution's long lists, as often as it does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions<'a> {
    /// Products.
    pub products: Vec<&'a ProductRef>,
    /// Postal codes.
    pub places: Vec<&'a PlaceRef>,
    /// Keys of launches.
    pub campaigns: Vec<&'a str>,
    /// Codes of saved targets.
    pub targets: Vec<&'a str>,
}

fn collect_mentions<'a>(node: &'a Node, also_off: bool, mentions: &mut Mentions<'a>) {
    match &node.content {
        _ if node.off && !also_off => {}
        Content::Leaf(leaf) => leaf.mentions(mentions),
        Content::Group(_, members) => {
            members.iter().for_each(|member| collect_mentions(member, also_off, mentions));
        }
    }
}

fn read_node(value: Value, at: &str) -> Result<Node, QueryError> {
    let Value::Object(map) = value else {
        return Err(QueryError::new(at, format!("a node is an object with {NODE_KEYS}")));
    };
    let mut fields = Fields(map);
    let off = fields.optional("off").map_err(|message| QueryError::new(at, message))?.unwrap_or(false);
    let content = match fields.optional::<String>("leaf").map_err(|message| QueryError::new(at, message))? {
        Some(name) => {
            Leaf::read(&name, fields).map(Content::Leaf).map_err(|message| QueryError::new(at, message))?
        }
        None => read_group(fields.0, at)?,
    };
    Ok(Node { off, content })
}

const NODE_KEYS: &str =
    "one of `all`, `any`, `none`, `not_all` and a list of nodes, or with `leaf` and the leaf's fields";

fn read_group(map: Map<String, Value>, at: &str) -> Result<Content, QueryError> {
    let mut entries = map.into_iter();
    let (Some((word, value)), None) = (entries.next(), entries.next()) else {
        return Err(QueryError::new(
            at,
            format!("a node has {NODE_KEYS}; this one has none of them or more than one"),
        ));
    };
    let Some(kind) = GroupKind::ALL.into_iter().find(|kind| kind.word() == word) else {
        return Err(QueryError::new(at, format!("`{word}` is unknown; a node has {NODE_KEYS}")));
    };
    let Value::Array(members) = value else {
        return Err(QueryError::new(at, format!("`{word}` needs a list of nodes")));
    };
    let members = members.into_iter().enumerate();
    let members = members.map(|(index, member)| read_node(member, &format!("{at}/{word}/{index}")));
    Ok(Content::Group(kind, members.collect::<Result<_, _>>()?))
}

impl Serialize for Query {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.root.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Query {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Strict(value) = Strict::deserialize(deserializer)?;
        Self::from_value(value).map_err(D::Error::custom)
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            content: &'a Content,
            #[serde(skip_serializing_if = "std::ops::Not::not")]
            off: bool,
        }
        Whole { content: &self.content, off: self.off }.serialize(serializer)
    }
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Leaf(leaf) => leaf.serialize(serializer),
            Self::Group(kind, members) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(kind.word(), members)?;
                map.end()
            }
        }
    }
}

/// The JSON text that reads back as this query.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}
