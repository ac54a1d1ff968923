//! Answers: what a row of a file may grant, and that no refusal is lost (LA-26; design, section 5).

use intake::records::{Authorisation, Reading, Scope};
use model::vocabulary::Channel;

use crate::support::{Outcome, csv, ndjson, reasons};

const HEADER: &str = "contact,organisation,topic,channel,answer,happened_at,wording,collection_point,form_id";

fn read(rows: &str) -> Outcome<Authorisation> {
    csv(&format!("{HEADER}\n{rows}\n"))
}

fn one(row: &str) -> Authorisation {
    let outcome = read(row);
    assert_eq!(outcome.rejections, [], "{row}");
    outcome.rows[0].record.clone()
}

#[test]
fn a_yes_grants_with_a_complete_event_only() {
    let event = one("C,,,email,yes,2025-11-03T18:04:05+01:00,W,P,F");
    let Reading::Grant(grant) = event.reading() else { panic!("{:?}", event.reading()) };
    assert_eq!(grant.happened_at.to_rfc3339(), "2025-11-03T17:04:05+00:00");
    assert_eq!(
        (grant.wording.as_str(), grant.collection_point.as_str(), grant.form_id.as_str()),
        ("W", "P", "F")
    );

    for claim in [
        "C,,,email,yes,,,,",
        "C,,,email,yes,,W,P,F",
        "C,,,email,yes,2025-11-03T18:04:05Z,,P,F",
        "C,,,email,yes,2025-11-03T18:04:05Z,W,,F",
        "C,,,email,yes,2025-11-03T18:04:05Z,W,P,",
    ] {
        assert_eq!(one(claim).reading(), Reading::Claim, "{claim}");
    }
    assert_eq!(one("C,,,email,unset,,,,").reading(), Reading::Nothing);
}

#[test]
fn an_answer_has_a_scope() {
    let general = one("C,O,jazz,general,no,,,,");
    assert_eq!(general.scope, Scope::General);
    assert_eq!(general.organisation.unwrap().as_str(), "O");
    assert_eq!(general.topic.as_deref(), Some("jazz"));
    assert_eq!(one("C,,,SMS,no,,,,").scope, Scope::Channel(Channel::Sms));
    let outcome = read("C,,,all,yes,,,,");
    assert_eq!(
        outcome.rejections[0].remedy,
        "write one of: email, sms, phone, post, open_tracking, click_tracking, profiling, transmission, general"
    );
}

#[test]
fn a_no_is_taken_whatever_its_evidence_looks_like() {
    let outcome = read("C,,,email,no,03/11/2025,a\u{1}b,P,\u{2}");
    let refusal = &outcome.rows[0];
    assert_eq!(refusal.record.reading(), Reading::Refusal(None));
    assert_eq!(refusal.record.evidence.collection_point.as_ref().unwrap().as_str(), "P");
    let remarks: Vec<_> = refusal.remarks.iter().map(|remark| remark.field.as_str()).collect();
    assert_eq!(remarks, ["happened_at", "wording", "form_id"]);
    assert_eq!((outcome.tally.parsed, outcome.tally.rejected), (1, 0));

    let dated = one("C,,,email,no,2025-11-03T17:04:05Z,,,");
    assert!(matches!(dated.reading(), Reading::Refusal(Some(at)) if at.timestamp() == 1_762_189_445));
}

#[test]
fn a_yes_with_unreadable_evidence_is_rejected() {
    let outcome = read("C,,,email,yes,03/11/2025,W,P,F");
    assert_eq!(reasons(&outcome)[0].0, "happened_at");
    assert_eq!(outcome.tally.rejected, 1);
}

#[test]
fn a_no_that_cannot_be_taken_says_so() {
    for row in [",,,email,no,,,,", "C,a\u{1}b,,email,no,,,,", "C,,a b,email,no,,,,", "C,,,e-mail,no,,,,"] {
        let outcome = read(row);
        let last = outcome.rejections.last().unwrap();
        assert_eq!((last.field.as_str(), outcome.rejections.len()), ("answer", 2), "{row}");
        assert!(last.reason.contains("this refusal was NOT taken") && last.remedy.contains("by hand today"));
    }
    let late = csv::<Authorisation>("contact,channel,answer,as_of\nC,email,no,2030-01-01T00:00:00Z\n");
    assert!(late.rejections.iter().any(|each| each.reason.contains("NOT taken")));
}

#[test]
fn nobody_answers_unset() {
    for row in ["C,,,email,unset,2025-11-03T17:04:05Z,,,", "C,,,email,unset,,W,,", "C,,,email,unset,,,,F"] {
        assert_eq!(reasons(&read(row))[0].0, "answer", "{row}");
    }
}

#[test]
fn a_later_no_in_the_same_file_is_no_duplicate() {
    let outcome = read("C,,,email,yes,,,,\nC,,,email,no,,,,\nC,,,email,no,,,,");
    assert_eq!((outcome.tally.parsed, outcome.tally.duplicates), (3, 0));
    assert_eq!(outcome.rows[1].content_hash, outcome.rows[2].content_hash);
    assert_ne!(outcome.rows[0].content_hash, outcome.rows[1].content_hash);
    let json = ndjson::<Authorisation>("{\"contact\":\"C\",\"channel\":\"email\",\"answer\":\"no\"}");
    assert_eq!(json.rows[0].content_hash, outcome.rows[1].content_hash);
}
