//! The JSON Schema of targets (draft 2020-12): what [`crate::Query`] reads and the check accepts without knowing the names.
//!
//! Names of fields, operators and members of closed lists come from the types that read them; what an operator takes is
//! written here. `docs/target.schema.json` is what this makes, which a test holds, as it holds that every golden and thousands of random
//! trees are valid. The schema is no check: it knows no names, no types of criteria and no contradictions.

mod leaves;
mod listed;
mod operators;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use crate::tree::GroupKind;

/// The schema.
#[must_use]
pub fn schema() -> Value {
    let leaves = leaves::all();
    let nodes = leaves.iter().map(|(name, _)| *name).chain(["group"]);
    let node = json!({
        "description": "A group of nodes or a leaf. `off` switches it off: it is read, and has no effect.",
        "oneOf": nodes.map(|name| json!({ "$ref": format!("#/$defs/{name}") })).collect::<Vec<_>>(),
    });
    let own = [("node", node), ("group", group())];
    let definitions = own.into_iter().chain(leaves).chain(operators::shared());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:rappel:target",
        "title": "Target",
        "description": "Who is meant: a tree of groups and leaves. docs/targets.md says what each of them means.",
        "$ref": "#/$defs/node",
        "$defs": definitions.map(|(name, definition)| (name.to_owned(), definition)).collect::<Map<_, _>>(),
    })
}

/// The schema as a text.
#[must_use]
pub fn text() -> String {
    format!("{:#}\n", schema())
}

fn group() -> Value {
    let nodes = json!({ "type": "array", "items": { "$ref": "#/$defs/node" } });
    one_of_these(
        Map::new(),
        &[],
        GroupKind::ALL.into_iter().map(|kind| (kind.word(), nodes.clone())).collect(),
    )
}

/// An object with these properties, some of them required, and exactly one of the others.
fn one_of_these(
    mut properties: Map<String, Value>,
    required: &[&str],
    one: Vec<(&'static str, Value)>,
) -> Value {
    let choice: Vec<Value> = one.iter().map(|(name, _)| json!({ "required": [name] })).collect();
    properties.insert("off".to_owned(), json!({ "type": "boolean" }));
    properties.extend(one.into_iter().map(|(name, operand)| (name.to_owned(), operand)));
    let mut object = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    match choice.as_slice() {
        [] => {}
        [only] => object["allOf"] = json!([only]),
        _ => object["oneOf"] = choice.into(),
    }
    object
}
