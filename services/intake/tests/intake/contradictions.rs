//! Rows whose values can be read one by one and contradict one another.

use intake::Record;
use intake::records::{Contact, Criterion, OrderLine, Product};
use model::vocabulary::ProductState;

use crate::support::csv;

/// Reads one row and returns (field, reason) of each rejection.
fn rejected<T: Record>(header: &str, row: &str) -> Vec<(String, String)> {
    let outcome = csv::<T>(&format!("{header}\n{row}\n"));
    outcome.rejections.into_iter().map(|each| (each.field, each.reason.into_owned())).collect()
}

fn fields<T: Record>(header: &str, row: &str) -> Vec<String> {
    rejected::<T>(header, row).into_iter().map(|(field, _)| field).collect()
}

#[test]
fn an_order_line_belongs_to_somebody_and_is_for_something() {
    let header = "external_id,organisation,product,state,ordered_on,purchaser,cultural_contact,quantity,opt_out_wording,amount";
    let read = |row: &str| fields::<OrderLine>(header, row);
    assert_eq!(
        rejected::<OrderLine>(header, "L,O,P,sold,2026-01-01,,,,,84"),
        [("purchaser".into(), "a line belongs to a purchaser, a cultural contact, or both".into())]
    );
    assert_eq!(read("L,O,P,sold,2026-01-01,,,0,W,84"), ["purchaser", "opt_out_wording", "quantity"]);
    assert_eq!(read("L,O,P,sold,2026-01-01,,C,,W,84"), ["opt_out_wording"]);
    for good in [
        "L,O,P,sold,2026-01-01,C,,,W,84",
        "L,O,P,sold,2026-01-01,,C,,,84",
        "L,O,P,returned,2026-01-01,C,C,0,,84",
    ] {
        assert!(read(good).is_empty(), "{good}");
    }
}

#[test]
fn only_an_event_is_postponed_moved_or_cancelled() {
    let header = "external_id,organisation,name,valid_on,state";
    for state in ["postponed", "moved", "cancelled"] {
        assert_eq!(fields::<Product>(header, &format!("P,O,Season card,,{state}")), ["state"]);
        assert!(fields::<Product>(header, &format!("P,O,Tosca,2026-03-01,{state}")).is_empty());
    }
    let undated = csv::<Product>(&format!("{header}\nP,O,Season card,,\n"));
    assert_eq!(undated.rows[0].record.state, ProductState::Scheduled);
}

#[test]
fn a_structure_is_no_person_and_nobody_is_known_before_birth() {
    let header = "external_id,kind,birth_date,gender,created_on";
    assert_eq!(fields::<Contact>(header, "C,structure,1990-01-01,female,"), ["birth_date", "gender"]);
    assert_eq!(fields::<Contact>(header, "C,individual,1990-01-01,,1989-12-31"), ["created_on"]);
    assert!(fields::<Contact>(header, "C,individual,1990-01-01,,1990-01-01").is_empty());
    assert!(fields::<Contact>(header, "C,structure,,,1890-01-01").is_empty());
}

#[test]
fn choices_go_with_criteria_that_are_chosen() {
    let header = "code,name,type,choices";
    for value_type in ["one_of", "several_of"] {
        assert_eq!(fields::<Criterion>(header, &format!("c,C,{value_type},")), ["choices"]);
        assert!(fields::<Criterion>(header, &format!("c,C,{value_type},a|b")).is_empty());
    }
    for value_type in ["text", "number", "date", "yes_no"] {
        assert_eq!(fields::<Criterion>(header, &format!("c,C,{value_type},a|b")), ["choices"]);
        assert!(fields::<Criterion>(header, &format!("c,C,{value_type},")).is_empty());
    }
}
