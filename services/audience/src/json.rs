//! Strict reading of JSON: nothing that stands in a document is ignored.
//!
//! `serde_json` keeps the last of two equal keys and serde cannot refuse unknown fields beside a flattened operator;
//! both would drop a condition that somebody wrote. So documents are read into values here, and leaves through `Fields`.

use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// A JSON value in which no object has the same key twice.
pub(crate) struct Strict(pub(crate) Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Strict(value)) = items.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("`{key}` stands twice in one object; keep one")));
            }
            let Strict(value) = entries.next_value()?;
            map.insert(key, value);
        }
        Ok(map.into())
    }
}

/// The fields of one leaf that nobody has read yet. Errors are messages; the caller knows where the leaf stands.
pub(crate) struct Fields(pub(crate) Map<String, Value>);

impl Fields {
    /// Takes a field that may be absent.
    pub(crate) fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, String> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(value) => serde_json::from_value(value)
                .map(Some)
                .map_err(|error| format!("`{name}`: {}", without_text(&error))),
        }
    }

    /// Takes a field that must be there.
    pub(crate) fn required<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, String> {
        self.optional(name)?.ok_or_else(|| format!("`{name}` is missing"))
    }

    /// Takes what is left as the one operator of the leaf, whatever its type will turn out to be.
    pub(crate) fn operator(self) -> Result<RawOperator, String> {
        let mut left = self.0.into_iter();
        match (left.next(), left.next()) {
            (None, _) => Ok(RawOperator { name: String::new(), value: Value::Null }),
            (Some((name, value)), None) => Ok(RawOperator { name, value }),
            (Some((first, _)), Some((second, _))) => Err(format!(
                "`{first}` and `{second}` are too much: a leaf has one operator; write one leaf each, or remove what is no field"
            )),
        }
    }

    /// Refuses what is left.
    pub(crate) fn finish(self) -> Result<(), String> {
        match self.0.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => Err(format!("`{name}` is no field of this leaf; remove it")),
        }
    }
}

/// What serde says, without the text that it found: that may be somebody's name.
fn without_text(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match (message.find("string \""), message.rfind("\", expected")) {
        (Some(start), Some(end)) => format!("{}a text{}", &message[..start], &message[end + 1..]),
        (Some(_), None) | (None, _) => message,
    }
}

/// An operator with its operand, before its type is known. The name is empty when the leaf has none.
#[derive(Clone, Debug, PartialEq)]
pub struct RawOperator {
    name: String,
    value: Value,
}

impl RawOperator {
    /// Reads it as an operator of the type `T`, an enum with one variant per operator.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, String> {
        let operator = Map::from_iter([(self.name.clone(), self.value.clone())]);
        serde_json::from_value(operator.into()).map_err(|error| {
            // serde knows the variants of `T`: its list of them is the part of the message that says what is right.
            let message = without_text(&error);
            match message.strip_prefix("unknown variant ") {
                None => format!("`{}`: {message}", self.name),
                Some(rest) if self.name.is_empty() => {
                    format!("an operator is missing: {}", rest.replacen("``, ", "", 1))
                }
                Some(rest) => format!("there is no operator {rest} here"),
            }
        })
    }
}

impl Serialize for RawOperator {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(&self.name, &self.value)])
    }
}

/// The operand of an operator that needs none: always written `true`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stated;

impl Serialize for Stated {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(true)
    }
}

impl<'de> Deserialize<'de> for Stated {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if bool::deserialize(deserializer)? {
            Ok(Self)
        } else {
            Err(D::Error::custom(
                "only `true` can be written here; use the opposite operator, or put the leaf into `none`",
            ))
        }
    }
}
