//! One flat JSON object read into the cells of a row.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::row::RawRow;
use crate::schema::{Layout, NoPlace, Schema, shown};
use crate::{Flaw, MAX_CELL_BYTES, MAX_COLUMNS, Shape};

/// The most faults that one line is reported with.
const MAX_FAULTS: usize = 10;

/// What is wrong with one key of the object.
pub(crate) struct Fault {
    pub(crate) key: String,
    pub(crate) found: Shape,
    pub(crate) flaw: Flaw,
}

/// Reads `line` into `row`, finding new columns a place in `layout`.
///
/// Values go over as text: a number exactly as written, `true`, `false`, and nothing for `null`.
///
/// # Errors
/// When the line is no JSON object; the position says where. The message of the parser is not passed on, because it
/// quotes.
pub(crate) fn read(
    line: &str,
    schema: Schema,
    layout: &mut Layout,
    row: &mut RawRow,
) -> Result<Vec<Fault>, serde_json::Error> {
    row.clear_cells();
    row.text.clear();
    let mut json = serde_json::Deserializer::from_str(line);
    let mut object = Object { schema, layout, row, given: Vec::new(), faults: Vec::new() };
    json.deserialize_map(&mut object)?;
    let faults = object.faults;
    json.end()?;
    Ok(faults)
}

/// The first key of the object that the kind does not have.
///
/// # Errors
/// When the line is no JSON object.
pub(crate) fn first_unknown(line: &str, schema: Schema) -> Result<Option<String>, serde_json::Error> {
    let keys: BTreeMap<String, IgnoredAny> = serde_json::from_str(line)?;
    Ok(keys.into_keys().find(|key| schema.find(key).is_none()))
}

struct Object<'a> {
    schema: Schema,
    layout: &'a mut Layout,
    row: &'a mut RawRow,
    /// Which cells this object has given so far.
    given: Vec<bool>,
    faults: Vec<Fault>,
}

impl<'de> Visitor<'de> for &mut Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let mut guess = 0;
        while let Some(place) = map.next_key_seed(Key { object: self, guess })? {
            guess += 1;
            match place {
                Ok(cell) => {
                    let value: &RawValue = map.next_value()?;
                    self.take(cell, value.get());
                }
                Err(fault) => {
                    map.next_value::<IgnoredAny>()?;
                    self.note(fault);
                }
            }
        }
        Ok(())
    }
}

impl Object<'_> {
    /// The cell of a key; a column that the file had not shown yet gets the next one.
    fn locate(&mut self, key: &str, guess: usize) -> Result<usize, Fault> {
        if let Some(cell) = self.layout.cell_named(key, guess) {
            return Ok(cell);
        }
        let fault = |reason: String, remedy| Fault {
            key: shown(key),
            found: Shape::WellFormed,
            flaw: Flaw::new(reason, remedy),
        };
        let Some(name) = self.schema.find(key) else {
            let reason = format!("{} have no such column{}", self.schema.kind, self.schema.hint(key));
            return Err(fault(reason, format!("use one of: {}", self.schema.known())));
        };
        self.layout.place(name, key).map_err(|error| match error {
            NoPlace::Twice => fault("the column stands there under another key".into(), "keep one".into()),
            NoPlace::TooMany => {
                fault(format!("a file has at most {MAX_COLUMNS} columns"), "export fewer".into())
            }
        })
    }

    /// Takes the value of a key, as it is written.
    fn take(&mut self, cell: usize, json: &str) {
        if self.given.len() <= cell {
            self.given.resize(cell + 1, false);
        }
        if std::mem::replace(&mut self.given[cell], true) {
            return self.refuse(cell, Shape::WellFormed, "the key stands twice in the object", "keep one");
        }
        let start = self.row.text.len();
        match json.as_bytes() {
            [b'"', ..] => {
                if let Err(flaw) = self.take_string(json) {
                    return self.refuse(cell, Shape::NoText, flaw.0, flaw.1);
                }
            }
            [b'[', ..] => {
                let remedy = "write a list as one string, its parts separated by |";
                return self.refuse(cell, Shape::JsonArray, "a row is flat", remedy);
            }
            [b'{', ..] => {
                let remedy = "write each value under a key of its own";
                return self.refuse(cell, Shape::JsonObject, "a row is flat", remedy);
            }
            b"null" => {}
            _ => self.row.text.push_str(json),
        }
        let end = self.row.text.len();
        self.row.set_cell(cell, start, end);
        if end - start > MAX_CELL_BYTES {
            let reason = format!("a value has at most {MAX_CELL_BYTES} bytes");
            self.refuse(cell, Shape::Large(MAX_CELL_BYTES), reason, "shorten it");
        }
    }

    fn take_string(&mut self, json: &str) -> Result<(), (&'static str, &'static str)> {
        let plain = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        match plain.filter(|plain| !plain.contains('\\')) {
            Some(plain) => self.row.text.push_str(plain),
            None => {
                let text: String = serde_json::from_str(json)
                    .map_err(|_| ("the string has half of a surrogate pair", "write the character itself"))?;
                self.row.text.push_str(&text);
            }
        }
        Ok(())
    }

    fn refuse(
        &mut self,
        cell: usize,
        found: Shape,
        reason: impl Into<Cow<'static, str>>,
        remedy: &'static str,
    ) {
        let key = self.layout.name(cell).to_owned();
        self.note(Fault { key, found, flaw: Flaw::new(reason, remedy) });
    }

    fn note(&mut self, fault: Fault) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(fault);
        }
    }
}

/// Reads a key and finds its cell without keeping it.
struct Key<'a, 'b> {
    object: &'a mut Object<'b>,
    guess: usize,
}

impl<'de> DeserializeSeed<'de> for Key<'_, '_> {
    type Value = Result<usize, Fault>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_, '_> {
    type Value = Result<usize, Fault>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.object.locate(key, self.guess))
    }
}
