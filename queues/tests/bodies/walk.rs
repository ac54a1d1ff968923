//! A deserialiser that reads nothing: it asks a type what it wants, field by field, and writes the answers down.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::de::value::Error;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;

/// What a leaf may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaf {
    Integer,
    Text,
    OneOf(Vec<&'static str>),
}

/// Every leaf of `T` by its path. `sample` gives a text that the type takes at a path, so that the walk can go on.
///
/// Refused: a type that could hold anything (maps, "any", bytes, floats, characters).
pub fn leaves<T: DeserializeOwned>(
    sample: &dyn Fn(&str) -> &'static str,
) -> Result<BTreeMap<String, Leaf>, Error> {
    let found = RefCell::default();
    T::deserialize(Probe { path: String::new(), found: &found, sample })?;
    Ok(found.into_inner())
}

struct Probe<'a> {
    path: String,
    found: &'a RefCell<BTreeMap<String, Leaf>>,
    sample: &'a dyn Fn(&str) -> &'static str,
}

impl Probe<'_> {
    fn note(&self, leaf: Leaf) {
        self.found.borrow_mut().insert(self.path.clone(), leaf);
    }

    fn child(&self, name: &str) -> Self {
        Self { path: format!("{}{name}", self.path), found: self.found, sample: self.sample }
    }
}

macro_rules! integers {
    ($value:expr => $($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.note(Leaf::Integer);
            visitor.visit_u64($value)
        }
    )*};
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom(format!("{} could hold anything", self.path)))
    }

    integers! { 1 => deserialize_i8 deserialize_i16 deserialize_i32 deserialize_u8 deserialize_u16 deserialize_u32 }
    integers! { 4 << 48 => deserialize_i64 deserialize_u64 }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.note(Leaf::Text);
        visitor.visit_str((self.sample)(&self.path))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.note(Leaf::OneOf(variants.to_vec()));
        let first = variants.first().copied().unwrap_or_default();
        visitor.visit_enum(IntoDeserializer::<Error>::into_deserializer(first))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(Once(Some(self.child("[]"))))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(Fields { of: self, left: fields.iter(), next: None })
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct map ignored_any
    }
}

struct Once<'a>(Option<Probe<'a>>);

impl<'de> SeqAccess<'de> for Once<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.0.take().map(|probe| seed.deserialize(probe)).transpose()
    }
}

struct Fields<'a> {
    of: Probe<'a>,
    left: std::slice::Iter<'static, &'static str>,
    next: Option<&'static str>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.next = self.left.next().copied();
        self.next.map(|name| seed.deserialize(IntoDeserializer::<Error>::into_deserializer(name))).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let name = self.next.take().unwrap_or_default();
        let dot = if self.of.path.is_empty() { "" } else { "." };
        seed.deserialize(self.of.child(&format!("{dot}{name}")))
    }
}
