use super::*;

/// Where reading `json` fails, and the message.
fn refused(json: &str) -> (String, String) {
    let QueryError { at, message } = Query::from_json(json).expect_err(json);
    (at, message)
}

#[test]
fn what_is_not_known_is_refused_at_its_node() {
    for (json, at, says) in [
        (r#"[]"#, "", "a node is an object"),
        (r#"{}"#, "", "a node has one of"),
        (r#"{"every": []}"#, "", "`every` is unknown"),
        (r#"{"all": [], "any": []}"#, "", "more than one"),
        (r#"{"all": {}}"#, "", "needs a list"),
        (r#"{"all": [7]}"#, "/all/0", "a node is an object"),
        (r#"{"all": [], "of": 1}"#, "", "more than one"),
        (r#"{"all": [], "off": "yes"}"#, "", "`off`: invalid type: a text, expected a boolean"),
        (
            r#"{"any": [{"none": [{"leaf": "horoscope"}]}]}"#,
            "/any/0/none/0",
            "there is no leaf `horoscope`; the leaves are `identity`",
        ),
        (r#"{"leaf": 3}"#, "", "`leaf`: invalid type"),
        (r#"{"leaf": "identity", "equals": "x"}"#, "", "`field` is missing"),
        (
            r#"{"leaf": "identity", "field": "citty", "equals": "x"}"#,
            "",
            "no field `citty`; the fields are `first_name`",
        ),
        (r#"{"leaf": "identity", "field": "city"}"#, "", "an operator is missing: expected one of `equals`"),
        (
            r#"{"leaf": "identity", "field": "city", "equal": "x"}"#,
            "",
            "no operator `equal`, expected one of `equals`",
        ),
        (r#"{"leaf": "identity", "field": "city", "before": "20000101"}"#, "", "no operator `before`"),
        (r#"{"leaf": "identity", "field": "city", "equals": "x", "off": 1}"#, "", "`off`"),
        (
            r#"{"leaf": "identity", "field": "city", "equals": "x", "note": "y"}"#,
            "",
            "`equals` and `note` are too much",
        ),
        (r#"{"leaf": "identity", "field": "city", "is_missing": false}"#, "", "only `true`"),
        (r#"{"leaf": "identity", "field": "kind", "is_missing": true}"#, "", "no operator `is_missing`"),
        (r#"{"leaf": "identity", "field": "kind", "equals": "robot"}"#, "", "expected one of `individual`"),
        (r#"{"leaf": "identity", "field": "role", "has": "king"}"#, "", "expected one of `customer`"),
        (r#"{"leaf": "authorisation", "question": "email"}"#, "", "`answer` is missing"),
        (r#"{"leaf": "authorisation", "question": "fax", "answer": "yes"}"#, "", "expected one of `general`"),
        (r#"{"leaf": "authorisation", "question": "email", "answer": "maybe"}"#, "", "expected one of `yes`"),
        (
            r#"{"leaf": "authorisation", "question": "email", "answer": "no", "since": 1}"#,
            "",
            "`since` is no field",
        ),
        (r#"{"leaf": "activity", "kinds": ["nap"], "has": true}"#, "", "expected one of `option_taken`"),
        (r#"{"leaf": "activity", "window": {"form": "20000101"}, "has": true}"#, "", "unknown field `form`"),
        (
            r#"{"leaf": "activity", "product": {"source": "t"}, "has": true}"#,
            "",
            "missing field `external_id`",
        ),
        (r#"{"leaf": "activity", "count": 3}"#, "", "`count`"),
        (r#"{"leaf": "activity", "count": {"at_least": -1}}"#, "", "expected u32"),
        (r#"{"leaf": "activity", "has": true, "has_not": true}"#, "", "too much"),
        (r#"{"leaf": "order_line", "as": "purchaser", "has": true}"#, "", "`states` is missing"),
        (r#"{"leaf": "order_line", "states": ["sold"], "has": true}"#, "", "`as` is missing"),
    ] {
        let (found, message) = refused(json);
        assert_eq!(found, at, "{json}");
        assert!(message.contains(says), "{json}: {message}");
    }
}

#[test]
fn dates_are_read_strictly() {
    for date in [
        r#""20230229""#,
        r#""2023-05-12""#,
        r#"" 20230512""#,
        r#""２０２３０５１２""#,
        r#"20230512"#,
        r#"{"months_ago": 1.5}"#,
        r#"{"months_ago": 1, "days_ago": 1}"#,
        r#"{"years_ago": 1}"#,
        r#"null"#,
    ] {
        let (_, message) = refused(&format!(r#"{{"leaf": "recency", "before": {date}}}"#));
        assert!(message.starts_with("`before`: ") || message.contains("years_ago"), "{date}: {message}");
    }
    Query::from_json(r#"{"leaf": "recency", "before": "20240229"}"#).expect("a leap day");
}

#[test]
fn nothing_stands_twice() {
    let (_, message) =
        refused(r#"{"all": [{"leaf": "recency", "before": "20000101", "before": "20010101"}]}"#);
    assert!(message.contains("`before` stands twice"), "{message}");
    let (_, message) = refused(r#"{"all": [{"leaf": "identity"}], "all": []}"#);
    assert!(message.contains("`all` stands twice"), "{message}");
}

#[test]
fn what_is_no_json_says_where() {
    let (at, message) = refused("{\"all\": [\n  {\"leaf\": }\n]}");
    assert!(at.is_empty() && message.contains("line 2"), "{message}");
    refused(&"[".repeat(100_000));
}

#[test]
fn no_message_repeats_a_text_that_may_be_a_name() {
    for json in [
        r#"{"leaf": "identity", "field": "birth_date", "before": "Ada Lovelace"}"#,
        r#"{"leaf": "identity", "field": "birth_date", "is_missing": "Ada Lovelace"}"#,
        r#"{"leaf": "activity", "window": "Ada Lovelace", "has": true}"#,
        r#"{"leaf": "activity", "count": {"at_least": "Ada \"Lovelace\", expected"}}"#,
    ] {
        let (_, message) = refused(json);
        assert!(!message.contains("Lovelace"), "{message}");
    }
}

#[test]
fn a_query_can_be_a_field_of_another_document() {
    let json = r#"{"none":[{"leaf":"recency","after":{"days_ago":3},"off":true},{"leaf":"recency","is_missing":true}]}"#;
    let query: Query = serde_json::from_str(json).expect("a query");
    assert_eq!(serde_json::to_string(&query).expect("JSON"), json);
    let error = serde_json::from_str::<Query>(r#"{"all": [{"leaf": "recency"}]}"#).expect_err("no operator");
    assert!(error.to_string().starts_with("/all/0: an operator is missing"), "{error}");
}

#[test]
fn the_products_of_switched_on_leaves_are_named() {
    let query = Query::from_json(
        r#"{"all": [
            {"leaf": "activity", "product": {"source": "t", "external_id": "1"}, "has": true},
            {"any": [{"leaf": "order_line", "as": "either", "states": ["sold"], "product": {"source": "t", "external_id": "2"}, "has": true}]},
            {"leaf": "activity", "product": {"source": "t", "external_id": "3"}, "has": true, "off": true},
            {"leaf": "recency", "is_missing": true}
        ]}"#,
    )
    .expect("a query");
    let ids: Vec<&str> =
        query.mentions().products.into_iter().map(|product| product.external_id.as_str()).collect();
    assert_eq!(ids, ["1", "2"]);
}
