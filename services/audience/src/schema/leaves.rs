//! Each leaf with its fields.

use std::collections::BTreeMap;

use model::vocabulary::{ActivityKind, ContactKind, ContactRole, HolderRole, LineState};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::listed::listed;
use super::one_of_these;
use super::operators::{Operators, both, choosing, comparing, members, reference, stated};
use crate::leaves::{
    ActivityOp, AgeField, As, BirthdayField, BucketOp, CodeField, CodeOp, DateField, KindField, KindOp,
    MembershipOp, MessageOp, MessageOutcome, OrderLineOp, PostalAreaOp, Question, Recorded, RoleField,
    RoleOp, ScoreOf, TextField,
};
use crate::operators::{
    AgeOp, AmountOp, BirthdayOp, ChoiceOp, CountOp, DateOp, NumberOp, ScoreOp, TextOp, YesNo, YesNoOp,
};

/// Every leaf, by the value of `leaf`; a test holds the list against [`crate::leaves::Leaf::NAMES`].
pub(super) fn all() -> Vec<(&'static str, Value)> {
    vec![
        ("identity", identity()),
        ("criterion", criterion()),
        ("authorisation", authorisation()),
        ("recency", leaf("recency", &[], &[("organisation", text())], dates())),
        ("activity", activity()),
        ("order_line", order_line()),
        ("message", message()),
        ("bucket", bucket()),
        ("indicator", indicator()),
        (
            "postal_area",
            leaf("postal_area", &[("country", country())], &[], comparing::<PostalAreaOp>("codes", "codes")),
        ),
        ("distance", leaf("distance", &[("from", reference("place"))], &[], numbers())),
        ("membership", leaf("membership", &[], &[], comparing::<MembershipOp>("code", "code"))),
        (
            "score",
            leaf(
                "score",
                &[("of", members::<ScoreOf>())],
                &[],
                comparing::<ScoreOp>("score_number", "score_numbers"),
            ),
        ),
    ]
}

/// A leaf with fields that must be there, fields that may be, and one of its operators.
fn leaf(name: &str, required: &[(&str, Value)], optional: &[(&str, Value)], operators: Operators) -> Value {
    let kind = [("leaf", json!({ "const": name }))];
    let fields = kind.iter().chain(required).chain(optional);
    let properties: Map<_, _> = fields.map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    let required: Vec<&str> = ["leaf"].into_iter().chain(required.iter().map(|(name, _)| *name)).collect();
    one_of_these(properties, &required, operators)
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn list_of<M: DeserializeOwned>() -> Value {
    json!({ "type": "array", "items": members::<M>(), "minItems": 1 })
}

fn dates() -> Operators {
    comparing::<DateOp>("day", "days")
}

fn identity() -> Value {
    let of = |fields: Value, operators| leaf("identity", &[("field", fields)], &[], operators);
    json!({ "oneOf": [
        of(members::<TextField>(), comparing::<TextOp>("text", "text")),
        of(members::<CodeField>(), comparing::<CodeOp>("text", "text")),
        of(members::<DateField>(), dates()),
        of(members::<AgeField>(), comparing::<AgeOp>("age", "ages")),
        of(members::<BirthdayField>(), comparing::<BirthdayOp>("year_day", "year_days")),
        of(members::<KindField>(), choosing::<KindOp, ContactKind>()),
        of(members::<RoleField>(), choosing::<RoleOp, ContactRole>()),
    ]})
}

fn numbers() -> Operators {
    comparing::<NumberOp>("number", "numbers")
}

fn country() -> Value {
    json!({ "type": "string", "pattern": "^[A-Z]{2}$" })
}

/// Its type is known when its criterion is: an operator takes what it takes for any type.
fn criterion() -> Value {
    let types = [
        comparing::<TextOp>("text", "text"),
        numbers(),
        dates(),
        choosing::<YesNoOp, YesNo>(),
        comparing::<ChoiceOp>("codes", "codes"),
    ];
    leaf("criterion", &[("code", text())], &[], of_any_type(types))
}

/// As a criterion, of fewer types.
fn indicator() -> Value {
    let types = [comparing::<TextOp>("text", "text"), numbers(), dates()];
    leaf("indicator", &[("code", text())], &[("organisation", text())], of_any_type(types))
}

/// An operator of several types takes what it takes in one of them.
fn of_any_type(types: impl IntoIterator<Item = Operators>) -> Operators {
    let mut operators: BTreeMap<&'static str, Vec<Value>> = BTreeMap::new();
    for (name, operand) in types.into_iter().flatten() {
        let operands = operators.entry(name).or_default();
        if !operands.contains(&operand) {
            operands.push(operand);
        }
    }
    let any = |operands: Vec<Value>| match <[Value; 1]>::try_from(operands) {
        Ok([only]) => only,
        Err(several) => json!({ "anyOf": several }),
    };
    operators.into_iter().map(|(name, operands)| (name, any(operands))).collect()
}

fn authorisation() -> Value {
    let required = [("question", members::<Question>()), ("answer", members::<Recorded>())];
    let optional =
        [("organisation", text()), ("topic", text()), ("given", reference("window")), ("wording", text())];
    leaf("authorisation", &required, &optional, Vec::new())
}

fn activity() -> Value {
    let nested = |operators: Operators| {
        let names: Vec<_> = operators.iter().map(|(name, _)| json!({ "required": [name] })).collect();
        let operators: Map<_, _> =
            operators.into_iter().map(|(name, operand)| (name.to_owned(), operand)).collect();
        json!({ "type": "object", "properties": operators, "additionalProperties": false, "oneOf": names })
    };
    let days = dates().into_iter().filter(|(name, _)| !name.starts_with("is_")).collect();
    let days = nested(days);
    let operand = |name: &str| match name {
        "count" => nested(comparing::<CountOp>("count", "counts")),
        "sum" => nested(comparing::<AmountOp>("amount", "amounts")),
        "first" | "last" => days.clone(),
        _ => stated(),
    };
    let operators = listed::<ActivityOp>().iter().map(|name| (*name, operand(name))).collect();
    let optional = [
        ("kinds", list_of::<ActivityKind>()),
        ("organisation", text()),
        ("product", reference("product")),
        ("categories", reference("codes")),
        ("as", members::<HolderRole>()),
        ("amount", reference("amount_window")),
        ("window", reference("window")),
    ];
    leaf("activity", &[], &optional, operators)
}

fn order_line() -> Value {
    let required = [("as", members::<As>()), ("states", list_of::<LineState>())];
    let optional = [
        ("organisation", text()),
        ("product", reference("product")),
        ("categories", reference("codes")),
        ("ordered", reference("window")),
        ("event", reference("window")),
    ];
    leaf("order_line", &required, &optional, comparing::<OrderLineOp>("text", "text"))
}

fn message() -> Value {
    let optional = [("campaign", text()), ("window", reference("window"))];
    leaf(
        "message",
        &[("outcome", members::<MessageOutcome>())],
        &optional,
        comparing::<MessageOp>("text", "text"),
    )
}

fn bucket() -> Value {
    let part = both(&reference("percent"));
    let operators = listed::<BucketOp>().iter().map(|name| (*name, part.clone())).collect();
    leaf("bucket", &[], &[], operators)
}
