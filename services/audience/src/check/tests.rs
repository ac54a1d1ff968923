use super::*;
use crate::testing::World;

const LEAF: &str = r#"{"leaf": "identity", "field": "city", "equals": "Lyon"}"#;

fn checked(json: &str) -> Result<CheckedQuery, Vec<QueryError>> {
    check(&Query::from_json(json).expect(json), &World::default().catalogue)
}

/// The places and messages of everything that is wrong.
fn refused(json: &str) -> Vec<(String, String)> {
    let errors = checked(json).err().unwrap_or_else(|| panic!("accepted: {json}"));
    errors.into_iter().map(|error| (error.at, error.message)).collect()
}

#[test]
fn a_wording_is_named_and_goes_with_an_answer_that_was_given() {
    for (leaf, says) in [
        (
            r#""authorisation", "question": "profiling", "answer": "yes", "wording": "NEWS-9""#,
            "there is no wording `NEWS-9`; the wordings are `NEWS-1`, `NEWS-2`, `TRACKING-1`",
        ),
        (
            r#""authorisation", "question": "transmission", "answer": "unset", "wording": "NEWS-1""#,
            "was never given; remove `wording`",
        ),
    ] {
        let refused = refused(&format!(r#"{{"leaf": {leaf}}}"#));
        assert!(refused.len() == 1 && refused[0].1.contains(says), "{leaf}: {refused:?}");
    }
}

#[test]
fn names_types_and_values_are_checked_at_the_leaf() {
    for (leaf, says) in [
        (
            r#""criterion", "code": "shoe_size", "equals": 1"#,
            "there is no criterion `shoe_size`; the criteria are `accessible`",
        ),
        (
            r#""criterion", "code": "household", "starts_with": "1""#,
            "no operator `starts_with`, expected one of `equals`",
        ),
        (r#""criterion", "code": "household", "equals": "1""#, "expected f64"),
        (r#""criterion", "code": "household""#, "an operator is missing"),
        (r#""criterion", "code": "household", "between": {"from": 2, "until": 1}"#, "exchange"),
        (r#""criterion", "code": "member_since", "before": "20010229""#, "eight digits"),
        (r#""criterion", "code": "accessible", "is": true"#, "`is`"),
        (
            r#""criterion", "code": "favourite", "any_of": ["rap"]"#,
            "`rap` is no choice of this criterion; its choices are `dance`",
        ),
        (r#""criterion", "code": "favourite", "any_of": []"#, "name at least one"),
        (r#""criterion", "code": "favourite", "all_of": ["jazz"]"#, "use `any_of`"),
        (r#""identity", "field": "country", "equals": "fr""#, "two capital letters"),
        (r#""identity", "field": "language", "not_equals": "FR""#, "`fr-BE` with its region"),
        (r#""identity", "field": "gender", "equals": """#, "lower case"),
        (r#""identity", "field": "email", "equals": "ada""#, "exactly one @"),
        (r#""identity", "field": "city", "contains": " ""#, "at least one character"),
        (
            r#""identity", "field": "birth_date", "between": {"from": {"months_ago": 1}, "until": {"months_ago": 2}}"#,
            "exchange",
        ),
        (r#""recency", "before": {"months_ago": 1201}"#, "at most 1200"),
        (r#""recency", "between": {"from": "20000102", "until": "20000101"}"#, "exchange"),
        (
            r#""authorisation", "question": "email", "organisation": "opera", "answer": "yes""#,
            "there is no organisation `opera`",
        ),
        (
            r#""authorisation", "question": "email", "topic": "jazz", "answer": "yes""#,
            "no topic `jazz` in this scope; its topics are `news`",
        ),
        (r#""activity", "kinds": [], "has": true"#, "`kinds` is empty"),
        (r#""activity", "organisation": "opera", "has": true"#, "there is no organisation `opera`"),
        (
            r#""activity", "product": {"source": "shop", "external_id": "P1"}, "has": true"#,
            "there is no product `P1` from `shop`",
        ),
        (r#""activity", "window": {}, "has": true"#, "neither `from` nor `until`"),
        (
            r#""activity", "window": {"from": {"days_ago": 1}, "until": {"days_ago": 2}}, "has": true"#,
            "exchange",
        ),
        (r#""activity", "count": {"at_least": 0}"#, "true for everybody"),
        (r#""activity", "count": {"at_most": 1000001}"#, "up to 1000000"),
        (r#""order_line", "as": "either", "states": [], "has": true"#, "`states` is empty"),
        (
            r#""order_line", "as": "either", "states": ["sold"], "event": {"until": {"days_ago": 36601}}, "has": true"#,
            "at most 36600",
        ),
    ] {
        let errors = refused(&format!(r#"{{"any": [{LEAF}, {{"all": [{{"leaf": {leaf}}}]}}]}}"#));
        let [(at, message)] = errors.as_slice() else { panic!("{leaf}: {errors:?}") };
        assert_eq!(at, "/any/1/all/0", "{leaf}");
        assert!(message.contains(says), "{leaf}: {message}");
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let errors = refused(
        r#"{"all": [
            {"leaf": "criterion", "code": "a", "equals": 1},
            {"any": []},
            {"none": [{"leaf": "recency", "after": {"days_ago": 99999}}]}
        ]}"#,
    );
    let places: Vec<&str> = errors.iter().map(|(at, _)| at.as_str()).collect();
    assert_eq!(places, ["/all/0", "/all/1", "/all/2/none/0"]);
}

#[test]
fn a_node_that_is_switched_off_needs_no_names_but_leaves_something_on() {
    let gone = r#"{"leaf": "criterion", "code": "deleted", "equals": "x", "off": true}"#;
    checked(&format!(r#"{{"all": [{gone}, {LEAF}]}}"#)).expect("the criterion is not asked for");
    let errors = refused(&format!(r#"{{"all": [{LEAF}, {{"any": [{gone}]}}]}}"#));
    assert_eq!(errors[0].0, "/all/1");
    assert!(errors[0].1.contains("every member of `any` is switched off"), "{errors:?}");
    assert!(refused(gone)[0].1.contains("the whole query is switched off"));
}

#[test]
fn groups_nest_eight_deep() {
    let nested = |depth| format!(r#"{}{LEAF}{}"#, r#"{"any": ["#.repeat(depth), "]}".repeat(depth));
    checked(&nested(MAX_DEPTH)).expect("the limit itself");
    let errors = refused(&nested(MAX_DEPTH + 1));
    assert_eq!(errors[0].0, "/any/0".repeat(MAX_DEPTH));
    assert!(errors[0].1.contains("nested more than 8 deep"), "{errors:?}");
}

#[test]
fn two_hundred_leaves_are_enough() {
    let wide = |count: usize| format!(r#"{{"any": [{}]}}"#, vec![LEAF; count].join(","));
    checked(&wide(MAX_LEAVES)).expect("the limit itself");
    let errors = refused(&wide(MAX_LEAVES + 1));
    assert_eq!(errors, [(String::new(), "201 leaves are too many; a query has at most 200".to_owned())]);
}

/// The place of the one contradiction in `all` of these leaves.
fn contradiction(leaves: &[&str]) -> Option<String> {
    let leaves: Vec<String> = leaves.iter().map(|leaf| format!(r#"{{"leaf": {leaf}}}"#)).collect();
    let errors = checked(&format!(r#"{{"all": [{}]}}"#, leaves.join(","))).err()?;
    let [QueryError { at, message }] = errors.as_slice() else { panic!("{errors:?}") };
    assert!(message.contains("contradicts /all/0: "), "{message}");
    Some(at.clone())
}

#[test]
fn leaves_that_no_contact_can_meet_together_are_refused() {
    for leaves in [
        [
            r#""identity", "field": "city", "equals": "Lyon""#,
            r#""identity", "field": "city", "equals": "Paris""#,
        ],
        [
            r#""identity", "field": "city", "is_missing": true"#,
            r#""identity", "field": "city", "not_equals": "Lyon""#,
        ],
        [
            r#""identity", "field": "kind", "equals": "relay""#,
            r#""identity", "field": "kind", "equals": "structure""#,
        ],
        [
            r#""identity", "field": "role", "has": "guide""#,
            r#""identity", "field": "role", "has_not": "guide""#,
        ],
        [r#""recency", "before": "20000101""#, r#""recency", "after": "20000101""#],
        [r#""recency", "before": {"months_ago": 24}"#, r#""recency", "after": {"months_ago": 12}"#],
        [r#""recency", "is_missing": true"#, r#""recency", "is_present": true"#],
        [
            r#""criterion", "code": "household", "less_than": 2"#,
            r#""criterion", "code": "household", "equals": 2"#,
        ],
        [
            r#""criterion", "code": "accessible", "is": "yes""#,
            r#""criterion", "code": "accessible", "is": "no""#,
        ],
        [
            r#""criterion", "code": "interests", "is_missing": true"#,
            r#""criterion", "code": "interests", "any_of": ["jazz"]"#,
        ],
        [
            r#""authorisation", "question": "email", "answer": "yes""#,
            r#""authorisation", "question": "email", "answer": "no""#,
        ],
        [
            r#""activity", "kinds": ["sale"], "has": true"#,
            r#""activity", "kinds": ["sale"], "has_not": true"#,
        ],
        [r#""activity", "count": {"at_most": 2}"#, r#""activity", "count": {"more_than": 2}"#],
        [
            r#""order_line", "as": "either", "states": ["sold"], "has": true"#,
            r#""order_line", "as": "either", "states": ["sold"], "has_not": true"#,
        ],
    ] {
        assert_eq!(contradiction(&leaves).as_deref(), Some("/all/1"), "{leaves:?}");
    }
}

#[test]
fn leaves_that_one_contact_can_meet_are_not_refused() {
    for leaves in [
        [
            r#""identity", "field": "city", "equals": "Lyon""#,
            r#""identity", "field": "city", "equals": "LYON""#,
        ],
        [
            r#""identity", "field": "city", "equals": "Lyon""#,
            r#""identity", "field": "last_name", "equals": "Paris""#,
        ],
        [
            r#""identity", "field": "role", "has": "guide""#,
            r#""identity", "field": "role", "has": "partner""#,
        ],
        [r#""recency", "before": {"months_ago": 12}"#, r#""recency", "after": {"months_ago": 24}"#],
        [r#""recency", "before": "20000101""#, r#""recency", "after": {"months_ago": 1}"#],
        [
            r#""criterion", "code": "interests", "any_of": ["jazz"]"#,
            r#""criterion", "code": "interests", "any_of": ["opera"]"#,
        ],
        [
            r#""authorisation", "question": "email", "answer": "yes""#,
            r#""authorisation", "question": "sms", "answer": "no""#,
        ],
        [
            r#""activity", "kinds": ["sale"], "has": true"#,
            r#""activity", "kinds": ["click"], "has_not": true"#,
        ],
    ] {
        assert_eq!(contradiction(&leaves), None, "{leaves:?}");
    }
}

#[test]
fn contradictions_are_found_through_nested_groups_but_not_across_alternatives() {
    let paris = LEAF.replace("Lyon", "Paris");
    assert_eq!(refused(&format!(r#"{{"all": [{LEAF}, {{"all": [{paris}]}}]}}"#))[0].0, "/all/1/all/0");
    assert_eq!(refused(&format!(r#"{{"none": [{{"all": [{LEAF}, {paris}]}}]}}"#))[0].0, "/none/0/all/1");
    assert_eq!(
        refused(&format!(r#"{{"all": [{LEAF}, {{"none": [{paris}, {LEAF}]}}]}}"#))[0].0,
        "/all/1/none/1"
    );
    checked(&format!(r#"{{"any": [{LEAF}, {paris}]}}"#)).expect("alternatives");
    checked(&format!(r#"{{"all": [{LEAF}, {{"any": [{paris}, {LEAF}]}}]}}"#))
        .expect("one alternative remains");
    checked(&format!(r#"{{"all": [{LEAF}, {{"none": [{paris}]}}]}}"#)).expect("the other city is denied");
}
