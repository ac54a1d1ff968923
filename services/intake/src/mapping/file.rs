//! The form in which people write a mapping.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A mapping as its author wrote it. `docs/imports.md` shows several.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingFile {
    /// What the files hold, by its word.
    pub kind: String,
    /// The system that the files come from.
    pub source: String,
    /// Which files of a watched folder it reads: a name in which each `*` stands for anything.
    #[serde(default)]
    pub files: Option<String>,
    /// How characters are written.
    #[serde(default)]
    pub encoding: Encoding,
    /// What stands between cells; recognised from the header when left out.
    #[serde(default)]
    pub separator: Option<Separator>,
    /// What each column becomes.
    pub columns: Unique<Becomes>,
    /// Fields that are the same in every row.
    #[serde(default)]
    pub constants: Unique<String>,
    /// Columns that are left out on purpose.
    #[serde(default)]
    pub ignore: Vec<String>,
}

/// How characters are written as octets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// Windows-1252, which most spreadsheets of Western Europe write as "ANSI"; Latin 1 is a part of it.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// What stands between two cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Separator {
    /// `,`
    #[serde(rename = ",")]
    Comma,
    /// `;`
    #[serde(rename = ";")]
    Semicolon,
    /// A tab.
    #[serde(rename = "tab")]
    Tab,
    /// `|`
    #[serde(rename = "|")]
    Bar,
}

impl Separator {
    pub(crate) const fn octet(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Bar => b'|',
        }
    }
}

/// What a column becomes: a field by its name, a field with a rule, or several of them.
#[derive(Clone, Debug)]
pub struct Becomes(pub Vec<RuleForm>);

/// How the cells of a column become the value of a field.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleForm {
    /// The field, or `criterion:` and a code.
    pub to: String,
    /// Cells and what they mean; whatever their capitals. An empty cell is `""`.
    #[serde(default)]
    pub values: Option<Unique<String>>,
    /// What about a cell that is none of `values`.
    #[serde(default)]
    pub others: Otherwise,
    /// How a date is written, as `DD/MM/YYYY`.
    #[serde(default)]
    pub date: Option<String>,
    /// What stands before the decimals of a number.
    #[serde(default)]
    pub decimal: Option<char>,
    /// What stands between groups of three digits of a number.
    #[serde(default)]
    pub thousands: Option<char>,
    /// What stands between the parts of a list; each part is then translated for itself.
    #[serde(default)]
    pub list_separator: Option<char>,
}

/// What about a cell that the mapping does not translate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Otherwise {
    /// Its row is rejected.
    #[default]
    Reject,
    /// It is taken as it stands.
    Keep,
}

impl<'de> Deserialize<'de> for Becomes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Becomes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a field, an object with `to`, or a list of these")
            }

            fn visit_str<E: Error>(self, to: &str) -> Result<Becomes, E> {
                Ok(Becomes(vec![RuleForm { to: to.to_owned(), ..RuleForm::default() }]))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Becomes, A::Error> {
                RuleForm::deserialize(MapAccessDeserializer::new(map)).map(|rule| Becomes(vec![rule]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Becomes, A::Error> {
                let parts = Vec::<Becomes>::deserialize(SeqAccessDeserializer::new(list))?;
                Ok(Becomes(parts.into_iter().flat_map(|part| part.0).collect()))
            }
        }

        from.deserialize_any(Any)
    }
}

/// An object in which no key stands twice: the second would silently replace the first.
#[derive(Clone, Debug)]
pub struct Unique<T>(pub BTreeMap<String, T>);

impl<T> Default for Unique<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Unique<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Unique<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unique<T>, A::Error> {
                let mut entries = BTreeMap::new();
                while let Some((key, value)) = map.next_entry::<String, T>()? {
                    if entries.contains_key(&key) {
                        return Err(A::Error::custom(format!("`{key}` stands twice; keep one")));
                    }
                    entries.insert(key, value);
                }
                Ok(Unique(entries))
            }
        }

        from.deserialize_map(Entries(PhantomData))
    }
}
