//! From a file of contacts to an inbox, and from a click back to recency.

use serde_json::json;

use super::in_both_arrangements;
use crate::support::campaign::{Campaign, PUBLIC_URL, SENDER_DOMAIN};
use crate::support::client::FIREFOX;
use crate::support::files::{Answer, Person, address, house_of};
use crate::support::mail::Mail;
use crate::support::product::{Product, minutes};
use crate::support::{dkim, wait};

in_both_arrangements! {
    a_lawful_message_reaches_an_inbox,
    a_click_moves_recency_and_a_scanner_moves_nothing,
}

/// One person for each way in which an audience is decided at launch.
fn audience() -> Vec<Person> {
    vec![
        Person::new("anna"),
        Person::new("bruno"),
        Person::new("refuses").answering(Answer::No),
        Person::new("silent").answering(Answer::Unset),
        Person::new("nowhere").without_address(),
        Person::new("child").born("2014-01-01"),
        Person::new("forgotten").known_since("2019-01-01"),
        Person::new("twin").at(&address("bruno")),
    ]
}

fn a_lawful_message_reaches_an_inbox(product: &mut Product) {
    product.institution("masques");
    product.import("masques", &house_of(&audience()));
    let campaign = Campaign::news("masques", "season");

    let mut counted = product.count(&campaign);
    let expected = json!({
        "channel_refusal": 1, "no_consent": 1, "no_address": 1, "under_age": 1, "retention_passed": 1, "same_address": 1,
    });
    assert_eq!(
        (&counted["matched"], &counted["planned"], &counted["excluded"]),
        (&json!(8), &json!(2), &expected)
    );

    let (launch, frozen) = product.launch(&campaign);
    let alone =
        json!({"no_consent": 1, "no_address": 1, "under_age": 1, "retention_passed": 1, "same_address": 1});
    assert_eq!(counted["without"], alone, "who refused has no yes either: two rules keep them out");
    counted.as_object_mut().unwrap().remove("without");
    assert_eq!(frozen, counted, "what was counted is what is launched");

    let status = product.settled(&launch);
    assert_eq!((&status["state"], &status["accepted"]), (&json!("done"), &json!(2)));
    assert_eq!(status["excluded_at_launch"], expected);
    assert_eq!(product.sink.accepted().len(), 2);
    for person in ["anna", "bruno"] {
        reads_well(product, &product.mail_to(&address(person)), person);
    }

    let (again, _) = product.launch(&campaign);
    assert_eq!(again, launch, "launching twice under one key launches once");
}

fn reads_well(product: &Product, mail: &Mail, person: &str) {
    assert_eq!(mail.address("From"), format!("news@{SENDER_DOMAIN}"));
    assert_eq!(mail.address("To"), address(person));
    assert_eq!(mail.address("Reply-To"), "box-office@theatre.example");
    assert_eq!(mail.subject(), "Zébulon, the new season at Opéra des Masques");
    assert_eq!(mail.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert!(
        mail.header("Date").starts_with("Mon, 2 Mar 2026"),
        "the business clock: {}",
        mail.header("Date")
    );
    assert!(
        mail.taken.envelope_from.ends_with(&format!("@bounce.{SENDER_DOMAIN}")),
        "{}",
        mail.taken.envelope_from
    );

    let key = dkim::public_key(&product.settings.state());
    let signature = dkim::verify(&mail.taken.raw, &key).unwrap();
    assert_eq!((signature.domain.as_str(), signature.selector.as_str()), (SENDER_DOMAIN, "rappel1"));
    for field in ["from", "to", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post"]
    {
        assert!(signature.fields.iter().any(|signed| signed == field), "{field} is not signed");
    }
    let forged = String::from_utf8_lossy(&mail.taken.raw).replacen("news@", "nows@", 1);
    assert!(dkim::verify(forged.as_bytes(), &key).is_err(), "a changed message must not verify");

    let links = mail.links();
    assert_eq!(links.len(), 3, "{links:?}");
    for url in links.iter().chain([&mail.unsubscribe_url()]) {
        assert!(url.starts_with(PUBLIC_URL), "{url}");
        assert!(mail.text.contains(url) && mail.html.contains(url), "both parts lead to {url}");
        assert!(!url.contains(person) && !url.contains('@'), "a link names nobody: {url}");
    }
    assert!(mail.text.contains("Dear Zébulon,") && mail.html.contains("Dear Zébulon,"));
}

fn a_click_moves_recency_and_a_scanner_moves_nothing(product: &mut Product) {
    product.institution("masques");
    product.import("masques", &house_of(&[Person::new("anna"), Person::new("bruno")]));
    let (launch, _) = product.launch(&Campaign::news("masques", "season"));
    product.settled(&launch);
    let (anna, bruno) = (product.mail_to(&address("anna")), product.mail_to(&address("bruno")));
    let (before, bruno_before) = (product.recency_of("anna"), product.recency_of("bruno"));
    assert_eq!((before, bruno_before), (day("2025-06-01"), day("2025-06-01")), "their creation");

    // A gateway opens every link at once, twenty minutes after it took the message; a person opens one.
    product.advance_for_clicks(minutes(20));
    for link in bruno.links() {
        product.client().follow(&link, FIREFOX);
    }
    let destination = product.client().follow(&anna.links()[0], FIREFOX);
    assert_eq!(destination, "https://season.theatre.example/2000/programme");

    let unjudged = "SELECT count(*) FROM hit WHERE verdict = 0";
    wait::until("the hits are stored", || product.owner.number("SELECT count(*) FROM hit") == 4);
    assert_eq!(product.owner.number(unjudged), 4, "nothing is judged before its quarantine is over");
    product.advance(minutes(20));
    wait::until("the hits are judged", || product.owner.number(unjudged) == 0);

    let verdicts = "SELECT c.external_id, h.verdict::bigint, count(*) FROM hit h JOIN contact c USING (institution_id, contact_id)
                    GROUP BY 1, 2 ORDER BY 1";
    let verdicts = product.owner.rows::<(String, i64, i64)>(verdicts);
    assert_eq!(verdicts, [("anna".to_owned(), 1, 1), ("bruno".to_owned(), 2, 3)], "1 is human, 2 a machine");
    wait::until("the click moves recency", || product.recency_of("anna") == day("2026-03-02"));
    assert_eq!(product.recency_of("bruno"), bruno_before);
}

/// As [`Product::recency_of`] counts days.
fn day(day: &str) -> i64 {
    let day: chrono::NaiveDate = day.parse().unwrap();
    (day - chrono::NaiveDate::from_ymd_opt(2000, 1, 1).unwrap()).num_days()
}
