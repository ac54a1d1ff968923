//! The operators of each type with what they take. Their names are the type's own; only the operands are written here.

use model::score::RANGE as SCORES;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::listed::listed;
use crate::operators::age::MAX_AGE;
use crate::operators::amount::MAX_AMOUNT;
use crate::operators::count::MAX_COUNT;
use crate::operators::day::{MAX_DAYS, MAX_MONTHS};
use crate::operators::text::MAX_TEXT;

/// Operators, each with the schema of its operand.
pub(super) type Operators = Vec<(&'static str, Value)>;

/// What operators share, by name.
pub(super) fn shared() -> Operators {
    let number = json!({ "type": "number" });
    let amount = json!({ "type": "number", "minimum": -MAX_AMOUNT, "maximum": MAX_AMOUNT });
    let months = json!({ "type": "integer", "minimum": 0, "maximum": MAX_MONTHS });
    let days = json!({ "type": "integer", "minimum": 0, "maximum": MAX_DAYS });
    vec![
        ("text", json!({ "type": "string", "minLength": 1, "maxLength": MAX_TEXT })),
        ("codes", json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 })),
        (
            "day",
            json!({
                "description": "`AAAAMMJJ` (year, month, day), or counted from today in the institution's zone.",
                "oneOf": [literal("^(19|2[01])[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$"), reference("relative_day")],
            }),
        ),
        (
            "year_day",
            json!({
                "description": "`MMJJ` (month, day), or counted from today in the institution's zone.",
                "oneOf": [literal("^(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$"), reference("relative_day")],
            }),
        ),
        (
            "relative_day",
            json!({
                "type": "object",
                "properties": { "months_ago": months, "days_ago": days, "months_ahead": months, "days_ahead": days },
                "additionalProperties": false,
                "minProperties": 1,
                "maxProperties": 1,
            }),
        ),
        ("days", both(&reference("day"))),
        ("year_days", both(&reference("year_day"))),
        ("number", number),
        ("numbers", both(&reference("number"))),
        ("score_number", json!({ "type": "integer", "minimum": SCORES.start(), "maximum": SCORES.end() })),
        ("score_numbers", both(&reference("score_number"))),
        ("code", json!({ "type": "string", "minLength": 1 })),
        (
            "place",
            json!({
                "description": "A postal code of a country.",
                "type": "object",
                "properties": { "country": { "type": "string" }, "postal_code": { "type": "string" } },
                "required": ["country", "postal_code"],
                "additionalProperties": false,
            }),
        ),
        ("amount", amount),
        ("amounts", both(&reference("amount"))),
        ("ages", both(&reference("age"))),
        ("age", json!({ "type": "integer", "minimum": 0, "maximum": MAX_AGE })),
        ("count", json!({ "type": "integer", "minimum": 0, "maximum": MAX_COUNT })),
        ("counts", both(&reference("count"))),
        ("percent", json!({ "type": "number", "minimum": 0, "maximum": 100 })),
        ("window", one_end(&reference("day"))),
        ("amount_window", one_end(&reference("amount"))),
        (
            "product",
            json!({
                "type": "object",
                "properties": { "source": { "type": "string" }, "external_id": { "type": "string" } },
                "required": ["source", "external_id"],
                "additionalProperties": false,
            }),
        ),
    ]
}

pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn literal(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

/// `{"from": …, "until": …}`
pub(super) fn both(end: &Value) -> Value {
    let mut span = one_end(end);
    span["required"] = json!(["from", "until"]);
    span
}

/// The same with one end or both.
fn one_end(end: &Value) -> Value {
    json!({
        "type": "object",
        "properties": { "from": end, "until": end },
        "additionalProperties": false,
        "minProperties": 1,
    })
}

/// The operators of `T`: each takes a value like `one`, `between` two of them like `two`, and presence is stated.
pub(super) fn comparing<T: DeserializeOwned>(one: &str, two: &str) -> Operators {
    let operand = |name: &str| match name {
        "between" => reference(two),
        "is_missing" | "is_present" | "has" | "has_not" => stated(),
        _ => reference(one),
    };
    listed::<T>().iter().map(|name| (*name, operand(name))).collect()
}

/// The operators of `T`, each of which takes a member of the closed list `M`.
pub(super) fn choosing<T: DeserializeOwned, M: DeserializeOwned>() -> Operators {
    let operand = |name: &str| match name {
        "is_missing" | "is_present" => stated(),
        _ => members::<M>(),
    };
    listed::<T>().iter().map(|name| (*name, operand(name))).collect()
}

pub(super) fn members<M: DeserializeOwned>() -> Value {
    json!({ "enum": listed::<M>() })
}

pub(super) fn stated() -> Value {
    json!({ "const": true })
}
