//! The files that the demo imports: what a ticketing system and a record shop would export, as CSV.
//!
//! The purchases are real; persons, season, holders, options, waiting list and debts are made up around them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{Days, NaiveDate};
use intake::Kind;

use super::draw::{draw, holds};
use super::people::{Person, Reply};
use super::purchases::Purchase;

/// Persons who never bought anything.
const PROSPECTS: u64 = 2_000;
const FIRST_PROSPECT: u64 = 50_001;
/// Customers with an even number attend the theatre as well, one in eight of them this season.
const EVENTS: u64 = 20;

/// The files in an order in which no row waits for its parent.
#[must_use]
pub fn all(seed: u64, purchases: &[Purchase]) -> Vec<(Kind, String)> {
    let people = people(seed, purchases);
    vec![
        (Kind::Organisations, "external_id,name\nSHOP,Rappel Records\nHALL,Rappel Hall\n".to_owned()),
        (Kind::Wordings, wordings()),
        (
            Kind::CollectionPoints,
            "external_id,name,organisation,kind,policy_url,notice_version\n\
             DESK,Box office,,counter,https://hall.example/privacy,1997-01\n"
                .to_owned(),
        ),
        (Kind::Criteria, "code,name,type,choices\ngenre,Favourite genre,one_of,jazz|opera|rock\n".to_owned()),
        (Kind::Contacts, contacts(seed, &people)),
        (Kind::Products, products()),
        (Kind::OrderLines, order_lines(seed, &people, purchases)),
        (Kind::Activities, waiting_list(seed, &people)),
        (Kind::Balances, debts(seed, &people)),
        (Kind::Authorisations, answers(&people)),
    ]
}

fn people(seed: u64, purchases: &[Purchase]) -> BTreeMap<u64, (Person, NaiveDate)> {
    let mut people = BTreeMap::new();
    for purchase in purchases {
        people
            .entry(purchase.customer)
            .and_modify(|(_, first): &mut (Person, NaiveDate)| *first = (*first).min(purchase.on))
            .or_insert_with(|| (Person::new(seed, purchase.customer), purchase.on));
    }
    for number in FIRST_PROSPECT..FIRST_PROSPECT + PROSPECTS {
        let known = NaiveDate::from_ymd_opt(1996, 6, 1).unwrap_or_default()
            + Days::new(draw(seed, number, "sign-up", 1_200));
        people.insert(number, (Person::new(seed, number), known));
    }
    people
}

fn wordings() -> String {
    "external_id,text,channels,valid_months,language\n\
     NEWS-1,\"Yes, send me the programme by email.\",email,24,en\n\
     SALE-1,\"We write to customers about similar offers. Tick to refuse.\",email,,en\n"
        .to_owned()
}

fn contacts(seed: u64, people: &BTreeMap<u64, (Person, NaiveDate)>) -> String {
    let mut file = String::from(
        "external_id,kind,roles,first_name,last_name,birth_date,language,email,postal_code,city,country,created_on,criterion.genre\n",
    );
    for (person, known) in people.values() {
        let Person {
            number, first_name, last_name, born, town: (city, code, country, language), email, ..
        } = person;
        let born = born.map(|day| day.to_string()).unwrap_or_default();
        let genre =
            ["jazz", "opera", "rock", ""][usize::try_from(draw(seed, *number, "genre", 4)).unwrap_or(3)];
        let _ = writeln!(
            file,
            "C{number},individual,customer,{first_name},{last_name},{born},{language},{},{code},{city},{country},{known},{genre}",
            email.as_deref().unwrap_or_default()
        );
    }
    file
}

/// Twenty evenings of the season around January 2000, and records, which have no day.
fn products() -> String {
    let mut file =
        String::from("external_id,organisation,name,category,valid_on,state\nRECORD,SHOP,Record,record,,\n");
    for event in 0..EVENTS {
        let category = ["jazz", "opera", "rock", "dance"][usize::try_from(event % 4).unwrap_or(0)];
        let state = if event == 13 { "cancelled" } else { "scheduled" };
        let _ = writeln!(file, "E{event},HALL,Evening {},{category},{},{state}", event + 1, evening(event));
    }
    file
}

fn evening(event: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(1999, 9, 17).unwrap_or_default() + Days::new(event * 14)
}

fn order_lines(seed: u64, people: &BTreeMap<u64, (Person, NaiveDate)>, purchases: &[Purchase]) -> String {
    let mut file = String::from(
        "external_id,organisation,product,purchaser,cultural_contact,state,ordered_on,quantity,amount,opt_out_wording\n",
    );
    for (line, Purchase { customer, on, quantity, cents }) in purchases.iter().enumerate() {
        let wording =
            if people.get(customer).is_some_and(|(person, _)| person.saw_opt_out) { "SALE-1" } else { "" };
        let _ = writeln!(
            file,
            "S{line},SHOP,RECORD,C{customer},,sold,{on},{quantity},{}.{:02},{wording}",
            cents / 100,
            cents % 100
        );
    }
    for customer in
        people.keys().filter(|number| *number % 2 == 0 && holds(seed, **number, "this season", 12))
    {
        season_line(&mut file, seed, *customer);
    }
    file
}

/// A ticket, an option or a returned ticket; one in three is for somebody else than the purchaser.
fn season_line(file: &mut String, seed: u64, customer: u64) {
    let event = draw(seed, customer, "evening", EVENTS);
    let ordered = NaiveDate::from_ymd_opt(1999, 9, 1).unwrap_or_default()
        + Days::new(draw(seed, customer, "ordered", 16));
    let state = ["sold", "sold", "sold", "sold", "reserved", "option", "returned"]
        [usize::try_from(draw(seed, customer, "state", 7)).unwrap_or(0)];
    let holder = if holds(seed, customer, "a present", 33) {
        format!("C{}", customer - 1)
    } else {
        format!("C{customer}")
    };
    let _ = writeln!(file, "T{customer},HALL,E{event},C{customer},{holder},{state},{ordered},2,84.00,");
}

fn waiting_list(seed: u64, people: &BTreeMap<u64, (Person, NaiveDate)>) -> String {
    let mut file = String::from("external_id,contact,kind,organisation,product,happened_on,amount\n");
    for number in people.keys().filter(|number| holds(seed, **number, "waits for a seat", 1)) {
        let event = draw(seed, *number, "wanted evening", EVENTS);
        let _ =
            writeln!(file, "W{number},C{number},waiting_list,HALL,E{event},1999-12-{:02},", 1 + number % 28);
    }
    file
}

fn debts(seed: u64, people: &BTreeMap<u64, (Person, NaiveDate)>) -> String {
    let mut file = String::from("external_id,contact,organisation,amount,due_on\n");
    for number in people.keys().filter(|number| holds(seed, **number, "owes", 1)) {
        let _ = writeln!(file, "B{number},C{number},HALL,-{}.00,2000-02-01", 10 + number % 90);
    }
    file
}

fn answers(people: &BTreeMap<u64, (Person, NaiveDate)>) -> String {
    let mut file = String::from(
        "contact,organisation,topic,channel,answer,happened_at,wording,collection_point,form_id\n",
    );
    for (Person { number, reply, .. }, _) in people.values() {
        let _ = match reply {
            Reply::Yes { on } => {
                writeln!(file, "C{number},,,email,yes,{on}T12:00:00+01:00,NEWS-1,DESK,F{number}")
            }
            Reply::NoEmail => writeln!(file, "C{number},,,email,no,,,,"),
            Reply::NoAtAll => writeln!(file, "C{number},,,general,no,,,,"),
            Reply::Unset => Ok(()),
        };
    }
    file
}
